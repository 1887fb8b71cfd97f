"""The score over the evaluations, drawn by matplotlib as SVG that takes the page's colours.

Static on purpose: nothing to run, nothing to fetch, sharp in print; the page's own script adds what
the pointer tells. Colours stand in for the page's variables (`svg.py` puts these in).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

from tracepy.report.svg import ACCENT, FAILURE, LINE, QUIET, RESULT, themed

if TYPE_CHECKING:
    from tracepy.report.candidates import Candidate

_GRID = 2.0  # points nearer than so many pixels are one
DPI = 72


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing, and where its scales lie.

    Attributes:
        svg: The drawing.
        box: Left, top, width and height of the part with the scores, in units of its view box.
        x, y: The values at both ends of the scales.
        clipped: Candidates whose score lies off the scale.
    """

    svg: str
    box: tuple[float, float, float, float]
    x: tuple[float, float]
    y: tuple[float, float]
    clipped: int


def scores(
    candidates: Sequence[Candidate],
    path: Sequence[int],
    *,
    minimize: bool,
    size: tuple[int, int],
    name: str,
) -> Plot:
    """Each candidate's score, the best so far, and who the winner was made from.

    Args:
        candidates: In the order in which they were judged.
        path: Numbers from the program as it stood to the winner.
        minimize: Whether a lower score is better.
        size: Width and height in pixels.
        name: What the ids in the drawing begin with.
    """
    with _quiet():
        from matplotlib import rc_context, rcdefaults, rcParams
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

    width, height = size
    whole = [(one.number, one.score) for one in candidates if _has_score(one)]
    points = [(x, y) for x, y in whole if y is not None]
    low, high = limits(points, [candidates[n].score for n in path], minimize)
    inside = [(x, min(max(y, low), high)) for x, y in points]
    left, right, top, bottom = 54, 14, 10, 64
    box = (left, top, width - left - right, height - top - bottom)
    ends = (-0.02 * max(len(candidates) - 1, 1), max(len(candidates) - 1, 1) * 1.02)
    style: Any = {"svg.fonttype": "none", "svg.hashsalt": name, "path.simplify": False,
             "font.family": ["DejaVu Sans"], "axes.linewidth": 0.8}  # fmt: skip
    with _quiet(), rc_context():
        rcdefaults()  # whatever somebody's own settings are
        rcParams.update(style)
        figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI)
        figure.patch.set_visible(False)
        canvas = FigureCanvasSVG(figure)
        axes = figure.add_axes(_share(box, size))
        axes.set_xlim(*ends)
        axes.set_ylim(low, high)
        _bare(axes)
        axes.grid(axis="y", color=LINE, linewidth=0.8)
        axes.tick_params(labelbottom=False, bottom=False)
        scale = (box[2] / (ends[1] - ends[0]), box[3] / ((high - low) or 1.0))
        _dots(axes, thinned(inside, scale), QUIET, 3.2)
        _best(axes, candidates, ends[1])
        _path(axes, [(n, candidates[n].score) for n in path])
        _strips(figure, candidates, box, size, ends)
        out = StringIO()
        write: Any = canvas.print_svg
        write(out, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    clipped = sum(not low <= y <= high for _, y in points)
    return Plot(themed(out.getvalue(), name), box, ends, (low, high), clipped)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without matplotlib's warnings: where its cache may stand is no matter of whoever asked."""
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def limits(
    points: Sequence[tuple[int, float]], path: Iterable[float | None], minimize: bool
) -> tuple[float, float]:
    """Both ends of the scale of scores: what matters has the room, not the worst failure.

    All scores are inside if they are of one size; else the path's and those of the better nine
    tenths.
    """
    told = [score for score in path if score is not None]
    values = sorted((y for _, y in points), reverse=minimize)
    if not values:
        return (0.0, 1.0)
    better = values[len(values) // 10 :] + told  # without the worst tenth
    low, high = min(better), max(better)
    span = high - low
    everything = (min(values[0], values[-1], *told), max(values[0], values[-1], *told))
    if everything[1] - everything[0] <= 3 * span:
        low, high = everything
    span = high - low
    if not math.isfinite(span):
        return (min(told, default=0.0) - 1.0, max(told, default=0.0) + 1.0)
    pad = span * 0.06 or abs(high) * 0.05 or 0.5
    return (low - pad, high + pad)


def thinned(
    points: Iterable[tuple[int, float]], scale: tuple[float, float]
) -> list[tuple[float, float]]:
    """One of those points that would be drawn on the same spot."""
    kept: dict[tuple[int, int], tuple[float, float]] = {}
    for x, y in points:
        kept.setdefault((round(x * scale[0] / _GRID), round(y * scale[1] / _GRID)), (x, y))
    return list(kept.values())


def _has_score(one: Candidate) -> bool:
    return one.score is not None and one.status == "ok" and one.complete


def _share(
    box: tuple[float, float, float, float], size: tuple[int, int]
) -> tuple[float, float, float, float]:
    """A box in pixels from the top, in matplotlib's shares from the bottom."""
    left, top, width, height = box
    return (left / size[0], 1 - (top + height) / size[1], width / size[0], height / size[1])


def _bare(axes: Any) -> None:
    axes.patch.set_visible(False)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(LINE)
    axes.tick_params(length=0, labelsize=11, labelcolor=QUIET, pad=6)


def _dots(axes: Any, points: Sequence[tuple[float, float]], colour: str, size: float) -> None:
    """Round dots: lines without length, with round ends."""
    _segments(axes, [(point, point) for point in points], colour, size, "round")


def _segments(axes: Any, lines: Sequence[Any], colour: str, width: float, ends: str) -> None:
    """Lines as one path: a tenth of the text of as many markers."""
    if not lines:
        return
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    path = Path(
        [point for line in lines for point in line], [Path.MOVETO, Path.LINETO] * len(lines)
    )
    axes.add_patch(PathPatch(path, fill=False, edgecolor=colour, linewidth=width, capstyle=ends))


def _best(axes: Any, candidates: Sequence[Candidate], end: float) -> None:
    """The best so far as steps, and the baseline."""
    leaders = [(one.number, one.score) for one in candidates if one.leads and one.score is not None]
    if not leaders:
        return
    axes.axhline(leaders[0][1], color=QUIET, linewidth=1, linestyle=(0, (4, 4)))
    xs = [x for x, _ in leaders] + [end]
    ys = [y for _, y in leaders] + [leaders[-1][1]]
    axes.plot(xs, ys, color=ACCENT, linewidth=1.8, drawstyle="steps-post", solid_joinstyle="round")


def _path(axes: Any, points: Sequence[tuple[int, float | None]]) -> None:
    """The winner and what it was made from."""
    known = [(x, y) for x, y in points if y is not None]
    if len(known) > 1:
        xs, ys = zip(*known, strict=True)
        axes.plot(xs, ys, color=RESULT, linewidth=1.4, linestyle=(0, (1, 2)), zorder=4)
        _dots(axes, known, RESULT, 8)


def _strips(
    figure: Any,
    candidates: Sequence[Candidate],
    box: tuple[float, float, float, float],
    size: tuple[int, int],
    ends: tuple[float, float],
) -> None:
    """Below the scores: who was stopped early, and who came to no verdict."""
    rows = (
        (QUIET, [one.number for one in candidates if one.status == "ok" and not one.complete]),
        (FAILURE, [one.number for one in candidates if one.status != "ok"]),
    )
    bottom = box[1] + box[3]
    for index, (colour, numbers) in enumerate(rows):
        strip = figure.add_axes(_share((box[0], bottom + 6 + 13 * index, box[2], 9), size))
        strip.set_xlim(*ends)
        strip.set_ylim(0, 1)
        _bare(strip)
        strip.set_yticks([])
        strip.spines["bottom"].set_visible(False)
        spots = thinned([(n, 0.0) for n in numbers], (box[2] / (ends[1] - ends[0]), 1.0))
        _segments(strip, [((x, 0), (x, 1)) for x, _ in spots], colour, 1.4, "butt")
        strip.tick_params(labelbottom=index == len(rows) - 1)
        if index == len(rows) - 1:
            from matplotlib.ticker import FuncFormatter, MaxNLocator

            strip.xaxis.set_major_locator(MaxNLocator(8 if size[0] > 500 else 4, integer=True))
            strip.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
            strip.set_xlabel("evaluation", color=QUIET, fontsize=11)
