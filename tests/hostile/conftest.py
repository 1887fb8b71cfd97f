"""One cell for all hostile candidates: starting a judge takes longer than most of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.hostile.cell import SANDBOX, Cell, offered
from tests.hostile.table import NEEDS, Candidate
from tracepy.evaluation import probe


@pytest.fixture(scope="session")
def cell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    """The judge of hostile candidates."""
    cell = Cell(tmp_path_factory.mktemp("cell").resolve(), SANDBOX)
    yield cell
    cell.close()


@pytest.fixture(scope="session")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    """The same on a machine that has Landlock, and lets nobody make namespaces."""
    if not offered() or probe().mode not in {"landlock", "bwrap"}:
        pytest.skip(NEEDS["cell"])
    cell = Cell(tmp_path_factory.mktemp("lonely").resolve(), "alone")
    yield cell
    cell.close()


@pytest.fixture
def judged(cell: Cell) -> Callable[..., dict[str, Any]]:
    """Judges a candidate; skips it where this machine lacks what it needs."""

    def judge(candidate: Candidate, kind: str, *, brief: bool = False) -> dict[str, Any]:
        confined = probe(SANDBOX).mode not in {"limits", "off"}
        there = {"": True, "sandbox": confined, "namespaces": confined and offered()}
        there["cell"] = there["namespaces"]
        if not there[candidate.needs]:
            pytest.skip(NEEDS[candidate.needs])
        return cell.judge(
            candidate.source,
            kind=kind,
            timeout=candidate.timeout,
            memory=candidate.memory,
            brief=brief,
        )

    return judge
