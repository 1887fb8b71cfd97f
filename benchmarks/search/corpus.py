"""The corpus: which of the drawn bugs are kept, because the module's own tests tell them.

A bug is kept if the tests end in time and some of them fail with it, but not all. What is kept is
listed by number and digest, never as text: the draw makes it again from the seed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.search.drawing import draws
from benchmarks.search.running import run
from benchmarks.search.splitting import held_out, without
from benchmarks.search.subjects import Subject, Unavailable

HERE = Path(__file__).parent
# CPU seconds that a module's tests may take, and how much longer with a bug.
_SLOW = 6.0
_LONGER = 3.0
# Draws that are tried for each bug that is wanted of a module.
_DRAWS = 8


@dataclass(frozen=True)
class Kept:
    """A drawn bug that some tests tell, as the list has it.

    Attributes:
        number: Which draw it was.
        pattern: What kind of fix it undoes.
        line: Where its statement starts.
        digest: Of the module with it.
        halved: Whether the half of the tests that guide the repair tells it: else all guide it,
            and none is held out.
    """

    number: int
    pattern: str
    line: int
    digest: str
    halved: bool


@dataclass(frozen=True)
class Bug:
    """One bug with what is needed to repair it and to judge the repair.

    Attributes:
        name: Its module's name and its number.
        subject: The module.
        pattern: What kind of fix it undoes.
        wrong: The module's text with it.
        lines: The lines that a repair would change.
        given: The test files that guide the repair, by path.
        judging: The test files with the tests that are held out; none where all guide.
    """

    name: str
    subject: Subject
    pattern: str
    wrong: str
    lines: tuple[int, ...]
    given: Mapping[str, str]
    judging: Mapping[str, str]


def halves(subject: Subject, failing: frozenset[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The subject's test files with the tests that guide, and with those that judge.

    Args:
        subject: The subject.
        failing: Names of test functions that fail without any bug: they are in neither.
    """
    given, judging = {}, {}
    for path in subject.tests:
        text = subject.files[path]
        given[path] = without(text, lambda name: held_out(name) or _last(name) in failing)
        judging[path] = without(text, lambda name: not held_out(name) or _last(name) in failing)
    return given, judging


def whole(subject: Subject, failing: frozenset[str]) -> dict[str, str]:
    """The subject's test files without what fails anyway."""
    return {
        path: without(subject.files[path], lambda name: _last(name) in failing)
        for path in subject.tests
    }


def failing_anyway(subject: Subject) -> frozenset[str]:
    """The names of test functions that fail though the module is right.

    Raises:
        Unavailable: the tests are of no use here.
    """
    first = run(subject, {}, 4 * _SLOW)
    if first.late or first.seconds > _SLOW:
        raise Unavailable(f"{subject.name}: its tests take {first.seconds:.0f} s of CPU")
    names = frozenset(_last(name.partition("[")[0].replace("::", ".")) for name in first.failed)
    again = run(subject, whole(subject, names), 4 * _SLOW)
    if again.failed or not again.passed or again.broken:
        raise Unavailable(f"{subject.name}: its tests fail without a bug")
    return names


def keep(subject: Subject, failing: frozenset[str], seed: int, count: int) -> Iterator[Kept]:
    """The first bugs drawn of a module that its tests tell, up to a number."""
    given, _ = halves(subject, failing)
    everything = whole(subject, failing)
    timeout = _LONGER * run(subject, everything, 4 * _SLOW).seconds + 2
    found = 0
    for draw in islice(draws(subject.name, subject.text, seed), _DRAWS * count):
        for halved, tests in ((True, given), (False, everything)):
            ran = run(subject, {**tests, subject.module: draw.text}, timeout)
            if ran.broken or ran.late:
                break
            if ran.failed:
                if ran.passed:
                    found += 1
                    yield Kept(draw.number, draw.pattern, draw.line, draw.digest, halved)
                break
        if found == count:
            return


def listed(subject: Subject, seed: int, count: int) -> dict[str, Any]:
    """What the list says of a module: what fails anyway, and which bugs are kept."""
    failing = failing_anyway(subject)
    kept = keep(subject, failing, seed, count)
    return {
        "digest": subject.digest,
        "failing": sorted(failing),
        "bugs": [asdict(bug) for bug in kept],
    }


def bugs(subject: Subject, seed: int, entry: Mapping[str, Any]) -> Iterator[Bug]:
    """The bugs that the list has of a module.

    Raises:
        Unavailable: the module is not the one that the list was made from.
    """
    if entry["digest"] != subject.digest:
        raise Unavailable(f"{subject.name}: not the version that the bugs were drawn from")
    failing = frozenset(entry["failing"])
    given, judging = halves(subject, failing)
    everything = whole(subject, failing)
    wanted = {kept["number"]: Kept(**kept) for kept in entry["bugs"]}
    for draw in islice(draws(subject.name, subject.text, seed), max(wanted, default=-1) + 1):
        kept = wanted.get(draw.number)
        if kept is None:
            continue
        if kept.digest != draw.digest:
            raise Unavailable(f"{subject.name}: another draw than the listed one")
        yield Bug(
            f"{subject.name}-{draw.number}",
            subject,
            draw.pattern,
            draw.text,
            changed_lines(draw.text, subject.text),
            given if kept.halved else everything,
            judging if kept.halved else {},
        )


def changed_lines(wrong: str, right: str) -> tuple[int, ...]:
    """The lines of the wrong text that differ from the right one, or where some are missing."""
    olds, news = right.splitlines(), wrong.splitlines()
    shorter = min(len(olds), len(news))
    head = next((i for i in range(shorter) if olds[i] != news[i]), shorter)
    tail = next((i for i in range(shorter - head) if olds[-1 - i] != news[-1 - i]), shorter - head)
    return tuple(range(head + 1, len(news) - tail + 1)) or (head, head + 1)


def read(path: Path) -> dict[str, Any]:
    """A list of kept bugs, by module; empty where there is none."""
    return json.loads(path.read_text()) if path.is_file() else {}


def write(path: Path, entries: Mapping[str, Any]) -> None:
    """Keep a list of bugs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(dict(sorted(entries.items())), indent=1) + "\n")


def _last(name: str) -> str:
    return name.rpartition(".")[2]
