"""What judging candidates costs, beside peers and bare processes that do the same.

    python -m benchmarks.evaluations [--only PART,…] [--rounds 5] [--seconds 1] [--long]

rate       evaluations per second: each sandbox that is to be had here, each kind of objective
peers      the same of OpenEvolve's evaluator, GEPA's subprocesses, mutmut's forks, warm processes;
           they take turns with `rate`, and bare forks of a small process are always there
long       the first thousand of a run against its last, and what it holds by then
fixed      what a run costs before its first verdict
overshoot  how long after its time the verdict on a candidate that never ends is there
turned     candidates that fail the first test: a loaded program turns them away
whole      whole runs beside OpenEvolve's, start-up, search and store included

Peers are installed into environments that are kept. Each part writes a file of its own into
`benchmarks/results`, so what is not asked for keeps its figures.
"""

from __future__ import annotations

import argparse

from benchmarks.evaluations import fixed, length, overshoot, rates, turned, whole
from benchmarks.evaluations.contenders import BARE, others, ours
from benchmarks.report import publish

PARTS = ("rate", "peers", "long", "fixed", "overshoot", "turned", "whole")


def _parts(text: str) -> list[str]:
    chosen = text.split(",")
    if unknown := [part for part in chosen if part not in PARTS]:
        raise argparse.ArgumentTypeError(f"no part {', '.join(unknown)}: {', '.join(PARTS)}")
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", type=_parts, default=[*PARTS], help="parts, with commas")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each (default: 5)")
    parser.add_argument("--seconds", type=float, default=1.0, help="of a turn (default: 1)")
    parser.add_argument("--long", action="store_true", help="100,000 evaluations, not 5,000")
    parser.add_argument("--times", type=int, default=30, help="endless candidates of each kind")
    chosen = parser.parse_args()
    if {"rate", "peers"} & {*chosen.only}:
        who = [*BARE]
        who += ours() if "rate" in chosen.only else []
        who += others() if "peers" in chosen.only else []
        publish(
            "evaluations-rate",
            rates.rows(who, chosen.rounds, chosen.seconds),
            f"median of {chosen.rounds} rounds in which all take turns; of bare: median ratio, "
            "round by round, to the fork with as many workers, for tests to that with pytest.main; "
            "CPU ms: of all processes, each; MiB: of the one that is forked or waits",
        )
    if "long" in chosen.only:
        found = length.rows(100_000 if chosen.long else 5_000)
        publish("evaluations-long", found, length.told(found))
    if "fixed" in chosen.only:
        publish("evaluations-fixed", fixed.rows(chosen.rounds), "one worker, not traced")
    if "overshoot" in chosen.only:
        publish("evaluations-overshoot", overshoot.rows(chosen.times), "one worker")
    if "turned" in chosen.only:
        publish(
            "evaluations-turned",
            turned.rows(chosen.rounds, chosen.seconds),
            "20 functions and tests, the edited one fails its own; times: of from the beginning",
        )
    if "whole" in chosen.only:
        publish("evaluations-whole", whole.rows(1000), "two workers, tracepy isolating each")


if __name__ == "__main__":
    main()
