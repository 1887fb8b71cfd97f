"""Which bugs there are: drawn ones of every module, and historical ones, by the lists of what is kept.

The list of the drawn bugs of seed 1 and that of the historical ones are part of this benchmark;
what they do not have is found out, and kept: of other seeds, in the user's cache.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from benchmarks.search import packages, standard
from benchmarks.search.corpus import HERE, Bug, bugs, listed, read, write
from benchmarks.search.history import historical_bugs, told
from benchmarks.search.releases import RELEASES
from benchmarks.search.subjects import Subject, Unavailable
from benchmarks.suites.places import default_folder

# Bugs that are drawn of each module.
_EACH = 2

Entry = dict[str, Any]


def picked(seed: int, names: Sequence[str], most: int, anew: bool) -> list[Bug]:
    """Bugs of the corpus: the first of every module, then the second of each, and so on.

    Args:
        seed: What the corpus is drawn from; the historical bugs are the same for all.
        names: Modules, sources or bugs; all where there is none.
        most: So many at most, from all over the corpus; 0 for all.
        anew: Whether to find out again what is told by the tests.
    """
    wanted = {*names, *(name.rpartition("-")[0] for name in names)}
    turns = chain.from_iterable(zip_longest(*_drawn(seed, wanted, anew), _historical(wanted, anew)))
    asked = [bug for bug in turns if bug is not None and (not names or _called(bug) & {*names})]
    if not most or most >= len(asked):
        return asked
    return [asked[index * len(asked) // most] for index in range(most)]


def _called(bug: Bug) -> set[str]:
    return {bug.name, bug.subject.name, bug.subject.source}


def _drawn(seed: int, wanted: set[str], anew: bool) -> list[list[Bug]]:
    kept = HERE / "drawn.json" if seed == 1 else _cache() / f"drawn-{seed}.json"
    known = _Known(kept, anew)
    found = []
    for subject in _subjects():
        if wanted and not {subject.name, subject.source} & wanted:
            continue
        entry = known.entry(subject.name, partial(listed, subject, seed, _EACH))
        found.append(_had(partial(bugs, subject, seed, entry), entry))
    return [some for some in found if some]


def _subjects() -> Iterator[Subject]:
    """All modules that can be had here; what cannot is said."""
    makers: list[Callable[[], list[Subject]]] = [
        *(partial(standard.subjects_of, name) for name in standard.MODULES),
        *(partial(packages.subjects_of, name) for name in packages.LAYOUTS),
    ]
    for make in makers:
        try:
            yield from make()
        except Unavailable as reason:
            print(reason, file=sys.stderr, flush=True)


def _historical(wanted: set[str], anew: bool) -> list[Bug]:
    known = _Known(HERE / "historical.json", anew)
    found: list[Bug] = []
    for release in RELEASES:
        if wanted and not {release.name, release.subject, "history"} & wanted:
            continue
        entry = known.entry(release.name, partial(told, release))
        found += _had(partial(historical_bugs, release, entry), entry)
    return found


def _had(make: Callable[[], Iterator[Bug]], entry: Mapping[str, Any]) -> list[Bug]:
    """Bugs, or none and the reason why."""
    try:
        if "unavailable" in entry:
            raise Unavailable(entry["unavailable"])
        return list(make())
    except Unavailable as reason:
        print(reason, file=sys.stderr, flush=True)
        return []


class _Known:
    """A list of what has been found out, in a file; what it does not have is added."""

    def __init__(self, path: Path, anew: bool) -> None:
        self._path = path
        self._entries: dict[str, Entry] = {} if anew else read(path)

    def entry(self, name: str, find_out: Callable[[], Entry]) -> Entry:
        """What is known of a module or a bug, found out now if it has to be."""
        if name not in self._entries:
            print(f"{name}: which bugs its tests tell …", file=sys.stderr, flush=True)
            try:
                self._entries[name] = find_out()
            except Unavailable as reason:
                self._entries[name] = {"unavailable": str(reason)}
            write(self._path, {**read(self._path), **self._entries})
        return self._entries[name]


def _cache() -> Path:
    return default_folder().parent / "search"
