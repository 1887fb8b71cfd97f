"""The Gaussian process: its gradients are those of its values, and it learns a smooth function."""

import numpy as np
import pytest

from tracepy.optimizers.search.acquisition import log_improvement
from tracepy.optimizers.search.gaussian import GaussianProcess, ascend

AXIS = np.array([0, 1, 2, 2])  # the last two columns are one axis


def smooth(x: np.ndarray) -> np.ndarray:
    return np.sin(3 * x[:, 0]) + x[:, 1] ** 2 + x[:, 2] * x[:, 0]


@pytest.fixture(scope="module")
def process() -> GaussianProcess:
    points = np.random.default_rng(0).random((40, 4))
    return GaussianProcess(points, smooth(points), AXIS, None, 40)


def differences(function, points: np.ndarray) -> np.ndarray:
    step = 1e-6
    return np.stack(
        [
            (function(points + step * unit) - function(points - step * unit)) / (2 * step)
            for unit in np.eye(points.shape[1])
        ],
        axis=1,
    )


def test_it_predicts_what_it_has_not_seen(process: GaussianProcess) -> None:
    points = np.random.default_rng(1).random((100, 4))
    assert np.abs(process.predict(points).mean - smooth(points)).max() < 0.1


def test_slopes_of_mean_and_deviation(process: GaussianProcess) -> None:
    points = np.random.default_rng(2).random((3, 4))
    _, mean, spread = process.slopes(points)
    numeric = differences(lambda x: process.predict(x).mean, points)
    assert mean == pytest.approx(numeric, abs=1e-4)
    numeric = differences(lambda x: process.predict(x).spread, points)
    assert spread == pytest.approx(numeric, abs=1e-4)


def test_slope_of_the_likelihood(process: GaussianProcess) -> None:
    shape = process.shape + 0.3
    _, slope = process._likelihoods(shape[None, :])
    numeric = differences(lambda x: process._likelihoods(x)[0], shape[None, :])
    assert slope == pytest.approx(numeric, rel=1e-3, abs=1e-3)


def test_slopes_of_the_improvement_far_below_the_best_too() -> None:
    for mean, spread in ((0.3, 0.5), (-2.0, 0.4), (-9.0, 0.5)):
        point = np.array([[mean, spread]])
        value, by_mean, by_spread = log_improvement(point[:, 0], point[:, 1], 0.0)
        numeric = differences(lambda x: log_improvement(x[:, 0], x[:, 1], 0.0)[0], point)[0]
        assert np.isfinite(value).all()
        assert [by_mean[0], by_spread[0]] == pytest.approx(numeric, rel=0.06)


def test_climbing_stays_in_its_box_and_ends_at_the_top() -> None:
    def hill(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return -((x - 0.7) ** 2).sum(1), -2 * (x - 0.7)

    low, high = np.zeros(2), np.array([1.0, 0.5])
    found = ascend(hill, np.array([[0.1, 0.1], [0.9, 0.4]]), low, high, 0.05, 60)
    assert found == pytest.approx(np.array([[0.7, 0.5]] * 2), abs=1e-2)
