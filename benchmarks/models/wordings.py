"""What new wordings of one text cost: DSPy's COPRO and TextGrad beside ours, on the same questions.

All start with the same instruction for three questions as in BIG-Bench Hard, and ask one server
over HTTP. It answers both as the model that writes instructions, whose n-th wording is the same
for everyone, and as the model that follows them, by the rules of `programs/answering.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import venvs
from benchmarks.models.counting import sent
from benchmarks.models.problems import PROBLEMS
from benchmarks.models.programs.answering import EXAMPLES, TEMPLATE, call_model
from benchmarks.models.running import MODEL, folder
from tests.model_server import ModelServer

PEERS = {
    "dspy": ("DSPy's COPRO", ("dspy==3.4.1",)),
    "textgrad": ("TextGrad", ("textgrad==0.1.8",)),
}
"""What each is called, and what is installed for it."""
INSTRUCTION = "Given the field `question`, produce the field `answer`."
_ADDED = (
    "Think step by step.",
    "Where options are listed, answer with the letter of one, such as (A).",
    "Read the question twice.",
    "Answer with a number alone where one is asked for.",
    "Be brief.",
    "Answer with Yes or No where that is asked for.",
)
_ROUNDS, _BREADTH = 2, 4
_ROOT = Path(__file__).parents[2]
_SECONDS = 900


def wording(number: int) -> str:
    """The number-th instruction that the model writes, from 1; the later ones get more right."""
    kept = _ADDED[: (number - 1) % len(_ADDED) + 1]
    again = (number - 1) // len(_ADDED)
    return " ".join([INSTRUCTION, *kept, *(["Check what you answer."] * again)])


def answered(instruction: str, question: str) -> str:
    """What the model answers that follows an instruction."""
    prompt = TEMPLATE.replace(INSTRUCTION, instruction).format(question)
    return call_model(prompt).split("Answer:")[1].strip(" .")


class Model:
    """Answers to all who ask, and counts what they send.

    Attributes:
        calls, tokens: By what was wanted: "wording", "criticism" or "answer".
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.tokens: Counter[str] = Counter()
        self._lock = threading.Lock()  # several ask at once, and each gets a wording of its own

    def __call__(self, messages: Sequence[Mapping[str, Any]], _: Any) -> str:
        """The answer to a request."""
        system, last = str(messages[0]["content"]), str(messages[-1]["content"])
        tokens = sent({"messages": messages})
        with self._lock:
            wanted, answer = self._answer(system, last)
            self.calls[wanted] += 1
            self.tokens[wanted] += tokens
        return answer

    def _answer(self, system: str, last: str) -> tuple[str, str]:
        new = wording(self.calls["wording"] + 1)
        if "[[ ## proposed_instruction ## ]]" in system:
            fields = {"proposed_instruction": new, "proposed_prefix_for_output_field": "Answer:"}
            return "wording", _fields(fields)
        if "<IMPROVED_VARIABLE>" in system:
            return "wording", f"<IMPROVED_VARIABLE>{new}</IMPROVED_VARIABLE>"
        if "answering:TEMPLATE" in last:
            suggestion = {"answering:TEMPLATE": TEMPLATE.replace(INSTRUCTION, new)}
            return "wording", json.dumps({"reasoning": "It is exact.", "suggestion": suggestion})
        question = next((question for question, _ in EXAMPLES if question in last), None)
        if question is None or "give feedback" in last:
            return "criticism", "It should say in which form the answer is wanted."
        if "[[ ## answer ## ]]" in system:
            instruction = system.split("your objective is:")[1].strip()
            return "answer", _fields({"answer": answered(instruction, question)})
        return "answer", answered(system, question)


def _fields(values: Mapping[str, str]) -> str:
    """An answer in the form in which DSPy asks for one."""
    rows = [f"[[ ## {name} ## ]]\n{value}" for name, value in values.items()]
    return "\n\n".join([*rows, "[[ ## completed ## ]]"])


def rows(peers: bool = True) -> list[dict[str, Any]]:
    """A row for each contender."""
    found = [_ours()]
    for peer in PEERS if peers else ():
        print(f"wordings: {peer}", file=sys.stderr, flush=True)
        found.append(_peer(peer))
    return found


def _ours() -> dict[str, Any]:
    import tracepy

    model = Model()
    with folder() as place, ModelServer(model) as server:
        path = PROBLEMS[1].written(place)
        # What picks the answer out is right already: only the text has to be found.
        text = path.read_text("utf-8").replace(".strip()", '.strip(" .")')
        path.write_text(text, encoding="utf-8")
        result = tracepy.optimize(
            path, cwd=place, optimizer="copro", model=(MODEL,), api_base=server.url, fresh=True,
            iterations=_ROUNDS, candidates=_BREADTH, train=("answering:TEMPLATE",), goal=2.0,
        )  # fmt: skip
    return _row("tracepy copro", model, result.best)


def _peer(peer: str) -> dict[str, Any]:
    name, needed = PEERS[peer]
    label = f"{name} ({' '.join(needed)})"
    script = Path(__file__).parent / "peers" / f"wordings_{peer}.py"
    model = Model()
    try:
        python = venvs.python_of(venvs.kept(f"models-{peer}", needed, _SECONDS))
        with ModelServer(model) as server:
            done = subprocess.run(
                [python, str(script), server.url, str(_ROUNDS), str(_BREADTH)],
                capture_output=True, text=True, timeout=_SECONDS, check=True,
                cwd=tempfile.gettempdir(),  # TextGrad writes a log
                env={**os.environ, "PYTHONPATH": str(_ROOT)},
            )  # fmt: skip
    except subprocess.SubprocessError as error:
        print(f"{peer}: {error}", file=sys.stderr)
        return {"optimizer": label, "wordings": "not run"}
    return _row(label, model, float(done.stdout.splitlines()[-1]))


def _row(label: str, model: Model, score: float) -> dict[str, Any]:
    wordings = model.calls["wording"]
    asked = model.tokens["wording"] + model.tokens["criticism"]
    return {
        "optimizer": label, "wordings": wordings, "calls": wordings + model.calls["criticism"],
        "tokens": asked, "tokens a wording": asked / wordings, "answers": model.calls["answer"],
        "tokens of answers": model.tokens["answer"], "right in the end": score,
    }  # fmt: skip


def told() -> str:
    """What the columns are."""
    return (
        f"{_ROUNDS} rounds of {_BREADTH} wordings (DSPy counts the instruction as it stands as one of "
        "the first; TextGrad makes one a round); calls and tokens (o200k, sent) to get them, criticism "
        "included; answers: calls of the program's own model to judge them, which ours has as a "
        "function of rules in the program and so does not ask; right in the end: the share of the "
        "three questions, which says only that all run the same task: the wordings are scripted"
    )
