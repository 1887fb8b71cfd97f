"""What a controller is worth: one objective for each task."""

import arm
import controller

SCENE = 0  # the initial condition in which it is trained
HELD_OUT = range(1, 11)


def score(task, scene):
    """A tenth of the mean reward, from 0 to 1, where steps after a success count in full; in words, what happened."""
    done, rewards, said = arm.episode(task, scene, controller.controller)
    total = sum(rewards) + (10.0 * (arm.HORIZON - len(rewards)) if done else 0.0)
    told = [f"Step {number}: {words}" for number, words in enumerate(said, 1)]
    return total / (10.0 * arm.HORIZON), "\n".join(
        [f"Success: {done}. Return: {sum(rewards):.2f}.", *told]
    )


def reach():
    """Bring the hand to the goal."""
    return score("reach", SCENE)


def push():
    """Push the puck to the goal."""
    return score("push", SCENE)


def pick_place():
    """Pick the puck up and put it at the goal."""
    return score("pick_place", SCENE)


def succeeds(task, scenes):
    """The share of scenes in which the controller succeeds."""
    done = [arm.episode(task, scene, controller.controller)[0] for scene in scenes]
    return sum(done) / len(done)
