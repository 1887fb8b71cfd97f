"""How many bugs of one statement `search` repairs, of a corpus of our own.

    python -m benchmarks.repair [--budget 500] [--seed 1] [--queue N] [NAME ...]

`NAME` is a program or a bug (`tree`, `tree-2`). `place` is the rank of the wrong statement among
the lines that ran. With `--queue N`, `rank` is where the right program stands among the first N edits;
with `--budget 1` nothing else is measured, which is fast and does not depend on the clock.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from statistics import median
from typing import Any

from benchmarks.repair.corpus import bugs
from benchmarks.repair.trying import Trial, attempt
from benchmarks.report import publish, show


def row(trial: Trial) -> dict[str, Any]:
    """A line of the table."""
    return {
        "bug": trial.bug.name,
        "family": trial.bug.family,
        "repaired": ("as it was" if trial.same else "yes") if trial.found else "no",
        "evaluations": trial.evaluations,
        "seconds": round(trial.seconds, 1),
        "place": trial.place or "-",
        "rank": trial.rank or "-",
    }


def totals(trials: Sequence[Trial]) -> list[dict[str, Any]]:
    """A line a family, and one for all."""
    families: defaultdict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        families[trial.bug.family].append(trial)
    return [_total(name, some) for name, some in sorted(families.items())] + [_total("all", trials)]


def _total(name: str, trials: Sequence[Trial]) -> dict[str, Any]:
    return {
        "family": name,
        "bugs": len(trials),
        "repaired": sum(trial.found for trial in trials),
        "as it was": sum(trial.found and trial.same for trial in trials),
        "median evaluations": median(trial.evaluations for trial in trials),
        "seconds": round(sum(trial.seconds for trial in trials), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Repair the bugs of the corpus.")
    parser.add_argument("name", nargs="*", help="programs or bugs; all by default")
    parser.add_argument("--budget", type=int, default=500, help="candidates judged for each bug")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--queue", type=int, default=0, help="look for the right program so far")
    options = parser.parse_args()
    trials = []
    for bug in bugs():
        if not options.name or bug.name in options.name or bug.program in options.name:
            trials.append(attempt(bug, options.budget, options.seed, options.queue))
            print(" ".join(str(value) for value in row(trials[-1]).values()), flush=True)
    note = f"budget {options.budget}, seed {options.seed}"
    if options.name or options.budget == 1:
        show("repair", [row(trial) for trial in trials], note)
    else:
        publish("repair", [row(trial) for trial in trials], note)
    show("repair by family", totals(trials))


if __name__ == "__main__":
    main()
