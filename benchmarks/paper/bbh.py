"""BIG-Bench Hard (paper, section 5.3): a prompt, the code that builds it, the code that reads the reply.

A seed is a task, in the order of their names. Both programs are `examples/bbh`; the splits and the
metric are the paper's: 15 examples to train on, 5 to choose by, the rest to test. What is measured
is the share of right answers in the test set, of the program as it stands (step 0) and of the one
that the five chose (the last step).

The data are not part of this project: `TRACEPY_BBH` names the folder with the task files; without
it, `shared/bbh` beside the checkout is looked at.
"""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from benchmarks.paper import bbh_online, bbh_published, ours
from benchmarks.paper.domain import Asked, Domain, Found, Method
from benchmarks.paper.peers import running
from benchmarks.paper.stepwise import Steps, lines
from benchmarks.paper.student import reply

EXAMPLE = Path(__file__).parents[2] / "examples" / "bbh"
_DATA = Path(__file__).parents[3] / "shared" / "bbh"
# The groups are those of BIG-Bench Hard's paper (Suzgun et al. 2022, arXiv 2210.09261): 12 of
# language and 11 of algorithms; three tasks of the latter come in three sizes each.
NLP = (
    "causal_judgement", "date_understanding", "disambiguation_qa", "formal_fallacies",
    "hyperbaton", "movie_recommendation", "penguins_in_a_table",
    "reasoning_about_colored_objects", "ruin_names", "salient_translation_error_detection",
    "snarks", "sports_understanding",
)  # fmt: skip
ALGORITHMIC = (
    "boolean_expressions", "dyck_languages", "geometric_shapes",
    "logical_deduction_five_objects", "logical_deduction_seven_objects",
    "logical_deduction_three_objects", "multistep_arithmetic_two", "navigate",
    "object_counting", "temporal_sequences", "tracking_shuffled_objects_five_objects",
    "tracking_shuffled_objects_seven_objects", "tracking_shuffled_objects_three_objects",
    "web_of_lies", "word_sorting",
)  # fmt: skip
# The quick ones first: three that the tests' server can solve.
_FIRST = ("object_counting", "word_sorting", "boolean_expressions")
TASKS = (*_FIRST, *sorted({*NLP, *ALGORITHMIC} - {*_FIRST}))
ENVIRONMENT = ("STUDENT_API_BASE", "STUDENT_MODEL", "STUDENT_API_KEY")
_CONTEXT = (
    "The program answers questions with a language model. Change what the model is told, how the "
    "prompt is made or how its reply is read, so that the answers are those expected. Examples are "
    "not to be answered by the code itself."
)


def data() -> Path:
    """The folder of the task files. Raises FileNotFoundError where there is none."""
    folder = Path(os.environ.get("TRACEPY_BBH") or _DATA)
    if not folder.is_dir():
        raise FileNotFoundError(
            f"no folder {folder}: set TRACEPY_BBH to the folder `bbh` of BIG-Bench Hard"
        )
    return folder


@cache
def _loaded(name: str) -> Any:
    """A module of the example."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def examples(task: str) -> list[dict[str, str]]:
    """All examples of a task, as rows with `input` and `target`."""
    found: list[dict[str, str]] = json.loads((data() / f"{task}.json").read_text("utf-8"))[
        "examples"
    ]
    return found


def split(task: str, quick: bool = False) -> Mapping[str, Sequence[Mapping[str, str]]]:
    """The examples of a task, by the data set that they are in."""
    found: dict[str, list[dict[str, str]]] = _loaded("prepare").split(examples(task))
    return {**found, "test": found["test"][:10]} if quick else found


def reachable() -> None:
    """Ask the program's model once. Raises where it cannot be asked: no answer is no wrong answer."""
    _loaded("model").ask("Say yes.")


