"""Runs the cells that are missing, some at once, and says how it goes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

from benchmarks.paper import domains
from benchmarks.paper.cells import Cells
from benchmarks.paper.domain import Asked, Found


def run(wanted: Sequence[Asked], folder: Path, workers: int) -> list[str]:
    """Run what is missing; what could not be run, a line each.

    Each finished cell is kept at once: whatever ends this process, the next one goes on from there.

    Args:
        wanted: The cells.
        folder: Where cells are kept.
        workers: How many run at once.
    """
    missing = [asked for asked in wanted if not Cells(asked, folder).holds(asked)]
    if not missing:
        return []
    failed = []
    begun = perf_counter()
    # Spawned: what a method imports or seeds is its cell's alone, and threads are not forked.
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), max_tasks_per_child=1)
    with pool:
        futures = {pool.submit(timed, asked): asked for asked in missing}
        try:
            for done, future in enumerate(as_completed(futures), 1):
                asked = futures[future]
                try:
                    found, seconds = future.result()
                except Exception as why:  # a cell's error is the cell's only
                    failed.append(f"{label(asked)}: {type(why).__name__}: {first_line(why)}")
                    _say(f"{failed[-1]} ({done} of {len(missing)})")
                    continue
                method = domains.get(asked.domain).methods[asked.method]
                Cells(asked, folder).keep(asked, method, found, seconds)
                left = (perf_counter() - begun) / done * (len(missing) - done)
                _say(
                    f"{label(asked)}: {_told(found)}, {seconds:.1f} s; {done} of {len(missing)}, about {left:.0f} s left"
                )
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True, wait=False)
            raise
    return failed


def timed(asked: Asked) -> tuple[Found, float]:
    """Run a cell; what it came to, and in how many seconds."""
    domain = domains.get(asked.domain)
    domains.prepare(domain)
    begun = perf_counter()
    found = domain.methods[asked.method].run(asked)
    return found, perf_counter() - begun


def label(asked: Asked) -> str:
    """A cell, for people."""
    return f"{asked.domain}: {asked.method}, seed {asked.seed}"


def first_line(why: BaseException) -> str:
    """What an error says, in a line."""
    return next(iter(str(why).splitlines()), "")


def _told(found: Found) -> str:
    ends = ((name, _last(curve)) for name, curve in found.curves.items())
    return ", ".join(f"{name} {value:.4g}" for name, value in ends if value is not None)


def _last(curve: Iterable[float | None]) -> float | None:
    return next((value for value in reversed(list(curve)) if value is not None), None)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
