"""What the run store costs a candidate, from the first to the last of many.

    python -m benchmarks.store [CANDIDATES]

Prints, for each tenth, the microseconds a candidate took, the database's size and the most
memory the process has had.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from tracepy.store import EvaluationRow, Store

LINES = 300  # of the file that the candidates change


def main(candidates: int = 100_000) -> None:
    """Store candidates that each change one line of one file."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "m.py"))
        lines = [f"value_{i} = compute({i}, 'some text')\n" for i in range(LINES)]
        with Store.open(Path(folder)) as store:
            run = store.create(
                target="m.py",
                optimizer="search",
                settings={},
                objective="tests",
                files={path: "".join(lines).encode()},
            )
            print("candidates   µs each   MiB on disk   MiB resident at most")
            part = max(candidates // 10, 1)
            for first in range(0, candidates, part):
                start = perf_counter()
                for i in range(first, min(first + part, candidates)):
                    changed = [*lines]
                    changed[i % LINES] = f"value_{i} = {i}\n"
                    text = {path: "".join(changed)}
                    row = EvaluationRow(i, f"{i:032x}", f"line {i}", 0.5, "ok", "", 0.1, text)
                    store.add(run, [row])
                store.flush()
                each = (perf_counter() - start) / part * 1e6
                print(f"{first + part:>10,} {each:>9.0f} {_disk(folder):>13.1f} {_memory():>22.1f}")


def _disk(folder: str) -> float:
    return sum(file.stat().st_size for file in Path(folder, ".tracepy").iterdir()) / 2**20


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
