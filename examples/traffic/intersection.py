"""A crossing of two roads in the traffic simulator UXsim, and how badly it does.

The network, the signal and the score are those of section 5.2 of "Trace is the Next AutoDiff"
(arXiv 2406.16218). How long each road has green are the two numbers to choose.
"""

import math
from itertools import permutations

import numpy as np
import uxsim

# Seconds of green for each road. Any whole number in the range is a program that works.
EW_GREEN = 15  # tracepy: train in [15, 90]
NS_GREEN = 15  # tracepy: train in [15, 90]

DURATION = 1800  # seconds simulated
BIN = 6  # seconds over which the demand is constant
LENGTH, SPEED = 500, 10  # metres, metres per second
# Name, place, and which of the two greens lets its traffic cross.
ENDS = (("W1", -1, 0, 0), ("E1", 1, 0, 0), ("N1", 0, 1, 1), ("S1", 0, -1, 1))


def demand(seed: int) -> list[tuple[int, str, str]]:
    """The vehicles that set out: time in seconds, origin, destination; in order of time.

    Each pair of ends has a random flow in each bin, up to 0.25 vehicles a second; from west to
    east 0.25 more in the first third, from east to west in the last. The simulator knows only
    whole vehicles, and forgets what is left of one at the end of a bin: so the flow fills up, a
    vehicle leaves whenever it reaches one, and the rest of the bin is dropped.
    """
    rng = np.random.RandomState(seed)
    vehicles = []
    for origin, goal in permutations([name for name, *_ in ENDS], 2):
        for start in range(0, DURATION, BIN):
            flow = rng.uniform(0, 0.25)
            morning = (origin, goal) == ("W1", "E1") and start < DURATION // 3
            evening = (origin, goal) == ("E1", "W1") and start >= 2 * DURATION // 3
            waiting = 0.0
            for second in range(start, start + BIN):
                waiting += flow + (0.25 if morning or evening else 0)
                if waiting >= 1:
                    vehicles.append((second, origin, goal))
                    waiting -= 1
    return sorted(vehicles)


def build(ew_green: int, ns_green: int, seed: int) -> uxsim.World:
    """The crossing with its signal and its vehicles, ready to run."""
    world = uxsim.World(
        deltan=1,
        reaction_time=1,
        tmax=DURATION,
        duo_update_time=120,
        random_seed=seed,
        print_mode=0,
        save_mode=0,
        show_mode=0,
        show_progress=0,
        vehicle_logging_timestep_interval=-1,
        cpp=True,  # the simulator's compiled engine: the same model, some 30 times faster
    )
    world.addNode("I1", 0, 0, signal=[ew_green, ns_green])
    road = {"length": LENGTH, "free_flow_speed": SPEED, "jam_density": 0.2}
    for name, x, y, group in ENDS:
        world.addNode(name, x, y)
        world.addLink(f"{name}-I1", name, "I1", signal_group=[group], **road)
        world.addLink(f"I1-{name}", "I1", name, signal_group=[group], **road)
    for second, origin, goal in demand(seed):
        world.addVehicle(origin, goal, second)
    return world


def badness(world: uxsim.World) -> float:
    """Mean delay of a vehicle in seconds plus its spread over the directions; lower is better.

    A vehicle still under way at the end counts as if it arrived one second after the slowest
    that made the same trip: the best case. The spread is the standard deviation, weighted by
    vehicles, of the mean time lost on each trip.
    """
    result = world.analyzer
    result.od_analysis()
    free = 2 * LENGTH / SPEED
    trips, lost = [], []
    for pair, number in result.od_trips.items():
        times = result.od_tt[pair]
        delay = sum(times) - free * len(times)
        delay += (max(times, default=free) + 1 - free) * (number - len(times))
        trips.append(number)
        lost.append(delay / number)
    mean = np.average(lost, weights=trips)
    return float(mean + math.sqrt(np.average((lost - mean) ** 2, weights=trips)))


def simulate(seed: int) -> float:
    """The badness of the crossing with the greens as they are, for one draw of the demand."""
    for green in (EW_GREEN, NS_GREEN):
        if not 15 <= green <= 90:
            raise ValueError(f"a green of {green} s is not allowed, only 15 to 90 s are")
    world = build(EW_GREEN, NS_GREEN, seed)
    world.exec_simulation()
    return badness(world)


def score() -> float:
    """The objective: lower is better."""
    return simulate(42)
