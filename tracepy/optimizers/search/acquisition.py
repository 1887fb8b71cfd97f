"""Where a model says that to look next pays: expected improvement, climbed from many points.

Expected improvement is that of Jones, Schonlau and Welch, "Efficient global optimization of expensive
black-box functions" (1998), in its logarithm, so that far from the best there is still a slope
to climb (Ament et al., "Unexpected improvements to expected improvement", 2023).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tracepy.optimizers.search.gaussian import GaussianProcess, ascend
from tracepy.optimizers.search.space import Space

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

# How many points are climbed from, how many steps, and the first step as a share of the box.
_CLIMBERS, _TURNS, _STEP = 8, 25, 0.05
_ROOT2PI = math.sqrt(2 * math.pi)


def _normal(z: Array) -> tuple[Array, Array]:
    """Density and distribution function of the standard normal."""
    import numpy as np

    below = 0.5 * np.vectorize(math.erfc, otypes=[float])(-z / math.sqrt(2))
    return np.exp(-0.5 * z**2) / _ROOT2PI, below


def log_improvement(mean: Array, spread: Array, best: float) -> tuple[Array, Array, Array]:
    """Logarithm of the expected improvement, and its slopes by mean and by deviation."""
    import numpy as np

    z = (mean - best) / spread
    density, below = _normal(z)
    far = z < -6.0
    square = np.where(far, z, 1.0) ** 2
    gain = np.where(far, 1.0, density + z * below)
    # Below -6 by the first term of the asymptotic series: the difference would cancel.
    log_gain = np.where(far, -0.5 * square - np.log(_ROOT2PI * square), np.log(gain))
    by_mean = np.where(far, -z, below / gain) / spread
    by_spread = np.where(far, square, density / gain) / spread
    return np.log(spread) + log_gain, by_mean, by_spread


def best_points(
    process: GaussianProcess, space: Space, pool: Array, low: Array, high: Array, best: float
) -> list[tuple[float, ...]]:
    """The most promising points of a box, best first.

    Args:
        process: What is known.
        space: The axes.
        pool: Points of the unit cube to begin with.
        low: The box's lower corner in the unit cube.
        high: Its upper corner.
        best: The score to be improved on.
    """
    import numpy as np

    def judged(points: Array) -> Array:
        expected = process.predict(points)
        return log_improvement(expected.mean, expected.spread, best)[0]

    def sloped(points: Array) -> tuple[Array, Array]:
        expected, mean, spread = process.slopes(points)
        value, by_mean, by_spread = log_improvement(expected.mean, expected.spread, best)
        return value, by_mean[:, None] * mean + by_spread[:, None] * spread

    encoded = space.encode(pool)
    ranked = np.argsort(-judged(encoded), kind="stable")
    first = ranked[:_CLIMBERS]
    # What has no order is not climbed: those columns stay as they are.
    bottom = np.where(space.climbed, space.encode(low[None, :]), encoded[first])
    top = np.where(space.climbed, space.encode(high[None, :]), encoded[first])
    step = _STEP * float((high - low).mean())
    climbed = space.decode(ascend(sloped, encoded[first], bottom, top, step, _TURNS))
    # Judged as the values that they stand for: whole numbers are few.
    points = space.snapped(np.vstack([climbed, pool[first]]))
    order = np.argsort(-judged(space.encode(points)), kind="stable")
    # Where all of these were asked before, the rest of the pool is left.
    found = np.vstack([points[order], pool[ranked[_CLIMBERS:]]])
    return [tuple(float(x) for x in point) for point in found]
