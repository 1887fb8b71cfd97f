"""A controller by hand-written rules, with guessed numbers: to be tried in place of controller.py."""

GAIN = 0.4  # tracepy: train in [0.0, 2.0]
HOVER = 0.2  # tracepy: train in [0.0, 0.3]
GRASP = 0.0  # tracepy: train in [-0.05, 0.1]
ALIGNED = 0.1  # tracepy: train in [0.0, 0.2]
LIFTED = 0.5  # tracepy: train in [0.0, 1.0]


# tracepy: train
def controller(obs):
    """Over the puck, down to it, close the gripper, and to the goal; see controller.py."""
    hand, goal = obs["hand_pos"], obs["goal_pos"]
    puck = obs.get("puck_pos", goal)
    aside = abs(hand[0] - puck[0]) + abs(hand[1] - puck[1])
    if aside > ALIGNED:
        target, grip = [puck[0], puck[1], puck[2] + HOVER], 0
    elif hand[2] - puck[2] > GRASP + 0.03:
        target, grip = [puck[0], puck[1], puck[2] + GRASP], 0
    elif obs.get("gripper_distance_apart", 0.0) > LIFTED:
        target, grip = hand, 1
    else:
        target, grip = goal, 1
    return [GAIN * (t - h) for t, h in zip(target, hand)] + [grip]
