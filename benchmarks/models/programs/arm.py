"""A controller of a robot's arm; the arm is a point that goes where it is told, within reach."""

HORIZON = 10
REACH = 0.05  # metres in one step, along each axis
START = {"hand_pos": (0.0, 0.6, 0.2), "puck_pos": (0.1, 0.7, 0.02), "goal_pos": (-0.1, 0.8, 0.2)}


# tracepy: train
def controller(obs):
    """The target for one step, relative to the hand: [dx, dy, dz, gripper]; 0 opens it, 1 closes.

    Args:
        obs: hand_pos, puck_pos and goal_pos as [x, y, z] in metres, and the gripper's distance apart.
    """
    dx, dy, dz = (p - h for p, h in zip(obs["puck_pos"], obs["hand_pos"], strict=True))
    return [dx * 0.5, dy * 0.5, dz * 0.5, 0]


# tracepy: freeze
class Arm:
    """The hand, the puck and what moves them."""

    def __init__(self):
        self.obs = {name: list(place) for name, place in START.items()}
        self.obs["gripper_distance_apart"] = 1.0

    def step(self, action):
        """Move; the reward (0 to 10) and a sentence on the step."""
        before = self.distance()
        gripped = action[3] > 0.5 and self.near()
        for axis in range(3):
            move = max(-REACH, min(REACH, action[axis]))
            self.obs["hand_pos"][axis] += move
            if gripped:
                self.obs["puck_pos"][axis] += move
        self.obs["gripper_distance_apart"] = 1.0 - 0.5 * (action[3] > 0.5)
        after = self.distance()
        reward = max(0.0, 10.0 - 20.0 * after)
        if after < before:
            return reward, f"Your reward for this step is {reward:.2f}. You are getting closer."
        hint = " Now close the gripper." if self.near() else ""
        return reward, f"Your reward for this step is {reward:.2f}. That was no step ahead.{hint}"

    def near(self):
        """Whether the hand is at the puck."""
        return self.apart("hand_pos", "puck_pos") < 0.04

    def distance(self):
        """From the hand to the puck and from there to the goal, in metres."""
        return self.apart("hand_pos", "puck_pos") + self.apart("puck_pos", "goal_pos")

    def apart(self, one, other):
        """The distance of two places in metres."""
        return sum((a - b) ** 2 for a, b in zip(self.obs[one], self.obs[other], strict=True)) ** 0.5


# tracepy: freeze
def episode():
    """One episode: the sum of rewards, and what was said of each step."""
    arm, total, said = Arm(), 0.0, []
    for _ in range(HORIZON):
        action = controller(arm.obs)
        reward, words = arm.step(action)
        total += reward
        said.append(words)
    return total, "\n".join(said)


# tracepy: objective
def judged():
    """The return of an episode; 100 is the most."""
    total, said = episode()
    return total, said + f"\nThe episode returned {total:.2f}; the puck belongs at the goal."
