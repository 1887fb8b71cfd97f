"""How close one command of 50 evaluations comes to the best of the grid, on three draws.

    python compare.py [--evaluations N] [--seed N]

Runs `tracepy optimize intersection.py` once for each draw of the demand and prints its score
beside the best point of grid.json, and the mean of the ratios.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

from grid import FILE, SEEDS, pairs

TARGET = Path(__file__).resolve().with_name("intersection.py")


def optimize(draw: int, evaluations: int, seed: int) -> dict:
    """Run the search on one draw; what it prints with --json."""
    command = [
        sys.executable, "-m", "tracepy", "optimize", str(TARGET), "--json",
        "--objective", f"seeds:seed_{draw}", "--minimize",
        "--seed", str(seed), "--evaluations", str(evaluations),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=TARGET.parent, stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"tracepy optimize ended with status {done.returncode}")
    return json.loads(done.stdout)


def main() -> None:
    """Search on each draw and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--evaluations", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0, help="seed of the search")
    given = parser.parse_args()
    grid = json.loads(FILE.read_text(encoding="utf-8"))["scores"]
    ratios = []
    print("draw   start   grid: best at        search: best  changed                   ratio")
    for draw in SEEDS:
        scores = grid[str(draw)]
        best = min(scores)
        result = optimize(draw, given.evaluations, given.seed)
        ratios.append(result["best"] / best)
        changed = ", ".join(
            f"{p['name'].partition(':')[2]} {p['new']}" for p in result["parameters"]
        )
        print(
            f"{draw:<5}{result['baseline']:>7.2f}{best:>8.2f} {pairs()[scores.index(best)]!s:<14}"
            f"{result['best']:>13.2f}  {changed:<25} {ratios[-1]:.3f}"
        )
    print(f"mean ratio to the best of the grid: {statistics.fmean(ratios):.3f}")


if __name__ == "__main__":
    main()
