"""Meta-World's example: what the teacher says and how an episode is scored, and the arm itself."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "metaworld"
MODULES = ("arm", "judge", "controller")

needs_simulator = pytest.mark.skipif(
    importlib.util.find_spec("metaworld") is None, reason="needs metaworld: the extra `metaworld`"
)


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The example's folder, importable; none of its modules stays behind."""
    monkeypatch.syspath_prepend(str(EXAMPLE))
    for name in MODULES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield
    for name in MODULES:
        sys.modules.pop(name, None)


@pytest.fixture
def arm(example: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`arm.py` without the simulator, for what needs none."""
    policies = SimpleNamespace(
        SawyerReachV3Policy=object, SawyerPushV3Policy=object, SawyerPickPlaceV3Policy=object
    )
    package, names = ModuleType("metaworld"), ModuleType("metaworld.env_dict")
    package.policies = policies  # type: ignore[attr-defined]
    names.ALL_V3_ENVIRONMENTS_GOAL_OBSERVABLE = {}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "metaworld", package)
    monkeypatch.setitem(sys.modules, "metaworld.env_dict", names)
    pytest.importorskip("numpy")
    return importlib.import_module("arm")


def said(arm: Any, *, before: list[float], now: list[float], grip: float, close: bool) -> str:
    """What is said of a step, where the hand should be at [0.5, 0, 0.2]."""
    import numpy as np

    told = arm.Arm.__new__(arm.Arm)
    told.raw = np.array(now)
    told.advice = lambda: (np.array([0.5, 0.0, 0.2]), close)
    return str(told._said(np.array(before), 1.5, grip))


def test_a_step_towards_where_the_hand_should_be(arm: Any) -> None:
    assert said(arm, before=[0, 0, 0.2], now=[0.3, 0, 0.2], grip=0, close=False) == (
        "The reward was 1.50. That led the right way. "
        "Next, the hand should be at [0.50, 0.00, 0.20]."
    )


def test_a_step_away_from_it(arm: Any) -> None:
    words = said(arm, before=[0.3, 0, 0.2], now=[0, 0, 0.2], grip=0, close=False)
    assert "That led away from where the hand should be." in words


@pytest.mark.parametrize(
    ("grip", "close", "hint"),
    [
        (0.0, True, "The gripper should be closed now."),
        (1.0, False, "The gripper should be open now."),
        (1.0, True, None),
        (0.0, False, None),
    ],
)
def test_the_gripper_is_only_spoken_of_when_it_is_wrong(
    arm: Any, grip: float, close: bool, hint: str | None
) -> None:
    words = said(arm, before=[0, 0, 0], now=[0, 0, 0], grip=grip, close=close)
    assert (hint in words) if hint else ("gripper" not in words)


@pytest.mark.parametrize(
    ("done", "score"),
    [
        (True, 0.9),  # 2 + 8, and eight steps that were not needed
        (False, 0.1),
    ],
)
def test_steps_after_a_success_count_in_full(
    arm: Any, monkeypatch: pytest.MonkeyPatch, done: bool, score: float
) -> None:
    monkeypatch.setattr(arm, "episode", lambda *_: (done, [2.0, 8.0], ["so", "and so"]))
    judge = importlib.import_module("judge")
    assert judge.reach() == (
        pytest.approx(score),
        f"Success: {done}. Return: 10.00.\nStep 1: so\nStep 2: and so",
    )


@needs_simulator
def test_the_hand_that_goes_to_the_goal_has_reached_it(example: None) -> None:
    arm = importlib.import_module("arm")

    def to_the_goal(seen: dict[str, Any]) -> list[float]:
        away = [g - h for g, h in zip(seen["goal_pos"], seen["hand_pos"], strict=True)]
        return [*away, 0]

    assert arm.episode("reach", 0, to_the_goal)[0]
    assert not arm.episode("reach", 0, lambda _: [0, 0, 0, 0])[0]


@needs_simulator
def test_a_scene_is_the_same_each_time(example: None) -> None:
    arm = importlib.import_module("arm")
    assert arm.Arm("push", 3).observe() == arm.Arm("push", 3).observe()
    assert arm.Arm("push", 3).observe() != arm.Arm("push", 4).observe()


@needs_simulator
def test_an_action_is_four_finite_numbers(example: None) -> None:
    arm = importlib.import_module("arm")
    with pytest.raises(ValueError, match="four finite numbers"):
        arm.Arm("reach", 0).step([0, 0, 0])
