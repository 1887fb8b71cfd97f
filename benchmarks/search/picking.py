"""Which bugs there are: drawn ones of every module, and historical ones, by the lists of what is kept.

The list of the drawn bugs of seed 1 and that of the historical ones are part of this benchmark.
What they do not have (another seed, another version of a module) is found out, and kept in the user's
cache.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, cast

from benchmarks.search import packages, standard
from benchmarks.search.corpus import HERE, Bug, bugs, listed, read, write
from benchmarks.search.history import historical_bugs, told, version_of
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
    cached = _cache() / f"drawn-{seed}.json"
    known = _Known(HERE / "drawn.json" if seed == 1 else cached, cached, anew)
    found = []
    for subject in _subjects(wanted):
        if wanted and not {subject.name, subject.source} & wanted:
            continue
        entry = known.entry(subject.name, subject.digest, partial(listed, subject, seed, _EACH))
        found.append(_had(partial(bugs, subject, seed, entry), entry))
    return [some for some in found if some]


def _subjects(wanted: set[str]) -> Iterator[Subject]:
    """The modules asked for that can be had here; what cannot is said."""
    firsts = {name.partition(".")[0] for name in wanted}
    makers: list[Callable[[], list[Subject]]] = [
        *(
            partial(standard.subjects_of, name)
            for name in standard.MODULES
            if not wanted or {name, "stdlib"} & wanted
        ),
        *(
            partial(packages.subjects_of, name)
            for name in packages.LAYOUTS
            if not wanted or name in firsts
        ),
    ]
    for make in makers:
        try:
            yield from make()
        except Unavailable as reason:
            print(reason, file=sys.stderr, flush=True)


def _historical(wanted: set[str], anew: bool) -> list[Bug]:
    known = _Known(HERE / "historical.json", _cache() / "historical.json", anew)
    found: list[Bug] = []
    for release in RELEASES:
        if wanted and not {release.name, release.subject, "history"} & wanted:
            continue
        try:
            digest = version_of(release)
        except Unavailable as reason:
            print(reason, file=sys.stderr, flush=True)
            continue
        entry = known.entry(release.name, digest, partial(told, release))
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
    """What has been found out: the list that is part of the benchmark, and that in the user's cache."""

    def __init__(self, listed: Path, cached: Path, anew: bool) -> None:
        self._kept = listed if anew else cached
        self._lists = [] if anew else [read(listed), read(cached)]

    def entry(self, name: str, digest: str, find_out: Callable[[], Entry]) -> Entry:
        """What is known of a module or a bug of this version, found out now if it has to be."""
        for entries in self._lists:
            if name in entries and entries[name].get("digest", digest) == digest:
                return cast(Entry, entries[name])
        print(f"{name}: which bugs its tests tell …", file=sys.stderr, flush=True)
        try:
            entry = find_out()
        except Unavailable as reason:
            entry = {"digest": digest, "unavailable": str(reason)}
        write(self._kept, {**read(self._kept), name: entry})
        return entry


def _cache() -> Path:
    return default_folder().parent / "search"
