"""The run store under 100,000 candidates: what each costs to keep, on disk and in memory.

python -m benchmarks.store
"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

from benchmarks.report import publish
from tracepy.evaluation.records import Case, Evaluation
from tracepy.optimizers.base import Proposal
from tracepy.store import EvaluationRow, Store, Verdict

CANDIDATES = 100_000
EACH = 10_000
SLICE = 8  # as trainers give them
SOURCE = "".join(f"def f{i}(x):\n    y = x + {i}\n    return y\n\n\n" for i in range(400))
CASES = 20


def evaluation(number: int, cases: int) -> Evaluation:
    """A verdict; every other test fails, each with a few lines of text."""
    found = tuple(
        Case(
            f"tests/test_shop.py::test_number_{i}",
            float((number + i) % 2),
            "" if (number + i) % 2 else f"assert {number} == {i}\nAssertionError: total({number})",
        )
        for i in range(cases)
    )
    text = "\n".join(case.text for case in found) or f"off by {number}"
    return Evaluation("ok", number / CANDIDATES, text, found, seconds=0.01, cpu=0.01, memory=2**24)


def main() -> None:
    rows = []
    for cases in (0, CASES):
        with tempfile.TemporaryDirectory() as name:
            rows += filled(Path(name), cases)
    publish("store", rows)


def filled(folder: Path, cases: int) -> list[dict[str, object]]:
    """Fill a store; a row for each 10,000 candidates."""
    path, data = str(folder / "shop.py"), SOURCE.encode()
    rows: list[dict[str, object]] = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Store.open(folder) as store:
        run = store.create(
            target="shop.py", optimizer="search", settings={}, objective="tests", files={path: data}
        )
        size, spent = 0, 0.0
        for first in range(0, CANDIDATES, SLICE):
            batch, whole = [], []
            for number in range(first, first + SLICE):
                text = SOURCE.replace("x + 7\n", f"x - {number}\n", 1)
                proposal, verdict = Proposal({path: text}, f"line 37: {number}"), evaluation(number, cases)  # fmt: skip
                batch.append(
                    EvaluationRow(
                        number, proposal.digest(), proposal.note, verdict.score, "ok",
                        verdict.feedback, 0.01, {path: text}, max(number - 1, 0), "search",
                        "operators, promise 0.3", 0.01, 2**24, True, 10, cases or None, time.time(),
                    )
                )  # fmt: skip
                whole.append(Verdict(verdict.to_dict()))
            began = time.perf_counter()
            store.add(run, batch, whole)
            spent += time.perf_counter() - began
            if (first + SLICE) % EACH == 0:
                now = sum(file.stat().st_size for file in (folder / ".tracepy").iterdir())
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                rows.append(
                    {
                        "cases": cases,
                        "candidates": first + SLICE,
                        "µs each": spent / EACH * 1e6,
                        "bytes each": (now - size) / EACH,
                        "MiB on disk": now / 2**20,
                        "peak memory, MiB more": (peak - before) / 1024,
                    }
                )
                size, spent = now, 0.0
    return rows


if __name__ == "__main__":
    main()
