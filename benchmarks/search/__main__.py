"""How many bugs of one statement `search` repairs, judged by the modules' own tests.

    python -m benchmarks.search [--seconds 60] [--bugs N] [--seed S] [--jobs N] [--queue N]
        [--ablation NAME] [--show] [NAME ...]

`NAME` is a module, a source or a bug (`textwrap`, `stdlib`, `history`, `textwrap-3`). Most bugs are
drawn from a seed; those that the tests tell are listed in `drawn.json` for the seed 1, and found out
once, which takes a quarter of an hour, for another one or with `--draw`. The historical ones, of
which `releases.py` has the list, are the same for all seeds. `place` is the rank of the wrong statement among the
lines that ran. With `--queue N`, nothing is judged but the program as it stands: `rank` is where the
right module stands among the first N edits.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from difflib import unified_diff
from multiprocessing import get_context
from typing import Any

from benchmarks.report import publish, show
from benchmarks.search.corpus import Bug
from benchmarks.search.picking import picked
from benchmarks.search.tables import row, totals
from benchmarks.search.trying import Trial, attempt
from tracepy.optimizers.search.settings import NONE, Ablations


def trials(some: Sequence[Bug], options: argparse.Namespace) -> Iterator[Trial]:
    """What comes of each bug, in their order; each in a process of its own."""
    evaluations = 1 if options.queue else None
    without = Ablations(**{options.ablation: True}) if options.ablation else NONE
    with ProcessPoolExecutor(options.jobs, get_context("spawn"), max_tasks_per_child=1) as pool:
        running = [
            pool.submit(
                attempt, bug, options.seconds, evaluations, options.run_seed, options.queue, without
            )
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
    parser.add_argument("--ablation", choices=[one.name for one in fields(Ablations)])
    parser.add_argument("--show", action="store_true", help="show each bug as a diff first")
    parser.add_argument("--draw", action="store_true", help="find out anew which bugs to keep")
    return parser


def main() -> None:
    options = _options().parse_args()
    some = picked(options.seed, options.name, options.bugs, options.draw)
    if options.show:
        print("\n".join(map(shown, some)), flush=True)
    done: list[Trial] = []
    for trial in trials(some, options):
        done.append(trial)
        print(" ".join(str(value) for value in row(trial).values()), flush=True)
    note = f"{options.seconds:.0f} s each, corpus of seed {options.seed}, run of seed {options.run_seed}"
    rows: list[dict[str, Any]] = [row(trial) for trial in done]
    if options.ablation:
        note += f", without {options.ablation}"
    if options.queue or options.name or options.bugs or options.ablation:
        show("search", rows, note)
    else:
        publish("search", rows, note)
    show("search by pattern", totals(done, lambda trial: trial.pattern))
    show("search by source", totals(done, lambda trial: trial.source))


if __name__ == "__main__":
    main()
