"""What the execution graph costs: building, slicing, showing, saving, from 10^3 to 10^6 events.

    python -m benchmarks.graph [--quick] [--peer]

CPU seconds, each measurement in a process of its own, the best of three. `--peer` runs OpenTrace's
backward on the same shapes, up to where it needs a minute; it is installed into an environment that
is kept. `--quick` stops at 10^5 events, with one round.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.graph_shapes import SHAPES
from benchmarks.report import publish, show

SIZES = (1_000, 10_000, 100_000, 1_000_000)
OPERATIONS = (100, 1_000, 3_000, 10_000)
_PEER = Path(__file__).with_name("graph_opentrace.py")


def measured(shape: str, size: int, rounds: int) -> dict[str, Any]:
    """The best of some rounds."""
    runs = []
    for _ in range(rounds):
        command = [sys.executable, "-m", "benchmarks.graph_child", shape, str(size)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        runs.append(json.loads(done.stdout))
    return {
        key: min(run[key] for run in runs) if isinstance(value, float) else value
        for key, value in runs[0].items()
    }


def peer(shape: str, operations: int) -> tuple[float, float] | str:
    """OpenTrace's seconds for building, and for its backward."""
    from benchmarks.recording_venvs import environment
    from benchmarks.venvs import python_of

    command = [python_of(environment("opentrace")), str(_PEER), shape, str(operations)]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=150)
    except subprocess.TimeoutExpired:
        return "more than 150 s"
    except subprocess.CalledProcessError as error:
        return (error.stderr.strip().splitlines() or ["failed"])[-1][:80]
    found = json.loads(done.stdout)
    return found["build"], found["backward"]


def beside_peer(rounds: int) -> list[dict[str, Any]]:
    """Both on the same shapes: an operation there is about two events here."""
    rows: list[dict[str, Any]] = []
    for shape in ("chain", "tree", "fan-out"):
        for operations in OPERATIONS:
            theirs = peer(shape, operations)
            events = operations * {"chain": 2, "tree": 5, "fan-out": 3}[shape]
            ours = measured(shape, events, rounds)
            seconds = ours["build"] + ours["slice"]
            row: dict[str, Any] = {
                "shape": shape,
                "operations": operations,
                "ours: build and slice": seconds,
            }
            if isinstance(theirs, str):
                row["OpenTrace: backward"] = theirs
            else:
                row["OpenTrace: build"], row["OpenTrace: backward"] = theirs
                row["ratio of backward"] = theirs[1] / seconds
            rows.append(row)
            if isinstance(theirs, str) or theirs[1] > 60:
                break
    return rows


def main() -> None:
    """Measure, print the tables, write the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="up to 10^5 events, one round")
    parser.add_argument("--peer", action="store_true", help="OpenTrace as well")
    parser.add_argument("--shape", action="append", choices=[*SHAPES], help="these shapes")
    chosen = parser.parse_args()
    rounds = 1 if chosen.quick else 3
    rows = []
    for shape in chosen.shape or SHAPES:
        before: dict[str, Any] | None = None
        for size in SIZES[: 3 if chosen.quick else 4]:
            row = measured(shape, size, rounds)
            seconds = row["build"] + row["slice"]
            row["microseconds an event"] = seconds / row["events"] * 1e6
            if before is not None:  # 1.0 is linear
                factor = seconds / (before["build"] + before["slice"])
                row["growth"] = factor / (row["events"] / before["events"])
            rows.append(row)
            before = row
    whole = not chosen.quick and not chosen.shape
    note = "seconds of CPU; growth 1.0 is linear; text is that of the 200 nodes nearest the output"
    (publish if whole else show)("graph", rows, note)
    if chosen.peer:
        told = beside_peer(rounds)
        (publish if whole else show)("graph-peer", told, "OpenTrace 0.1.3.8; seconds of CPU")


if __name__ == "__main__":
    main()
