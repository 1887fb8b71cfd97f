"""The controller of a robot's arm: all that may change."""


# tracepy: train
def controller(obs):
    """Say where the hand goes next.

    Args:
        obs: What is seen: `hand_pos` and `goal_pos`, of other tasks than reaching `puck_pos` too,
            each [x, y, z] in metres, and `gripper_distance_apart`, 1.0 when it is open.

    Returns:
        Four numbers: the way that the hand goes, [dx, dy, dz] in metres, and 0 to open the gripper
        or 1 to close it.
    """
    return [0, 0, 0, 0]
