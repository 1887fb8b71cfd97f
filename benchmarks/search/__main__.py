"""How many bugs of one statement `search` repairs, judged by the modules' own tests.

    python -m benchmarks.search [--seconds 60] [--bugs N] [--seed S] [--jobs N] [--queue N] [--show] [NAME ...]

`NAME` is a module, a source or a bug (`textwrap`, `stdlib`, `textwrap-3`). The bugs are drawn from
a seed; those that the tests tell are listed in `drawn.json` for the seed 1, and found out once, which
takes minutes, for another one or with `--draw`. `place` is the rank of the wrong statement among the
lines that ran. With `--queue N`, nothing is judged but the program as it stands: `rank` is where the
right module stands among the first N edits.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from difflib import unified_diff
from itertools import chain, zip_longest
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.report import publish, show
from benchmarks.search import standard
from benchmarks.search.corpus import HERE, Bug, bugs, listed, read, write
from benchmarks.search.subjects import Subject, Unavailable
from benchmarks.search.tables import row, totals
from benchmarks.search.trying import Trial, attempt
from benchmarks.suites.places import default_folder

# Bugs that are drawn of each module.
_EACH = 4


def subjects() -> Iterator[Subject]:
    """All modules that can be had here; what cannot is said."""
    for name in standard.MODULES:
        try:
            yield standard.subject(name)
        except Unavailable as reason:
            print(reason, file=sys.stderr)


def list_of(seed: int) -> Path:
    """Where the list of kept bugs is."""
    return HERE / "drawn.json" if seed == 1 else default_folder().parent / f"drawn-{seed}.json"


def drawn(some: Iterable[Subject], seed: int, anew: bool) -> list[list[Bug]]:
    """The bugs of each module, drawn now where the list does not have the module."""
    path = list_of(seed)
    entries = read(path)
    found = []
    for subject in some:
        try:
            if anew or subject.name not in entries:
                entries[subject.name] = listed(subject, seed, _EACH)
                write(path, entries)
                print(subject.name, len(entries[subject.name]["bugs"]), "bugs", flush=True)
            found.append(list(bugs(subject, seed, entries[subject.name])))
        except Unavailable as reason:
            print(reason, file=sys.stderr, flush=True)
    return found


def chosen(all_bugs: Sequence[Sequence[Bug]], names: Sequence[str], most: int) -> list[Bug]:
    """The bugs asked for: the first of every module, then the second of each, and so on."""
    turns = chain.from_iterable(zip_longest(*all_bugs))
    asked = [bug for bug in turns if bug is not None and (not names or _named(bug) & {*names})]
    return asked[:most] if most else asked


def _named(bug: Bug) -> set[str]:
    return {bug.name, bug.subject.name, bug.subject.source}


def trials(some: Sequence[Bug], options: argparse.Namespace) -> Iterator[Trial]:
    """What comes of each bug, in their order; each in a process of its own."""
    evaluations = 1 if options.queue else None
    with ProcessPoolExecutor(options.jobs, get_context("spawn"), max_tasks_per_child=1) as pool:
        running = [
            pool.submit(attempt, bug, options.seconds, evaluations, options.run_seed, options.queue)
            for bug in some
        ]
        for future in running:
            yield future.result()


def shown(bug: Bug) -> str:
    """The change that a repair has to undo."""
    right, wrong = bug.subject.text.splitlines(), bug.wrong.splitlines()
    return "\n".join(
        unified_diff(
            right, wrong, bug.subject.module, f"{bug.name}: {bug.pattern}", lineterm="", n=1
        )
    )


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Repair the bugs of the corpus.")
    parser.add_argument("name", nargs="*", help="modules, sources or bugs; all by default")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each bug")
    parser.add_argument("--bugs", type=int, default=0, help="so many of them at most")
    parser.add_argument("--seed", type=int, default=1, help="of the corpus")
    parser.add_argument("--run-seed", type=int, default=1, help="of each run")
    parser.add_argument("--jobs", type=int, default=1, help="bugs at once")
    parser.add_argument("--queue", type=int, default=0, help="look for the right module so far")
    parser.add_argument("--show", action="store_true", help="show each bug as a diff first")
    parser.add_argument("--draw", action="store_true", help="find out anew which bugs to keep")
    return parser


def main() -> None:
    options = _options().parse_args()
    wanted = {name.rpartition("-")[0] for name in options.name} | {*options.name}
    some = [s for s in subjects() if not wanted or {s.name, s.source} & wanted]
    picked = chosen(drawn(some, options.seed, options.draw), options.name, options.bugs)
    if options.show:
        print("\n".join(map(shown, picked)), flush=True)
    done: list[Trial] = []
    for trial in trials(picked, options):
        done.append(trial)
        print(" ".join(str(value) for value in row(trial).values()), flush=True)
    note = f"{options.seconds:.0f} s each, corpus of seed {options.seed}, run of seed {options.run_seed}"
    rows: list[dict[str, Any]] = [row(trial) for trial in done]
    if options.queue or options.name or options.bugs:
        show("search", rows, note)
    else:
        publish("search", rows, note)
    show("search by pattern", totals(done, lambda trial: trial.pattern))
    show("search by source", totals(done, lambda trial: trial.source))


if __name__ == "__main__":
    main()