def _ours(asked: Asked, program: str, online: bool = False, **options: Any) -> Found:
    task = TASKS[asked.seed]
    sets = split(task, asked.quick)
    given = {
        "call": f"{program}:answer", "metric": "metric:right", "timeout": 3600.0,
        "allow_network": True, "allow_env": ENVIRONMENT,
    }  # fmt: skip
    with ours.folder() as place, ours.student(asked, reply):
        files = {name: (EXAMPLE / name).read_text("utf-8") for name in ("model.py", "metric.py")}
        files |= {f"{name}.jsonl": lines(rows) for name, rows in sets.items()}
        files[f"{program}.py"] = (EXAMPLE / f"{program}.py").read_text("utf-8")
        ours.project(place, files)
        reachable()
        target = place / f"{program}.py"
        programs: list[Mapping[str, str]] = [{}]
        facts: dict[str, Any] = {}
        if online:
            (before,) = ours.judged(target, [{}], dataset=str(place / "test.jsonl"), **given)
            steps = Steps(asked, target, given, {"context": _CONTEXT, **options})
            facts = {**bbh_online.trained(steps, sets["train"][: asked.steps]), **steps.spent}
            facts["text"] = target.read_text("utf-8")
            return _found(asked, before, steps.share("test"), {"program": program, **facts})
        if options:
            ran = ours.optimized(
                asked, target, reply, dataset=str(place / "train.jsonl"),
                validation=str(place / "validation.jsonl"),
                context=_CONTEXT, **given, **ours.bounds(asked, options["optimizer"]), **options,
            )  # fmt: skip
            programs.append(ran.winner())
            facts = {**ran.facts(), "patch": ran.result.patch}
        before, *after = ours.judged(target, programs, dataset=str(place / "test.jsonl"), **given)
    return _found(asked, before, after[-1] if after else before, {"program": program, **facts})


def _dspy(asked: Asked, reasoning: bool, optimized: bool = False) -> Found:
    """DSPy's own program; COPRO has the twenty, which the other optimizers split into two sets."""
    sets = split(TASKS[asked.seed], asked.quick)
    given = {
        "reasoning": reasoning, "optimized": optimized, "test": sets["test"],
        "train": [*sets["train"], *sets["validation"]],
        "copro": {"breadth": 2, "depth": 1} if asked.quick else {},
    }  # fmt: skip
    told = running.ran("bbh_dspy", running.DSPY, asked, given, reply)
    facts = {"instruction": told["instruction"]} if optimized else {}
    return _found(asked, told["before"], told.get("after", told["before"]), facts)


def _found(
    asked: Asked, before: float | None, after: float | None, facts: Mapping[str, Any]
) -> Found:
    task = TASKS[asked.seed]
    curve = [before, *[after] * asked.steps]
    group = "NLP" if task in NLP else "algorithmic"
    paper = bbh_published.of(asked.method, task)
    return Found({"all": curve, group: curve}, {"task": task, "paper": paper, **facts})


_TRAINED = {
    name: options
    for name, options in ours.WAYS.items()
    if name in ("optoprime", "opro", "textgrad", "hybrid")
} | {
    "optoprime online": {"optimizer": "optoprime", "memory": 0, "online": True},
    "copro": {"optimizer": "copro"},
}

DOMAIN = Domain(
    name="bbh",
    title="BIG-Bench Hard: share of right answers",
    methods={
        f"{name}{about}": Method(
            partial(_ours, program=program, **options), asks=True, packages=("litellm",)
        )
        for program, about in (("answering", ""), ("reasoning", " reasoning"))
        for name, options in {"as it stands": {}, **_TRAINED}.items()
    }
    | {
        f"{name}{about}": Method(
            partial(_dspy, reasoning=bool(about), optimized=optimized), asks=True
        )
        for about in ("", " reasoning")
        for name, optimized in (("DSPy", False), ("DSPy COPRO", True))
    },
    seeds=tuple(range(len(TASKS))),
    steps=15,
    quick=(2, 3),
    curves={"all": "all tasks", "NLP": "language", "algorithmic": "algorithms"},
    at=(0, 15),
    published={
        "DSPy": {0: 0.416},
        "DSPy reasoning": {0: 0.704},
        "DSPy COPRO": {15: 0.553},
        "DSPy COPRO reasoning": {15: 0.716},
        "optoprime online": {15: 0.595},
        "optoprime online reasoning": {15: 0.786},
    },
    least=False,
    note="A seed is a task, the error that over tasks. The paper's values are those of its Table 1, "
    "of GPT-4-0125-Preview; they count every example once, ours every task. Its loop is that of "
    "optoprime online, one example a step; the other rows are told of all of the fifteen that are "
    "wrong. Its DSPy is that of 2024, here "
    "it is 3.4.1.",
)
