"""A Gaussian process small enough to be read, and fast at a few hundred points.

optuna's own Gaussian-process sampler needs torch and scipy; this needs numpy, which comes with
optuna. Matérn 5/2 kernel with a length an axis (Snoek et al., 2012); lengths and noise are the
most likely ones under a weak prior that grows with the number of axes (Hvarfner et al., "Vanilla
Bayesian optimization performs great in high dimensions", 2024).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

# Prior of a length: log-normal around this times the root of the number of axes; of the noise:
# log-normal around this share of the variance.
_LENGTH, _LENGTH_SPREAD = 0.5, 1.0
_NOISE, _NOISE_SPREAD = 1e-5, 3.0
_LENGTHS = (math.log(0.02), math.log(50.0))
_NOISES = (math.log(1e-8), math.log(1.0))
_ROOT5 = math.sqrt(5.0)
# Growing and shrinking of steps as in Rprop (Riedmiller and Braun, 1993).
_GROW, _SHRINK = 1.3, 0.5


def ascend(
    function: Callable[[Array], tuple[Array, Array]],
    points: Array,
    low: Array,
    high: Array,
    step: float,
    turns: int,
) -> Array:
    """Climb from each of the points by the signs of the gradient (Rprop); the best points seen.

    Args:
        function: For points (rows), their values and gradients.
        points: Where to begin.
        low: The least each coordinate may be.
        high: The greatest.
        step: The first step, the same for all coordinates.
        turns: How many steps.
    """
    import numpy as np

    steps = np.full(points.shape, step)
    before = np.zeros(points.shape)
    best, tops = points.copy(), np.full(len(points), -math.inf)
    for _ in range(turns):
        values, slopes = function(points)
        better = values > tops
        best[better], tops[better] = points[better], values[better]
        turned = before * slopes
        steps = np.where(turned > 0, steps * _GROW, np.where(turned < 0, steps * _SHRINK, steps))
        slopes = np.where(turned < 0, 0.0, slopes)
        points = np.clip(points + np.sign(slopes) * steps, low, high)
        before = slopes
    values, _ = function(points)
    better = values > tops
    best[better] = points[better]
    return best


@dataclass(frozen=True)
class Prediction:
    """What is expected at points, in the units of the scores given: mean and deviation."""

    mean: Array
    spread: Array


class GaussianProcess:
    """Scores at points seen so far, and what is to be expected elsewhere (higher is better).

    Args:
        points: One row each.
        values: Their scores, as they should be modelled.
        axis: For each column of the points the axis that it belongs to: an axis has one length.
        shape: Logarithms of lengths and noise to begin with, from an earlier fit.
        turns: How many steps the fit takes; 0 keeps the shape that was given.
    """

    def __init__(
        self, points: Array, values: Array, axis: Array, shape: Array | None, turns: int
    ) -> None:
        import numpy as np

        self.x, self.axis = points, axis
        self.mean = float(values.mean())
        self.scale = float(values.std()) or 1.0
        self.y = (values - self.mean) / self.scale
        self.axes = int(axis.max()) + 1
        middle = math.log(_LENGTH * math.sqrt(self.axes))
        self._prior = np.array([middle] * self.axes + [math.log(_NOISE)])
        self._spread = np.array([_LENGTH_SPREAD] * self.axes + [_NOISE_SPREAD])
        self._squares = self._differences()
        self.shape = self._fitted(shape, turns)
        self.lengths = np.exp(self.shape[:-1])[axis]
        kernel, _ = self._covariance(self.shape)
        self.factor: Array = np.linalg.inv(np.linalg.cholesky(kernel))
        self.alpha = self.factor.T @ (self.factor @ self.y)
        self.power = max(float(self.y @ self.alpha) / len(self.y), 1e-12)

    def predict(self, points: Array) -> Prediction:
        """Mean and standard deviation at points, in the units of the scores."""
        import numpy as np

        cross = self._cross(points)[0]
        solved = self.factor @ cross.T
        spread = np.sqrt(self.power * np.maximum(1.0 - (solved**2).sum(0), 1e-10))
        return Prediction(cross @ self.alpha * self.scale + self.mean, spread * self.scale)

    def slopes(self, points: Array) -> tuple[Prediction, Array, Array]:
        """What is expected at points, and the gradients of mean and deviation."""
        import numpy as np

        cross, slope = self._cross(points)
        solved = self.factor @ cross.T
        spread = np.sqrt(self.power * np.maximum(1.0 - (solved**2).sum(0), 1e-10))
        back = (self.factor.T @ solved).T
        # slope * (x - x_i) / length^2 is the kernel's gradient; summed without a third dimension.
        inverse = self.lengths**-2

        def along(weights: Array) -> Array:
            weighted = slope * weights
            found: Array = (weighted.sum(1)[:, None] * points - weighted @ self.x) * inverse
            return found

        mean = along(self.alpha[None, :]) * self.scale
        deviation = -along(back) * self.power / spread[:, None] * self.scale
        expected = Prediction(cross @ self.alpha * self.scale + self.mean, spread * self.scale)
        return expected, mean, deviation

    def _cross(self, points: Array) -> tuple[Array, Array]:
        """The kernel between points and what was seen, and its slope over the distance."""
        import numpy as np

        a, b = points / self.lengths, self.x / self.lengths
        squared = (a**2).sum(1)[:, None] + (b**2).sum(1)[None, :] - 2 * a @ b.T
        distance = _ROOT5 * np.sqrt(np.maximum(squared, 0.0))
        decay = np.exp(-distance)
        return (1 + distance + distance**2 / 3) * decay, -5 / 3 * (1 + distance) * decay

    def _differences(self) -> Array:
        """Squared distances between the points along each axis."""
        import numpy as np

        found = np.zeros((self.axes, len(self.x), len(self.x)))
        for column, axis in enumerate(self.axis):
            values = self.x[:, column]
            found[axis] += (values[:, None] - values[None, :]) ** 2
        return found

    def _covariance(self, shape: Array) -> tuple[Array, Array]:
        """The kernel with noise, and its slope by the squared distance (times -2)."""
        import numpy as np

        squared = np.tensordot(np.exp(-2 * shape[:-1]), self._squares, 1)
        distance = _ROOT5 * np.sqrt(squared)
        decay = np.exp(-distance)
        kernel = (1 + distance + distance**2 / 3) * decay
        kernel[np.diag_indices_from(kernel)] += math.exp(shape[-1]) + 1e-8
        return kernel, 5 / 3 * (1 + distance) * decay

    def _fitted(self, shape: Array | None, turns: int) -> Array:
        import numpy as np

        low = np.array([_LENGTHS[0]] * self.axes + [_NOISES[0]])
        high = np.array([_LENGTHS[1]] * self.axes + [_NOISES[1]])
        start = self._prior if shape is None else shape
        if not turns:
            return start
        found: Array = ascend(self._likelihoods, start[None, :].copy(), low, high, 0.3, turns)[0]
        return found

    def _likelihoods(self, shapes: Array) -> tuple[Array, Array]:
        """Log of the posterior density of a shape, and its gradient; the variance is profiled out."""
        import numpy as np

        shape = shapes[0]
        count = len(self.y)
        kernel, slope = self._covariance(shape)
        try:
            factor = np.linalg.cholesky(kernel)
        except np.linalg.LinAlgError:
            return np.array([-math.inf]), np.zeros((1, len(shape)))
        half = np.linalg.inv(factor)
        inverse = half.T @ half
        alpha = inverse @ self.y
        power = max(float(self.y @ alpha) / count, 1e-12)
        off = (shape - self._prior) / self._spread
        value = -0.5 * count * math.log(power) - np.log(np.diag(factor)).sum() - 0.5 * off @ off
        weights = np.outer(alpha, alpha) / power - inverse
        # d kernel / d log length = slope * squares / length^2
        lengths = 0.5 * np.tensordot(self._squares, weights * slope, 2) * np.exp(-2 * shape[:-1])
        noise = 0.5 * np.trace(weights) * math.exp(shape[-1])
        gradient = np.append(lengths, noise) - off / self._spread
        return np.array([value]), gradient[None, :]
