"""One run of GEPA on the numerical problem, asking through litellm; run by its own interpreter."""

from __future__ import annotations

import importlib.util
import json
import re
import resource
import sys
import time
from typing import Any

import gepa  # type: ignore[import-not-found, unused-ignore]
from gepa.core.adapter import EvaluationBatch  # type: ignore[import-not-found, unused-ignore]


class Adapter:
    """The number X as a text; a candidate's score is the program's."""

    propose_new_texts = None

    def __init__(self, target: str) -> None:
        spec = importlib.util.spec_from_file_location("program", target)
        assert spec is not None and spec.loader is not None
        self.program = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.program)

    def evaluate(
        self, batch: list[Any], candidate: dict[str, str], capture_traces: bool = False
    ) -> Any:
        """Scores of a candidate."""
        found = re.search(r"-?\d+(\.\d+)?", candidate["X"])
        self.program.X = float(found[0]) if found else 0.0
        score, text = self.program.judged()
        traces = [{"feedback": text} for _ in batch] if capture_traces else None
        return EvaluationBatch(
            outputs=[text for _ in batch], scores=[score for _ in batch], trajectories=traces
        )

    def make_reflective_dataset(self, candidate: Any, evaluated: Any, names: list[str]) -> Any:
        """What the model is told of each example."""
        rows = [
            {"Inputs": "none", "Generated Outputs": output, "Feedback": trace["feedback"]}
            for output, trace in zip(evaluated.outputs, evaluated.trajectories, strict=True)
        ]
        return dict.fromkeys(names, rows)


def main(iterations: int, url: str, target: str) -> None:
    """Optimize for about so many proposals."""
    start = time.process_time()
    gepa.optimize(
        seed_candidate={"X": "-1.0"},
        trainset=[{"input": "x"}],
        valset=[{"input": "x"}],
        adapter=Adapter(target),
        reflection_lm="openai/gpt-4o-mini",
        reflection_minibatch_size=1,
        skip_perfect_score=False,
        max_metric_calls=2 * iterations,
        display_progress_bar=False,
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    spent = 1000 * (time.process_time() - start) / iterations
    print(json.dumps({"CPU": spent, "MiB at the end": memory}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
