"""Cells as a table: mean and standard error over the seeds, the paper's means beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from benchmarks.paper.cells import Cells, Kept
from benchmarks.paper.domain import Asked, Domain, Model

NEEDS_MODEL = "needs a model"
NOT_RUN = "not run"
Rows = list[dict[str, Any]]


def rows(
    domain: Domain,
    methods: Sequence[str],
    seeds: Sequence[int],
    steps: Sequence[int],
    model: Model | None,
    folder: Path,
) -> Rows:
    """A row for each method and curve; a cell that was not run says so.

    Args:
        domain: Whose table it is.
        methods: Those in it.
        seeds: Those that count: a method that was run on some only says on how many.
        steps: What columns there are.
        model: Whose answers model-driven rows show.
        folder: Where cells are kept.
    """
    table = []
    for method in methods:
        kept = cells(domain, method, seeds, model, folder)
        for curve, title in domain.curves.items():
            if kept and not any(cell["curves"].get(curve) for cell in kept):
                continue  # it has no such curve
            if domain.methods[method].once and table and table[-1]["method"] == method:
                continue  # its one value is its last and its best
            empty = NEEDS_MODEL if domain.methods[method].asks and model is None else NOT_RUN
            table.append(_row(domain, method, curve, title, kept, seeds, steps, empty))
    return table


def cells(
    domain: Domain, method: str, seeds: Sequence[int], model: Model | None, folder: Path
) -> list[Kept]:
    """What is there of a method."""
    asks = domain.methods[method].asks
    if asks and model is None:
        return []
    found = Cells(Asked(domain.name, method, 0, 0, model=model if asks else None), folder).found
    return [found[seed] for seed in seeds if seed in found]


def at(kept: Sequence[Kept], curve: str, step: int, once: bool = False) -> list[float]:
    """Values of all cells at a step; those without a verdict there are left out, as in the paper.

    A step at which some cells have ended has none: their mean would be of other problems.

    Args:
        kept: Cells of a method.
        curve: Which curve of theirs.
        step: The step.
        once: Whether its only value holds for every step.
    """
    curves = [each for cell in kept if (each := cell["curves"].get(curve))]
    place = 0 if once else step
    if any(len(each) <= place for each in curves):
        return []
    return [each[place] for each in curves if each[place] is not None]


def spread(values: Sequence[float]) -> tuple[float, float]:
    """Mean and standard error."""
    error = stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0
    return fmean(values), error


def _row(
    domain: Domain,
    method: str,
    curve: str,
    title: str,
    kept: Sequence[Kept],
    seeds: Sequence[int],
    steps: Sequence[int],
    empty: str,
) -> dict[str, Any]:
    row: dict[str, Any] = {"method": method, "measured": title}
    published: Mapping[int, float] = {}
    if curve == next(iter(domain.curves)):
        published = domain.published.get(method, {})
    for place, step in enumerate(steps):
        values = at(kept, curve, step, domain.methods[method].once)
        if not values:
            row[f"step {step}"] = empty if place == 0 and not kept else ""
        else:
            mean, error = spread(values)
            row[f"step {step}"] = f"{mean:.4g} ± {error:.2g}"
    row["seeds"] = len(kept) if len(kept) == len(seeds) else f"{len(kept)} of {len(seeds)}"
    row["paper"] = ", ".join(f"{step}: {published[step]:g}" for step in steps if step in published)
    return row
