"""Whatever a candidate does, it is one verdict with a reason, and all is as it was before."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.hostile import table
from tests.hostile.cell import SANDBOX, Cell, offered

Judged = Callable[..., dict[str, Any]]

# Bytes that a candidate may take of the disk that holds temporary files, at any time.
DISK = 96 * 1024**2
# And of the judge's own memory, to read what a candidate sent: copies of the largest reply.
MEMORY = 128 * 1024**2
FILES = ("processes", "memory", "files", "secrets", "kernel", "channel", "python", "guard")


def candidates(*, alone: bool = False) -> Iterator[Any]:
    # Those of one judge follow each other: another judge is another server to start.
    found = [item for name in FILES for item in table.read(name).values()]
    weak = not offered() or SANDBOX == "limits"  # what holds there depends on the machine
    for item in sorted(found, key=lambda item: (item.against, item.timeout, item.memory)):
        marks = [pytest.mark.slow] if item.slow or alone else []
        reason = (item.alone if alone or weak else "") or item.xfail
        if reason not in {"", "held"} and (os.getuid() == 0 or not reason.startswith("as root")):
            marks.append(pytest.mark.xfail(strict=not weak, reason=reason))
        if not (alone and item.needs == "namespaces"):
            yield pytest.param(item, id=item.name, marks=marks)


@pytest.mark.parametrize("candidate", list(candidates()))
def test_a_hostile_candidate_is_one_verdict(candidate: table.Candidate, judged: Judged) -> None:
    assert_one_verdict(candidate, judged(candidate, candidate.against[0]))


@pytest.mark.parametrize("candidate", list(candidates(alone=True)))
def test_so_it_is_without_namespaces(candidate: table.Candidate, lonely: Cell) -> None:
    options = {"timeout": candidate.timeout, "memory": candidate.memory, "brief": False}
    report = lonely.judge(candidate.source, kind=candidate.against[0], **options)
    assert_one_verdict(candidate, report)


def assert_one_verdict(candidate: table.Candidate, report: dict[str, Any]) -> None:
    """The verdict is what the table says, with a reason that a person can read."""
    reason = report["feedback"]
    if candidate.may_be_right and (report["status"] == "ok" or not candidate.reason):
        assert (report["status"], report["score"]) == ("ok", 6.0), reason
    elif candidate.says != "harmless":
        assert report["status"] != "ok", f"it was given {report['score']}: {reason[:500]}"
        assert report["score"] is None
        assert re.search(candidate.reason, reason), reason[:2000]
    if candidate.against == ("plain",) and not candidate.guarded:
        assert "does what the program does not" not in reason, reason  # it met the sandbox
    assert len(reason) <= 21_000
    assert "/tracepy/evaluation/" not in reason, reason
    assert_as_before(report)


def assert_as_before(report: dict[str, Any]) -> None:
    """The run went on, and nothing has changed but the verdict."""
    assert report["after"][:2] == ["ok", 6.0], report["after"]
    assert report["beside"][:2] == ["ok", 6.0], report["beside"]
    assert report["changed"] == []
    assert report["processes"] == []
    assert report["server"] == "same"
    assert report["descriptors"] <= 0  # fewer while the kernel still frees what was killed
    assert report["queues"] == 0
    assert report["manners"] == "same"
    assert report["called"] == []
    assert report["disk"] <= DISK
    assert report["grown"] <= MEMORY


def test_nothing_is_left_once_the_judge_is_closed(cell: Cell, judged: Judged) -> None:
    leaves = (
        "import os\nos.fork() or os.setsid()\ndef price(n):\n    open('left', 'w').write('x')\n"
    )
    judged(table.Candidate("leaves a process and a file", leaves, "harmless"), "plain")
    assert cell.ended() == {"files": [], "children": []}
