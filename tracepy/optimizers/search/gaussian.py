"""A Gaussian process over the unit cube, small enough to be read and fast at a few hundred points.

optuna's own Gaussian-process sampler needs torch and scipy; this needs numpy, which comes with
optuna. Expected improvement as in Jones, Schonlau and Welch, "Efficient global optimization of
expensive black-box functions" (1998); Matérn 5/2 kernel as in Snoek et al. (2012).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_LENGTHS = (0.1, 0.2, 0.4, 0.8)
_NOISES = (1e-6, 1e-3, 3e-2)
_POOL = 512
_LOCAL = 256


class GaussianProcess:
    """Scores at points seen so far, and what is to be expected elsewhere (higher is better)."""

    def __init__(
        self, points: Sequence[Sequence[float]], values: Sequence[float], sharp: bool = False
    ) -> None:
        import numpy as np

        self.np = np
        self.x = np.asarray(points, dtype=float)
        y = np.asarray(values, dtype=float)
        if sharp:
            # Only the shape near the best matters: the logarithm of the distance from it.
            gap = y.max() - y
            y = -np.log1p(10 * gap / (float(np.median(gap)) or 1.0))
        else:
            # One disaster must not flatten the rest: what is far below the median is pulled in.
            low, middle, high = np.percentile(y, (25, 50, 75))
            y = np.maximum(y, middle - 2 * max(high - low, 1e-12 + abs(middle) * 1e-9))
        self.mean = float(y.mean())
        self.scale = float(y.std()) or 1.0
        self.y = (y - self.mean) / self.scale
        self._fit()

    def _kernel(self, a: Array, b: Array, lengths: Array) -> Array:
        np = self.np
        difference = (a[:, None, :] - b[None, :, :]) / lengths
        distance = np.sqrt(np.maximum((difference**2).sum(-1), 0.0)) * math.sqrt(5)
        result: Array = (1 + distance + distance**2 / 3) * np.exp(-distance)
        return result

    def _fit(self) -> None:
        """Length scales and noise by the likelihood: first one length for all, then each alone."""
        np = self.np
        size = self.x.shape[1]
        best = (-math.inf, np.full(size, _LENGTHS[-1]), _NOISES[-1])
        for length in _LENGTHS:
            for noise in _NOISES:
                best = self._better(best, np.full(size, length), noise)
        for axis in range(size):
            for length in _LENGTHS:
                lengths = best[1].copy()
                lengths[axis] = length
                best = self._better(best, lengths, best[2])
        _, self.lengths, self.noise = best
        self.factor, self.alpha = self._solve(self.lengths, self.noise)

    def _solve(self, lengths: Array, noise: float) -> tuple[Array, Array]:
        np = self.np
        kernel = self._kernel(self.x, self.x, lengths) + (noise + 1e-9) * np.eye(len(self.x))
        factor = np.linalg.cholesky(kernel)
        return factor, np.linalg.solve(factor.T, np.linalg.solve(factor, self.y))

    def _better(
        self, best: tuple[float, Array, float], lengths: Array, noise: float
    ) -> tuple[float, Array, float]:
        np = self.np
        try:
            factor, alpha = self._solve(lengths, noise)
        except np.linalg.LinAlgError:
            return best
        likelihood = float(-0.5 * self.y @ alpha - np.log(np.diag(factor)).sum())
        if likelihood > best[0] + 1e-9:
            return likelihood, lengths, noise
        return best

    def predict(self, points: Array) -> tuple[Array, Array]:
        """Mean and standard deviation (in units of the scores' own spread) at points."""
        np = self.np
        cross = self._kernel(points, self.x, self.lengths)
        solved = np.linalg.solve(self.factor, cross.T)
        spread = np.sqrt(np.maximum(1.0 - (solved**2).sum(0), 1e-12))
        return cross @ self.alpha, spread

    def suggest(self, generator: Any) -> tuple[float, ...]:
        """The point of greatest expected improvement among a random and a local pool."""
        np = self.np
        size = self.x.shape[1]
        top = self.x[int(self.y.argmax())]
        steps = generator.choice((0.02, 0.06, 0.15), size=(_LOCAL, 1))
        moves = generator.normal(size=(_LOCAL, size)) * steps
        moves *= generator.random((_LOCAL, size)) < max(0.5, 1.0 / size)
        pool = np.vstack([generator.random((_POOL, size)), np.clip(top + moves, 0.0, 1.0)])
        mean, spread = self.predict(pool)
        z = (mean - self.y.max()) / spread
        density = np.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)
        below = 0.5 * (1 + np.vectorize(math.erf, otypes=[float])(z / math.sqrt(2)))
        gain = spread * (z * below + density)
        return tuple(float(x) for x in pool[int(gain.argmax())])
