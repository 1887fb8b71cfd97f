"""Points that Gaussian processes propose: one over the whole space, one round the best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tracepy.optimizers.search.acquisition import best_points
from tracepy.optimizers.search.gaussian import GaussianProcess
from tracepy.optimizers.search.history import History

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

# Points that a model is made of at most.
_MOST = 200
# Steps of a fit: the first, and those that go on from the one before.
_FIRST, _NEXT = 40, 8
_POOL, _NEAR = 400, 200
# Of many axes, a point near another moves about so many.
_MOVED = 8
# The region round the best: its sides at first, at most and at least, and how they change.
_SIDE, _WIDEST, _NARROWEST = 0.4, 0.8, 2e-5
_WIDER, _NARROWER = 1.6, 0.6
# It grows where a better point is as far from its middle as this, as a share of its sides, and
# shrinks after so many failures an axis, and at most.
_FAR = 0.25
_FAILURES, _MOST_FAILURES = 2, 4


def shaped(values: Array, sharp: bool) -> Array:
    """The scores as they are modelled: by their size, or by how close they come to the best."""
    import numpy as np

    if sharp:
        gap = values.max() - values
        found: Array = -np.log1p(10 * gap / (float(np.median(gap)) or 1.0))
        return found
    # One disaster must not flatten the rest: what is far below the median is pulled in.
    low, middle, high = np.percentile(values, (25, 50, 75))
    clipped: Array = np.maximum(values, middle - 2 * max(high - low, 1e-12 + abs(middle) * 1e-9))
    return clipped


class Modelled:
    """Expected improvement of a Gaussian process, over the whole space or in a region of it.

    Two views of the scores take turns. The region is a box round the best point that grows while
    points in it are better, shrinks while they are not, and begins anew where it has become tiny
    (as TuRBO's; Eriksson et al., "Scalable global optimization via local Bayesian optimization",
    2019).
    """

    def __init__(self, history: History, generator: Any, local: bool) -> None:
        self.history = history
        self.generator = generator
        self.local = local
        self.side = _SIDE
        self._failures = 0
        self._top: tuple[float, ...] = ()
        self._turn = 0
        self._shapes: dict[bool, Array] = {}
        self._counts: dict[bool, int] = {}

    def ask(self, pending: Sequence[tuple[float, ...]]) -> list[tuple[float, ...]]:
        """Points of the unit cube, the most promising first."""
        import numpy as np

        points = np.array(self.history.points)
        values = np.array(self.history.values)
        size = points.shape[1]
        best = points[self.history.best()]
        chosen = self._chosen(points, values, best)
        points, values = points[chosen], values[chosen]
        sharp = self._turn % 2 == 1
        self._turn += 1
        process = self._process(points, shaped(values, sharp), sharp)
        if pending:
            process = self._believing(process, points, shaped(values, sharp), pending, sharp)
        known = process.predict(self.history.space.encode(points)).mean
        top = points[int(known.argmax())]
        low, high = np.zeros(size), np.ones(size)
        self._top = tuple(float(x) for x in top)
        if self.local:
            sides = self._sides(process)
            low, high = np.maximum(top - sides / 2, 0.0), np.minimum(top + sides / 2, 1.0)
        tops = points[np.argsort(-known, kind="stable")[:5]]
        pool = self._pool(top if self.local else tops, low, high)
        found = best_points(process, self.history.space, pool, low, high, float(known.max()))
        if self.local and not any(map(self.history.new, found)):
            self._again()
        return found

    def learn(self, where: tuple[float, ...], value: float, won: bool, own: bool) -> None:
        """The region grows where its own points win, and shrinks where they do not."""
        if not self.local or not own:
            return
        self._failures = 0 if won else self._failures + 1
        if won:
            far = max(abs(a - b) for a, b in zip(where, self._top, strict=True))
            if far >= _FAR * self.side:
                self.side = min(self.side * _WIDER, _WIDEST)
        elif self._failures >= min(_FAILURES * len(where), _MOST_FAILURES):
            self._failures = 0
            self.side *= _NARROWER
            if self.side < _NARROWEST:
                self._again()

    def _again(self) -> None:
        """Nothing is left in the region: it begins anew."""
        self.side, self._failures = _SIDE, 0

    def _chosen(self, points: Array, values: Array, best: Array) -> Array:
        """Which points are modelled: all, or those near the best, in the order of the history."""
        import numpy as np

        size = points.shape[1]
        most = min(10 + 8 * size, _MOST) if self.local else _MOST
        if len(points) <= most:
            return np.arange(len(points))
        if self.local:
            encoded = self.history.space.encode(np.vstack([best, points]))
            far = ((encoded[1:] - encoded[0]) ** 2).sum(1)
            return np.sort(np.argsort(far, kind="stable")[:most])
        return np.sort(np.argsort(-values, kind="stable")[:most])

    def _process(self, points: Array, values: Array, sharp: bool) -> GaussianProcess:
        space = self.history.space
        shape = self._shapes.get(sharp)
        grown = len(points) - self._counts.get(sharp, 0)
        # A fit goes stale slowly: after a tenth more points it is taken up again.
        turns = _FIRST if shape is None else _NEXT if grown * 10 >= len(points) or self.local else 0
        process = GaussianProcess(space.encode(points), values, space.owner, shape, turns)
        self._shapes[sharp] = process.shape
        if turns:
            self._counts[sharp] = len(points)
        return process

    def _believing(
        self, process: GaussianProcess, points: Array, values: Array,
        pending: Sequence[tuple[float, ...]], sharp: bool,
    ) -> GaussianProcess:  # fmt: skip
        """The model with the points on their way taken for what it expects of them."""
        import numpy as np

        space = self.history.space
        waiting = space.encode(np.array(pending))
        guesses = process.predict(waiting).mean
        encoded = np.vstack([space.encode(points), waiting])
        joined = np.append(values, guesses)
        return GaussianProcess(encoded, joined, space.owner, process.shape, 0)

    def _sides(self, process: GaussianProcess) -> Array:
        """The region's sides: long where the score changes slowly, of the same volume."""
        import numpy as np

        lengths = np.exp(np.clip(process.shape[:-1], -4.0, 1.5))
        found: Array = self.side * lengths / np.exp(np.log(lengths).mean())
        # A choice is one way or another: a region of it would hold nothing else.
        free = np.array([not axis.ordered for axis in self.history.space.axes])
        return np.where(free, 2.0, np.minimum(found, 2.0))

    def _pool(self, tops: Array, low: Array, high: Array) -> Array:
        """Random points of a box, and points that differ from good ones in some of the axes."""
        import numpy as np

        size = len(low)
        draw = self.generator
        spread = low + draw.random((_POOL, size)) * (high - low)
        near = np.atleast_2d(tops)[draw.integers(0, len(np.atleast_2d(tops)), _NEAR)]
        steps = draw.normal(size=(_NEAR, size)) * draw.choice((0.02, 0.1, 0.3), size=(_NEAR, 1))
        moved = draw.random((_NEAR, size)) < min(1.0, _MOVED / size)
        stepped = near + steps * (high - low) * moved
        # Much of what programs are made of is nearly separable: one axis may be anywhere.
        lone = draw.random((_NEAR, size)) < 1.5 / size
        anywhere = near.copy()
        anywhere[lone] = (low + draw.random((_NEAR, size)) * (high - low))[lone]
        # A choice without order jumps to any other.
        for index, axis in enumerate(self.history.space.axes):
            if not axis.ordered:
                jump = moved[:, index] & (draw.random(_NEAR) < 0.5)
                stepped[:, index] = np.where(jump, draw.random(_NEAR), near[:, index])
        return np.vstack([spread, np.clip(np.vstack([stepped, anywhere]), low, high)])
