"""What recording costs: tracepy's modes beside plain Python, and peers on the same programs.

    python -m benchmarks.recording [--quick] [--peers] [--budget] [--speed]

Every figure is a ratio of CPU times: a mode and plain Python run in turn, each in a process of
its own, the best of each counts. `--peers` installs what it needs into environments that are
kept; `--budget` runs 10^8 statements; `--speed` times rewriting and imports. What is not asked for
keeps its figures in `benchmarks/results/recording-VERSION.json`.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections.abc import Iterable
from typing import Any

from benchmarks import recording_table
from benchmarks.recording_run import Failed, Place, beside_plain, memory_of
from benchmarks.recording_venvs import PACKAGES, PEERS

WORKLOADS = (
    "fib", "nbody", "json_parser", "scheduler", "sorting", "producers", "pipeline", "templates",
    "tables",
)  # fmt: skip
OURS = {
    "hook": "hook installed, module not marked",
    "marked": "marked, nothing recorded",
    "full": "everything recorded",
    "default": "default budget",
    "spent": "budget spent at once",
}
OTHERS = {
    "settrace": "sys.settrace, locals copied",
    "coverage": "coverage, C tracer (lines)",
    "viztracer": "VizTracer (calls)",
    "dynapyt": "DynaPyt, empty read, write and call hooks",
    "pyccolo": "pyccolo, empty handler per statement",
    "opentrace": "OpenTrace",
}
SLOW = ("dynapyt", "pyccolo", "opentrace")
"""Hundreds of times slower: they run the small programs, as the plain runs beside them do."""


def rows_of(
    places: dict[str, Place | str], modes: dict[str, str], rounds: int, only: Iterable[str],
    seconds: float,
) -> list[dict[str, Any]]:  # fmt: skip
    """A row per mode: the ratio, or why there is none, for each workload."""
    rows: list[dict[str, Any]] = []
    for mode, shown in modes.items():
        size = "small" if mode in SLOW else "full"
        ratios: dict[str, float | str] = {}
        plain: dict[str, float] = {}
        for name in only:
            place = places[mode]
            try:
                if isinstance(place, str):
                    raise Failed(place)
                bare, other = beside_plain(place, mode, name, size, rounds, seconds)
                ratios[name], plain[name] = other / bare, bare * 1e3
            except Failed as error:
                ratios[name] = str(error)
            said = ratios[name]
            text = said if isinstance(said, str) else f"{said:.2f}"
            print(f"{shown} | {name} | {text}", file=sys.stderr, flush=True)
        rows.append(
            {"mode": mode, "shown": shown, "size": size, "ratios": ratios, "plain ms": plain}
        )
    return rows


def ours(quick: bool, only: Iterable[str], scratch: str, modes: Iterable[str]) -> dict[str, Any]:
    """The modes of tracepy, and what their logs take."""
    place = Place.ours(scratch)
    chosen = {mode: OURS[mode] for mode in OURS if mode in modes}
    rows = rows_of(dict.fromkeys(chosen, place), chosen, 3 if quick else 9, only, 120)
    memory: dict[str, Any] = {}
    if "full" in chosen:
        for name in only:
            try:
                memory[name] = dict(memory_of(place, name, "full", 300))
            except Failed as error:
                memory[name] = {"failed": str(error)}
    return {"rows": rows, "memory": memory}


def peers(quick: bool, only: Iterable[str], scratch: str, modes: Iterable[str]) -> dict[str, Any]:
    """The same table for peers."""
    import subprocess

    places: dict[str, Place | str] = {}
    chosen = {mode: OTHERS[mode] for mode in OTHERS if mode in modes}
    for mode in chosen:
        try:
            name = mode if mode in PEERS else "packages"
            places[mode] = Place.of_peer(name, scratch)
        except (subprocess.SubprocessError, OSError) as error:
            places[mode] = f"not installed: {type(error).__name__}"
    rows = rows_of(places, chosen, 2 if quick else 5, only, 60)
    return {"peers": rows, "versions": {mode: list(PEERS.get(mode, ())) for mode in chosen}}


def main() -> None:
    """Measure what is asked for, print the tables, write the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--peers", action="store_true", help="the peers too")
    parser.add_argument("--budget", action="store_true", help="a long run on the default budget")
    parser.add_argument("--speed", action="store_true", help="rewriting and imports too")
    parser.add_argument("--statements", type=float, default=1e8, help="of the long run")
    parser.add_argument("--only", action="append", choices=WORKLOADS, help="these programs")
    parser.add_argument("--mode", action="append", choices=[*OURS, *OTHERS], help="these modes")
    parser.add_argument("--skip-ours", action="store_true", help="keep tracepy's last figures")
    chosen = parser.parse_args()
    only = tuple(chosen.only or WORKLOADS)
    modes = tuple(chosen.mode or (*OURS, *OTHERS))
    found: dict[str, Any] = {"python": platform.python_version(), "packages": list(PACKAGES)}
    found["note"] = "quick: three rounds" if chosen.quick else "nine rounds, peers five"
    with tempfile.TemporaryDirectory(prefix="recording-") as scratch:
        if not chosen.skip_ours:
            found |= ours(chosen.quick, only, scratch, modes)
        if chosen.peers:
            found |= peers(chosen.quick, only, scratch, modes)
        if chosen.budget:
            from benchmarks.recording_speed import budget

            found["budget"] = budget(Place.ours(scratch), int(chosen.statements))
        if chosen.speed:
            from benchmarks.recording_speed import imports, rewriting

            found["rewriting"] = rewriting()
            found["imports"] = imports(Place.ours(scratch), 3 if chosen.quick else 9)
    whole = not chosen.only and not chosen.mode
    if whole:
        found = recording_table.kept(found)
    print(recording_table.table(found))


if __name__ == "__main__":
    main()
