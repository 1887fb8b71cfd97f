"""Whether one program is better than another where the same program scores differently each time.

Two questions are kept apart. *Which candidate goes on* is asked thousands of times, so it may be
answered cheaply and wrongly now and then. *Whether the winner is better than what the user has* is
asked once, at the end, on draws that played no part in finding it: however many candidates were
tried, the chance of a false claim is that of this one test.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Chance that the final claim is false where the winner is no better (all looks together), and that
# one look of a race lets a candidate through that is no better.
FINAL_DOUBT = 0.04
RACE_DOUBT = 0.005
# Draws of a challenger at most, where the user does not say.
REPEATS = 30
# Draws of an incumbent as it begins: new ones, since those that made it the incumbent flatter it.
STARTING = 6
# Draws in one round of a race: a fixed number, so that a run does not depend on its workers.
ROUND = 2
# The final comparison looks at the draws at these shares of the most there may be, and stops once it
# is sure. There may be at least so many of either, and the first look is at half of that or more:
# with fewer nothing could be sure.
_LOOKS = (0.25, 0.5, 1.0)
FEWEST = 8


@dataclass(frozen=True, slots=True)
class Draws:
    """Scores of one program, judged several times; higher is better."""

    values: tuple[float, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def __add__(self, more: Iterable[float]) -> Draws:
        return Draws((*self.values, *more))

    @property
    def mean(self) -> float:
        """Their mean; 0.0 of none."""
        return math.fsum(self.values) / len(self.values) if self.values else 0.0

    @property
    def variance(self) -> float:
        """The sample variance, with n - 1; 0.0 of fewer than two."""
        if len(self.values) < 2:
            return 0.0
        mean = self.mean
        return math.fsum((value - mean) ** 2 for value in self.values) / (len(self.values) - 1)

    @property
    def error(self) -> float:
        """The standard error of the mean; 0.0 of fewer than two draws."""
        return math.sqrt(self.variance / len(self.values)) if self.values else 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """The winner beside the program as it stood, on fresh draws.

    Attributes:
        baseline: Draws of the program as it stood.
        best: Draws of the winner.
        doubt: How likely such a difference is at most if the winner is no better, all looks at
            the draws counted.
    """

    baseline: Draws
    best: Draws
    doubt: float

    @property
    def confidence(self) -> float:
        """How sure the improvement is, from 0 to 1."""
        return 1.0 - self.doubt

    @property
    def sound(self) -> bool:
        """Whether the winner may be called better."""
        return self.doubt <= FINAL_DOUBT


def looks(most: int) -> list[int]:
    """The numbers of draws of each at which the final comparison looks."""
    most = max(most, FEWEST)
    return sorted({max(round(share * most), FEWEST // 2) for share in _LOOKS})


def compared(baseline: Draws, best: Draws, looked: int) -> Comparison:
    """The comparison after it may have been made `looked` times in all (Bonferroni)."""
    return Comparison(baseline, best, min(looked * doubt(best, baseline), 1.0))


def doubt(better: Draws, other: Draws) -> float:
    """The one-sided p of Welch's t-test that `better` has the higher mean.

    It allows for unequal variances and numbers of draws, but takes a variance that a few equal
    draws happen to show at its word. A permutation test of so many draws cannot fall below one in
    the number of ways to deal them out, so neither does this.
    """
    n, m = len(better), len(other)
    if min(n, m) < 2:
        return 1.0
    least = 1.0 / math.comb(n + m, n) if better.mean > other.mean else 0.5
    return max(_welch(better, other), least)


def _welch(better: Draws, other: Draws) -> float:
    a, b = better.variance / len(better), other.variance / len(other)
    gap = better.mean - other.mean
    if a + b <= (1e-12 * max(abs(better.mean), abs(other.mean))) ** 2:
        return 0.0 if gap > 0 else 1.0 if gap < 0 else 0.5
    t = gap / math.sqrt(a + b)
    degrees = (a + b) ** 2 / (a**2 / (len(better) - 1) + b**2 / (len(other) - 1))
    return student_tail(t, degrees)


def student_tail(t: float, degrees: float) -> float:
    """The chance that Student's t of so many degrees of freedom exceeds `t`."""
    half = 0.5 * _incomplete_beta(degrees / (degrees + t * t), degrees / 2.0, 0.5)
    return half if t >= 0 else 1.0 - half


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22)."""
    if x <= 0.0 or x >= 1.0:
        return min(max(x, 0.0), 1.0)
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - _incomplete_beta(1.0 - x, b, a)
    logs = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(logs + a * math.log(x) + b * math.log1p(-x)) / a
    return front / _fraction(list(_terms(x, a, b, 300)))


def _terms(x: float, a: float, b: float, number: int) -> Iterable[float]:
    for index in range(1, number + 1):
        m = index // 2
        if index % 2:
            yield -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            yield m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))


def _fraction(terms: Sequence[float]) -> float:
    """1 + d1/(1 + d2/(1 + ...)), from its far end."""
    value = 1.0
    for term in reversed(terms):
        value = 1.0 + term / value
    return value
