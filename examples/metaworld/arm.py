"""A robot's arm in Meta-World (MuJoCo), moved by targets, and what a teacher says of each step.

The control, the observations and the kinds of feedback are those of section 5.4 of "Trace is the
Next AutoDiff" (arXiv 2406.16218), which are LLF-Bench's; the sentences are written anew.
"""

import functools
import os

os.environ.setdefault("MUJOCO_GL", "egl")  # nothing is drawn

import metaworld
import numpy as np
from metaworld import policies

HORIZON = 10  # steps of an episode
LOW_LEVEL = 20  # steps of the simulator in one step, at most
STILL = 1e-4  # metres: nearer to the target is there, and fingers that moved less are at rest
# The name in Meta-World, the policy that knows how, and the gain of the position controller.
TASKS = {
    "reach": ("reach-v3", policies.SawyerReachV3Policy, 5.0),
    "push": ("push-v3", policies.SawyerPushV3Policy, 10.0),
    "pick_place": ("pick-place-v3", policies.SawyerPickPlaceV3Policy, 10.0),
}


@functools.cache
def scenes(task):
    """Meta-World's environment of a task, and its 50 initial conditions."""
    name = TASKS[task][0]
    benchmark = metaworld.MT1(name, seed=0)
    return benchmark.train_classes[name](), benchmark.train_tasks


class Arm:
    """The arm in one initial condition.

    Args:
        task: One of `TASKS`.
        scene: The number of the initial condition.

    Attributes:
        succeeded: Whether the task is done.
    """

    def __init__(self, task, scene):
        _, policy, self.gain = TASKS[task]
        self.expert = policy()
        self.env, conditions = scenes(task)
        self.env.set_task(conditions[scene % len(conditions)])
        self.raw, _ = self.env.reset()
        self.succeeded = False

    def observe(self):
        """What is seen: places in metres as [x, y, z], and how far apart the gripper's fingers are."""
        parts = self.expert._parse_obs(self.raw)
        return {
            name: [round(float(x), 3) for x in value] if np.ndim(value) else round(float(value), 3)
            for name, value in parts.items()
            if not name.startswith(("unused", "_"))
        }

    def advice(self):
        """Where the expert would have the hand go, and whether it would close the gripper."""
        parts = self.expert._parse_obs(self.raw)
        if hasattr(self.expert, "_desired_pos"):
            return self.expert._desired_pos(parts), self.expert._grab_effort(parts) > 0.5
        return parts["goal_pos"], False

    def step(self, action):
        """Move towards a target.

        Args:
            action: [dx, dy, dz, grip]: the target relative to the hand in metres, and 0 to open the
                gripper or 1 to close it.

        Returns:
            The reward (0 to 10) and what the teacher says.
        """
        action = np.asarray(action, float)
        if action.shape != (4,) or not np.isfinite(action).all():
            raise ValueError(f"an action is four finite numbers, not {action.tolist()}")
        before = self.raw[:3].copy()
        target, grip = before + action[:3], float(np.clip(action[3], 0.0, 1.0))
        reward = 0.0
        for _ in range(LOW_LEVEL):
            error, fingers = target - self.raw[:3], self.raw[3]
            self.raw, reward, _, _, info = self.env.step(np.array([*self.gain * error, grip]))
            self.succeeded = self.succeeded or bool(info["success"])
            rests = abs(self.raw[3] - fingers) < STILL
            if self.succeeded or (rests and np.abs(target - self.raw[:3]).max() < STILL):
                break
        return float(reward), self._said(before, float(reward), grip)

    def _said(self, before, reward, grip):
        place, close = self.advice()
        away = np.linalg.norm(place - self.raw[:3]) > np.linalg.norm(place - before)
        said = [f"The reward was {reward:.2f}."]
        said.append("That led away from where the hand should be." if away else "That was a move in the right direction.")
        if close != (grip > 0.5):
            said.append(f"The gripper should be {'closed' if close else 'open'} now.")
        x, y, z = place
        said.append(f"Next, the hand should be at [{x:.2f}, {y:.2f}, {z:.2f}].")
        return " ".join(said)


def episode(task, scene, controller):
    """Play one episode.

    Returns:
        Whether it succeeded, the sum of rewards, and what was said of each step.
    """
    arm = Arm(task, scene)
    rewards, said = [], []
    for _ in range(HORIZON):
        reward, words = arm.step(controller(arm.observe()))
        rewards.append(reward)
        said.append(words)
        if arm.succeeded:
            break
    return arm.succeeded, rewards, said
