"""Cells as a figure: a curve for each method, its mean over the seeds with the standard error."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.paper.domain import Domain, Model
from benchmarks.paper.tables import at, cells, spread


def draw(
    domain: Domain,
    methods: Sequence[str],
    seeds: Sequence[int],
    steps: int,
    model: Model | None,
    folder: Path,
    file: Path,
) -> bool:
    """Draw a domain's curves side by side into a file; whether there were any.

    Args:
        domain: What is drawn.
        methods: Those that are drawn, where there are cells of them.
        seeds: Those that count.
        steps: Where the axis ends.
        model: Whose answers model-driven curves show.
        folder: Where cells are kept.
        file: A name that ends in what matplotlib knows, such as `.svg`.
    """
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = domain.name  # the same figure is the same file
    from matplotlib import pyplot

    kept = {method: cells(domain, method, seeds, model, folder) for method in methods}
    curves = {
        curve: title
        for curve, title in domain.curves.items()
        if any(cell["curves"].get(curve) for those in kept.values() for cell in those)
    }
    if not curves:
        return False
    size = (6 * len(curves), 4)
    figure, (all_axes,) = pyplot.subplots(1, len(curves), figsize=size, squeeze=False)
    for axes, (curve, title) in zip(all_axes, curves.items(), strict=True):
        for place, (method, those) in enumerate(kept.items()):
            once = domain.methods[method].once
            found = [(step, at(those, curve, step, once)) for step in range(steps + 1)]
            points = [(step, *spread(values)) for step, values in found if values]
            if not points:
                continue
            xs, means, errors = zip(*points, strict=True)
            colour = f"C{place % 10}"
            axes.plot(xs, means, "--" if once else "-", color=colour, label=method)
            lows = [mean - error for mean, error in zip(means, errors, strict=True)]
            highs = [mean + error for mean, error in zip(means, errors, strict=True)]
            axes.fill_between(xs, lows, highs, color=colour, alpha=0.2, linewidth=0)
        axes.set(title=f"{domain.title.partition(':')[0]}: {title}", xlabel="step")
        axes.set_ylabel(domain.title.rpartition(": ")[2])
        axes.legend(fontsize="small")
        if domain.log:
            axes.set_yscale("log")
    figure.tight_layout()
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)
    pyplot.close(figure)
    return True
