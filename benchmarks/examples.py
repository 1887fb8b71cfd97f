"""Each example: score before and after, evaluations, seconds.

    python -m benchmarks.examples [NAME ...]

Without names: the repairs of `examples/repair`, `traffic` (needs `pip install uxsim==1.15.1`),
`battleship`, `unmarked` and `numerical`.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.report import publish

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
TARGETS = {
    "traffic": "traffic/intersection.py",
    "battleship": "battleship/agent.py",
    "unmarked": "unmarked/invoice.py",
    "numerical": "numerical/graph.py",
}


def repairs() -> ModuleType:
    """`examples/repair/run.py`, which is a script."""
    spec = importlib.util.spec_from_file_location("repair", EXAMPLES / "repair" / "run.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["repair"] = module
    spec.loader.exec_module(module)
    return module


def optimized(target: str) -> dict[str, Any]:
    """The object that `tracepy optimize TARGET --json` prints."""
    command = [sys.executable, "-m", "tracepy", "optimize", str(EXAMPLES / target), "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def main() -> None:
    repair = repairs()
    chosen = sys.argv[1:] or [*repair.slugs(), *TARGETS]
    rows = []
    for name in chosen:
        if name in TARGETS:
            report, result = optimized(TARGETS[name]), ""
        else:
            outcome = repair.run(repair.load(name), 2000, "180s", False)
            report, result = outcome.report, "repaired" if outcome.repaired else "not repaired"
        rows.append(
            {
                "example": name,
                "before": report["baseline"],
                "after": report["best"],
                "evaluations": report["evaluations"],
                "seconds": round(report["seconds"], 1),
                "result": result or ("better" if report["improved"] else "no better"),
            }
        )
    publish("examples", rows)


if __name__ == "__main__":
    main()
