"""A computation of seven steps, and the output that is wanted of it: which input gives that?

Drawn by the rules of "Trace is the Next AutoDiff" (arXiv 2406.16218, section 5.1): sums, differences,
products and quotients of earlier values and of whole numbers from -3 to 3.
"""

X = -1.0  # tracepy: train
GOAL = 13.0


def divide(a: float, b: float) -> float:
    """The quotient; a where b is zero."""
    return a / b if b != 0 else a


def compute(x: float) -> float:
    """The output for an input."""
    y1 = x - 2
    y2 = y1 * x
    y3 = y2 + y1
    y4 = divide(y3, 2)
    y5 = y4 + x
    y6 = y5 * 3
    return y6 - y4


# tracepy: objective
def judged() -> tuple[float, str]:
    """How near the output is to the goal; 0.0 is there."""
    y = compute(X)
    if abs(y - GOAL) < 1e-6:
        return 0.0, "Success."
    return -abs(y - GOAL), f"The output should be {'larger' if y < GOAL else 'smaller'}."
