"""The objective of intersection.py on three draws of the demand, one function for each."""

import intersection


def seed_42() -> float:
    """Badness on the first draw; lower is better."""
    return intersection.simulate(42)


def seed_43() -> float:
    """Badness on the second draw."""
    return intersection.simulate(43)


def seed_44() -> float:
    """Badness on the third draw."""
    return intersection.simulate(44)
