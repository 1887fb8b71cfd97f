"""DSPy's COPRO on an instruction for three questions, asking over HTTP; run by its own interpreter.

python wordings_dspy.py URL ROUNDS BREADTH
"""

from __future__ import annotations

import sys
from typing import Any

import dspy  # type: ignore[import-not-found, unused-ignore]
from dspy.teleprompt import COPRO  # type: ignore[import-not-found, unused-ignore]

from benchmarks.models.programs.answering import EXAMPLES

INSTRUCTION = "Given the field `question`, produce the field `answer`."


def right(example: Any, given: Any, trace: Any = None) -> bool:
    """Whether an answer is the expected one."""
    return bool(example.answer == given.answer)


def main(url: str, rounds: int, breadth: int) -> None:
    """Improve the instruction; prints the share of right answers of the best."""
    model = dspy.LM("openai/gpt-4o-mini", api_base=url, api_key="none", cache=False)
    dspy.configure(lm=model)
    program = dspy.Predict(dspy.Signature("question -> answer", INSTRUCTION))
    examples = [
        dspy.Example(question=question, answer=answer).with_inputs("question")
        for question, answer in EXAMPLES
    ]
    copro = COPRO(metric=right, breadth=breadth, depth=rounds)
    quiet = {"num_threads": 1, "display_progress": False, "display_table": 0}
    best = copro.compile(program, trainset=examples, eval_kwargs=quiet)
    print(best.candidate_programs[0]["score"] / 100)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
