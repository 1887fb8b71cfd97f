"""One run of OpenEvolve on the numerical problem, with one worker; run by its own interpreter."""

from __future__ import annotations

import asyncio
import json
import re
import resource
import sys
import time
from pathlib import Path

from openevolve import OpenEvolve  # type: ignore[import-not-found, unused-ignore]
from openevolve.config import Config, LLMModelConfig  # type: ignore[import-not-found, unused-ignore]

EVALUATOR = """\
import importlib.util


def evaluate(path):
    spec = importlib.util.spec_from_file_location("candidate", path)
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    score, text = program.judged()
    return {"combined_score": score}
"""


def main(iterations: int, url: str, target: str) -> None:
    """Evolve for so many iterations."""
    program = Path(target).with_name("program.py")
    text = Path(target).read_text()
    program.write_text(
        f"# EVOLVE-BLOCK-START\n{re.sub('  # tracepy.*', '', text)}# EVOLVE-BLOCK-END\n"
    )
    evaluator = program.with_name("evaluator.py")
    evaluator.write_text(EVALUATOR)
    config = Config(max_iterations=iterations, checkpoint_interval=1_000_000)
    config.diff_based_evolution = False
    config.log_level = "ERROR"
    config.llm.models = [
        LLMModelConfig(
            name="gpt-4o-mini",
            api_base=url,
            api_key="none",
            weight=1.0,
            timeout=60,
            retries=1,
            retry_delay=1,
            temperature=0.7,
            max_tokens=4096,
            system_message="Improve the program.",
        )
    ]
    config.evaluator.parallel_evaluations = 1
    config.evaluator.cascade_evaluation = False
    evolution = OpenEvolve(
        str(program), str(evaluator), config=config, output_dir=str(program.parent)
    )
    start = time.process_time()
    asyncio.run(evolution.run(iterations=iterations))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    spent = 1000 * (time.process_time() - start) / iterations
    print(json.dumps({"CPU": spent, "MiB at the end": memory}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
