"""Search for a better agent, then judge the winner on boards that the search has not seen.

    python compare.py [--evaluations N] [--seeds N]

Runs `tracepy optimize agent.py` once for each seed of the search, applies the patch to a copy in
a scratch folder, and prints the held-out table with a line for each winner. The shipped agent.py
stays as it is.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from held_out import agent_in, at_random, enumerator, table

AGENT = Path(__file__).resolve().with_name("agent.py")


def optimize(seed: int, evaluations: int, patch: Path) -> dict:
    """Run the search; what it prints with --json. The patch is left in a file."""
    command = [
        sys.executable, "-m", "tracepy", "optimize", str(AGENT), "--json",
        "--seed", str(seed), "--evaluations", str(evaluations), "--patch", str(patch),
    ]  # fmt: skip
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"tracepy optimize ended with status {done.returncode}")
    return json.loads(done.stdout)


def patched(patch: Path, folder: Path) -> Path:
    """A copy of agent.py in a folder, with a patch applied where there is one."""
    copy = folder / AGENT.name
    copy.write_bytes(AGENT.read_bytes())
    text = patch.read_text(encoding="utf-8") if patch.exists() else ""
    header = next((line for line in text.splitlines() if line.startswith("--- ")), None)
    if header is not None:
        # The patch names the file from the project's root, the copy lies alone in its folder.
        strip = f"-p{header.split()[1].count('/')}"
        subprocess.run(["git", "apply", strip, str(patch.resolve())], cwd=folder, check=True)
    return copy


def main() -> None:
    """Search, apply, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--evaluations", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=1, help="how often to search")
    given = parser.parse_args()
    players = {"random": at_random(), "row by row": enumerator, "start": agent_in(AGENT)}
    with tempfile.TemporaryDirectory() as scratch:
        for seed in range(given.seeds):
            folder = Path(scratch) / str(seed)
            folder.mkdir()
            patch = folder / "winner.patch"
            result = optimize(seed, given.evaluations, patch)
            print(
                f"search {seed}: {result['baseline']:.3f} -> {result['best']:.3f} on its own "
                f"boards, {result['evaluations']} evaluations, {result['seconds']:.0f} s"
            )
            players[f"winner {seed}"] = agent_in(patched(patch, folder))
        print(table(players))


if __name__ == "__main__":
    main()
