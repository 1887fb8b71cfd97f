"""Bugs that packages really had: a module of a release, and the next one in which it was right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from benchmarks.search.corpus import Bug, changed_lines, failing_anyway, halves, whole
from benchmarks.search.packages import needed, unpacked
from benchmarks.search.positions import replaced
from benchmarks.search.running import run
from benchmarks.search.subjects import Subject, Unavailable, short_digest

# What of a distribution is text that tests may read.
_KEPT = (".py", ".txt", ".json", ".html", ".sql", ".md", ".cfg", ".ini", ".yml", ".yaml", ".toml")


@dataclass(frozen=True)
class Historical:
    """One bug, fixed from one release of a package to another.

    Attributes:
        package: Its name on the registry.
        broken: The release that has the bug.
        fixed: A later release, without it; the tests are this one's too.
        module: The module's path in the source distribution.
        tests: The paths of the test files that tell the bug.
        blocks: Which of the blocks of lines that differ between the two modules are the fix, from
            0; the others are other changes of that release, which stay.
        needs: What the tests and the package import beside.
        mark: What tells it from another bug of the same release.
        folders: Folders of the source distribution that the tests need; else those of the module
            and of the tests.
    """

    package: str
    broken: str
    fixed: str
    module: str
    tests: tuple[str, ...]
    blocks: tuple[int, ...]
    needs: tuple[str, ...] = ()
    mark: str = ""
    folders: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As people call it; one release may have had two."""
        return f"{self.subject}-{self.broken}{self.mark}"

    @property
    def subject(self) -> str:
        """The package, apart from that of the same name which bugs are drawn in."""
        return f"history.{self.package}"


def undone(right: str, wrong: str) -> list[tuple[int, int, str]]:
    """The blocks of lines in which two texts differ, as edits that turn the first into the second."""
    old, new = right.splitlines(keepends=True), wrong.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        (starts[first], starts[last], "".join(new[start:end]))
        for kind, first, last, start, end in matcher.get_opcodes()
        if kind != "equal"
    ]


def subject_of(bug: Historical) -> tuple[Subject, str]:
    """The fixed release as a subject, and its module with the bug.

    Raises:
        Unavailable: a release could not be downloaded.
    """
    fixed, broken = (unpacked(f"{bug.package}=={version}") for version in (bug.fixed, bug.broken))
    tops = bug.folders or tuple(dict.fromkeys(path.partition("/")[0] for path in (bug.module, *bug.tests)))  # fmt: skip
    files = {
        str(path.relative_to(fixed)): path.read_text(encoding="utf-8", errors="surrogateescape")
        for top in tops
        for path in ([fixed / top] if (fixed / top).is_file() else sorted((fixed / top).rglob("*")))
        if path.is_file() and path.suffix in _KEPT
    }
    folder = needed(bug.needs)
    if folder is not None:
        # Beside the module: what is judged does not see the user's cache.
        files |= {
            str(path.relative_to(folder)): path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*.py"))
        }
    subject = Subject(bug.subject, "history", files, bug.module, bug.tests)
    edits = undone(subject.text, (broken / bug.module).read_text(encoding="utf-8"))
    return subject, replaced(subject.text, [edits[block] for block in bug.blocks])


def version_of(bug: Historical) -> str:
    """Equal for equal releases: of the module with and without the bug, and of the tests.

    Raises:
        Unavailable: a release could not be downloaded.
    """
    subject, wrong = subject_of(bug)
    return short_digest(subject.digest + wrong)


def told(bug: Historical) -> dict[str, Any]:
    """What the list says of a bug: what fails anyway, and whether half of the tests tell it.

    Raises:
        Unavailable: it cannot be had, or its tests do not tell it.
    """
    subject, wrong = subject_of(bug)
    failing = failing_anyway(subject)
    for halved, tests in ((True, halves(subject, failing)[0]), (False, whole(subject, failing))):
        ran = run(subject, {**tests, bug.module: wrong}, 30)
        if ran.failed and ran.passed and not ran.broken:
            return {"digest": version_of(bug), "failing": sorted(failing), "halved": halved}
    raise Unavailable(f"{bug.name}: its tests do not tell it")


def historical_bugs(bug: Historical, entry: Mapping[str, Any]) -> Iterator[Bug]:
    """A bug as the list has it.

    Raises:
        Unavailable: a release could not be downloaded.
    """
    subject, wrong = subject_of(bug)
    failing = frozenset(entry["failing"])
    given, judging = halves(subject, failing)
    yield Bug(
        bug.name,
        subject,
        "historical",
        wrong,
        changed_lines(wrong, subject.text),
        given if entry["halved"] else whole(subject, failing),
        judging if entry["halved"] else {},
    )
