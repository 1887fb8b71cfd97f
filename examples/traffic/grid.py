"""Every pair of greens in steps of 5 s, on each of three draws of the demand: what is to be met.

    python grid.py

Writes grid.json beside it; 768 runs of the simulator, one to four minutes on two cores.
"""

import json
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

import intersection

GREENS = range(15, 91, 5)
SEEDS = (42, 43, 44)
FILE = Path(__file__).with_name("grid.json")


def point(where: tuple[int, int, int]) -> float:
    """The badness with one pair of greens on one draw."""
    intersection.EW_GREEN, intersection.NS_GREEN, seed = where
    return intersection.simulate(seed)


def main() -> None:
    """Run the grid and write the file."""
    start = time.perf_counter()
    scores = {}
    with ProcessPoolExecutor(2) as pool:
        for seed in SEEDS:
            runs = [(east_west, north_south, seed) for east_west, north_south in pairs()]
            values = [round(value, 4) for value in pool.map(point, runs, chunksize=8)]
            scores[str(seed)] = values
            best = min(values)
            print(f"seed {seed}: best {best:.2f} at {pairs()[values.index(best)]}")
    text = {
        "command": "python examples/traffic/grid.py",
        "simulator": "uxsim 1.15.1, compiled engine",
        "seconds": round(time.perf_counter() - start, 1),
        "greens": list(GREENS),
        "order": "scores[seed][i * 16 + j] is for EW_GREEN = greens[i], NS_GREEN = greens[j]",
        "scores": scores,
    }
    FILE.write_text(json.dumps(text) + "\n", encoding="utf-8")
    print(f"{len(pairs()) * len(SEEDS)} runs, {text['seconds']} s, written to {FILE.name}")


def pairs() -> list[tuple[int, int]]:
    """The points of the grid, in the order of the file."""
    return list(product(GREENS, GREENS))


if __name__ == "__main__":
    main()
