"""The comparison with TextGrad (paper, its table beside TextGrad): a system prompt for a weaker model.

The protocol is that of TextGrad's own script for prompts: three examples a step, three epochs that
end after three steps each, and a prompt that does worse on the validation set than the one before
is taken back. What is measured is the share of right answers in the test set, before (step 0) and
of what the last step leaves (step 9). Splits are TextGrad's.

Object counting and word sorting are tasks of BIG-Bench Hard (`bbh.data`). For GSM8K,
`TRACEPY_GSM8K` names a folder with its `train.jsonl` and `test.jsonl`; without it, the cells fail
and say so. Each task is a domain of its own: `object_counting`, `word_sorting`, `gsm8k`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.paper import bbh, ours
from benchmarks.paper.domain import Asked, Domain, Found, Method
from benchmarks.paper.peers import running
from benchmarks.paper.stepwise import Steps, lines
from benchmarks.paper.student import reply

Rows = list[dict[str, str]]

_PROGRAMS = Path(__file__).parent / "programs"
_BATCH, _EPOCHS, _A_EPOCH = 3, 3, 3
_STEPS = _EPOCHS * _A_EPOCH
_CONTEXT = (
    "The system prompt goes to a language model that is capable, but not the most capable. Improve "
    "the correctness of its answers to questions of this kind; the form of the last line has to stay."
)


@dataclass(frozen=True)
class Task:
    """A task.

    Attributes:
        title: As it heads the table.
        ends: What the prompt to begin with says of the answer, after "Answer: ".
        metric: A function of `programs.instructed_metric`.
        published: The paper's values: optoprime, TextGrad's package, TextGrad in Trace.
    """

    title: str
    ends: str
    metric: str
    published: tuple[float, float, float]


TASKS = {
    "object_counting": Task(
        "object counting", "the result, a number", "number", (0.894, 0.892, 0.876)
    ),
    "word_sorting": Task(
        "word sorting", "the words in order, with spaces between them", "words",
        (0.716, 0.720, 0.714),
    ),
    "gsm8k": Task("GSM8K", "the result, a number", "number", (0.825, 0.824, 0.820)),
}  # fmt: skip


def system(task: str) -> str:
    """The prompt to begin with."""
    return (
        "A question follows that takes some thought. Go through it step by step. The last line is "
        f"'Answer: ' and {TASKS[task].ends}."
    )


def split(task: str, quick: bool = False) -> Mapping[str, Rows]:
    """Training, validation and test set, as TextGrad splits them."""
    if task == "gsm8k":
        kept, tested = _gsm8k("train"), _gsm8k("test")
        found = {"train": kept[100:], "validation": kept[:100], "test": tested[:300]}
    else:
        rows = bbh.examples(task)
        found = {"train": rows[:50], "validation": rows[50:150], "test": rows[150:]}
    return {name: rows[:10] for name, rows in found.items()} if quick else found


def _gsm8k(name: str) -> Rows:
    folder = os.environ.get("TRACEPY_GSM8K")
    if folder is None:
        raise FileNotFoundError(
            "set TRACEPY_GSM8K to a folder with train.jsonl and test.jsonl of GSM8K"
        )
    lines = (Path(folder) / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [
        {"input": row["question"], "target": row["answer"].rpartition("####")[2].strip()}
        for row in map(json.loads, lines)
    ]


def batches(train: Rows, seed: int, steps: int = _STEPS) -> list[Rows]:
    """What each step is shown: the first batches of each epoch, which has an order of its own."""
    random, found = Random(seed), []
    for _ in range(_EPOCHS):
        order = random.sample(train, len(train))
        found += [order[at : at + _BATCH] for at in range(0, _A_EPOCH * _BATCH, _BATCH)]
    return found[:steps]


def _ours(asked: Asked, task: str, **options: Any) -> Found:
    sets = split(task, asked.quick)
    given = {
        "call": "instructed:answer", "metric": f"metric:{TASKS[task].metric}", "timeout": 3600.0,
        "allow_network": True, "allow_env": bbh.ENVIRONMENT,
    }  # fmt: skip
    training = {"context": _CONTEXT, **options}
    with ours.folder() as place, ours.student(asked, reply):
        bbh.reachable()
        steps = Steps(asked, _written(place, task, sets), given, training)
        before, reverts = steps.share("test"), 0
        if not options:
            return _found(asked, before, before, [], {"task": task})
        validation: list[float | None] = [reached := steps.share("validation")]
        for number, batch in enumerate(batches(sets["train"], asked.seed, asked.steps), 1):
            known = steps.target.read_text("utf-8")
            _, proposed = steps.step(number, batch)
            if proposed != known:
                steps.target.write_text(proposed, encoding="utf-8")
                if (now := steps.share("validation")) < reached:
                    steps.target.write_text(known, encoding="utf-8")
                    reverts += 1
                else:
                    reached = now
            validation.append(reached)
        after, program = steps.share("test"), steps.target.read_text("utf-8")
    facts = {"task": task, "program": program, "reverts": reverts, **steps.spent}
    return _found(asked, before, after, validation, facts)


def _written(place: Path, task: str, sets: Mapping[str, Rows]) -> Path:
    program = (_PROGRAMS / "instructed.py").read_text("utf-8")
    line = next(one for one in program.splitlines() if one.startswith("SYSTEM = "))
    files = {
        "instructed.py": program.replace(line, f"SYSTEM = {json.dumps(system(task))}"),
        "metric.py": (_PROGRAMS / "instructed_metric.py").read_text("utf-8"),
        "model.py": (bbh.EXAMPLE / "model.py").read_text("utf-8"),
        **{f"{name}.jsonl": lines(rows) for name, rows in sets.items()},
    }
    ours.project(place, files)
    return place / "instructed.py"


def _package(asked: Asked, task: str) -> Found:
    sets = split(task, asked.quick)
    told = running.ran(
        "instructed_textgrad", running.TEXTGRAD, asked,
        {
            "system": system(task), "metric": TASKS[task].metric,
            "batches": batches(sets["train"], asked.seed, asked.steps),
            "validation": sets["validation"], "test": sets["test"],
        },
        reply,
    )  # fmt: skip
    facts = {"task": task, "program": told["system"], "reverts": told["reverts"]}
    return _found(asked, told["before"], told["after"], told["validation"], facts)


def _found(
    asked: Asked, before: float, after: float, validation: Sequence[float | None],
    facts: Mapping[str, Any],
) -> Found:  # fmt: skip
    test = [before, *[None] * (asked.steps - 1), after]
    return Found({"test": test, "validation": validation}, facts)


def domain(task: str) -> Domain:
    """The domain of a task."""
    optoprime, package, inside = TASKS[task].published
    trained = {name: ours.WAYS[name] for name in ("optoprime", "textgrad", "hybrid")}
    return Domain(
        name=task,
        title=f"TextGrad's comparison, {TASKS[task].title}: share of right answers",
        methods={
            "as it stands": Method(partial(_ours, task=task), asks=True),
            **{
                name: Method(partial(_ours, task=task, **options), asks=True, packages=("litellm",))
                for name, options in trained.items()
            },
            "TextGrad 0.1.8": Method(partial(_package, task=task), asks=True),
        },
        seeds=tuple(range(5)),
        steps=_STEPS,
        quick=(1, 2),
        curves={"test": "test set, last iterate", "validation": "validation set"},
        at=(0, _STEPS),
        published={
            "optoprime": {_STEPS: optoprime},
            "textgrad": {_STEPS: inside},
            "TextGrad 0.1.8": {_STEPS: package},
        },
        least=False,
        note="The paper's values: GPT-4o-2024-08-06 changes the prompt, GPT-3.5-turbo-1106 answers; "
        "textgrad is TextGrad's method in Trace, TextGrad 0.1.8 its package (the paper: that of 30 "
        "October 2024). The prompt to begin with is in other words, and sorted words are compared "
        "as text, where TextGrad asks a model whether they are the same. A step whose three "
        "answers are all right changes nothing in our rows.",
    )
