"""Cheating does not pay: no cheat gets a better score than an honest candidate that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.hostile import table
from tests.hostile.project import HONEST

FILES = ("tampering", "evading", "apart")
Judged = Callable[..., dict[str, Any]]


def cheats() -> Iterator[Any]:
    # Those of one judge follow each other: another judge is another server to start.
    all_of_them = [x for name in FILES for x in table.read(name).values()]
    found = [(kind, cheat) for cheat in all_of_them for kind in cheat.against]
    for kind, cheat in sorted(found, key=lambda pair: pair[0]):
        # One that is tried with several kinds is tried at once with what is quickest to judge.
        marks = [] if kind == min(cheat.against) else [pytest.mark.slow]
        if kind in cheat.pays:
            marks.append(pytest.mark.xfail(strict=True, reason=f"pays with {kind}: {cheat.xfail}"))
        yield pytest.param(kind, cheat, id=f"{kind}: {cheat.name}", marks=marks)


@pytest.mark.parametrize(("kind", "cheat"), list(cheats()))
def test_a_cheat_does_not_pay(kind: str, cheat: table.Candidate, judged: Judged) -> None:
    report = judged(cheat, kind, brief=True)
    paid = report["score"] if report["status"] == "ok" else 0.0
    assert paid <= HONEST, f"it was paid {paid} where an honest one gets {HONEST}"
    if kind == "free":  # it was not the guard that kept it from what it is after
        assert "does what the program does not" not in report["feedback"], report["feedback"]
    assert report["beside"][:2] == ["ok", 1.0], report["beside"]
    assert report["changed"] == []
    assert report["processes"] == []


@pytest.mark.parametrize("kind", ["callable", "command", "dataset", "pytest"])
def test_an_honest_candidate_that_is_wrong_is_paid_what_it_is_worth(
    kind: str, judged: Judged
) -> None:
    (honest, *_) = table.read("tampering").values()
    report = judged(honest, kind, brief=True)
    assert (report["status"], report["score"]) == ("ok", HONEST), report["feedback"]
