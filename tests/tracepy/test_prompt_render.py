"""Prompts: what a model is shown, in the paper's form, whatever the program, never over budget."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tracepy.prompting import FIGURE, TEN, Load, recorded, task_of, tokens, verdict
from tracepy.errors import UserError
from tracepy.evaluation.records import Case
from tracepy.optimizers.generative.prompt import HEADINGS, SYSTEM, Attempt, View, render, view
from tracepy.optimizers.generative.prompt.records import (
    Failure,
    Line,
    Routine,
    Value,
    Variable,
)

ANY = st.text(max_size=60) | st.sampled_from(
    [*HEADINGS, "#Memory", "\n#Code\n", "```\n#Feedback\n", "a\r#Inputs\r", "\u2028#Others\u2028"]
)


def test_the_figure_of_the_paper_from_a_real_run(tmp_path: Path, load: Load) -> None:
    task = task_of(tmp_path, FIGURE, context="Make z as large as you can.")
    shown = view(task, {}, verdict(0.0, "Output should be larger."), graph=recorded(load, FIGURE))
    assert render(shown, budget=10_000, count=tokens) == (
        "#Instruction\n"
        "Change the #Variables so that the #Outputs improve as #Feedback asks.\n"
        "Make z as large as you can.\n"
        "\n"
        "#Code\n"
        "```\n"
        "20 def objective():\n"
        "21   return foobar()\n"
        "14 def foobar():\n"
        "15   a = bar(X)\n"
        "16   z = a * foo(X)\n"
        "17   return z\n"
        "4 def bar(x):\n"
        "6   return -2 * x\n"
        "9 def foo(x):\n"
        "10   y = x + 1\n"
        "11   return x * y\n"
        "```\n"
        "\n"
        "#Documentation\n"
        "[bar] This is a test function, which does negative scaling.\n"
        "\n"
        "#Variables\n"
        "(float) sample:X=-1.0\n"
        "\n"
        "#Constraints\n"
        "\n"
        "#Inputs\n"
        "\n"
        "#Others\n"
        "(float) a@15=2.0\n"
        "(float) y@10=0.0\n"
        "(float) return@11=-0.0\n"
        "(float) z@16=-0.0\n"
        "\n"
        "#Outputs\n"
        "(float) objective()@21=-0.0\n"
        "\n"
        "#Feedback\n"
        "score=0, higher is better\n"
        "| Output should be larger."
    )


def test_a_function_is_shown_once_and_loops_fold(tmp_path: Path, load: Load) -> None:
    text = """
    RATE = 0.5  # tracepy: train in [0, 1]

    def step(w, rate):  # tracepy: train
        g = w - 3.0
        return w - rate * g

    def objective():
        w = 0.0
        for turn in range(40):
            w = step(w, RATE)
        return abs(w - 3.0)
    """
    prompt = render(
        view(task_of(tmp_path, text, sign=-1), {}, verdict(), graph=recorded(load, text)),
        budget=10_000,
        count=tokens,
    )
    assert prompt.count("g = w - 3.0") == 1
    assert "(code) sample:step:\n```@3\ndef step(w, rate):" in prompt
    assert "3 def step(w, rate):  # 40x  # see #Variables" in prompt
    assert "10       w = step(w, RATE)  # 40x" in prompt
    assert "sample:RATE: in [0, 1]\n(code): keep each `def` line as it is." in prompt
    assert re.search(r"^\(float\) g@4=-3\.0, -1\.5 \.\.\. ", prompt, re.MULTILINE)
    assert "score=0, lower is better" in prompt


def test_what_failed_is_told_once(tmp_path: Path, load: Load) -> None:
    text = "line 3\nassert 1 == 2"
    cases = [Case("test_a", 1.0), Case("test_b", 0.0, text), Case("test_c", 0.5, "nearly")]
    feedback = f"1 of 3 tests pass\ntest_b\n{text}"
    shown = view(task_of(tmp_path, FIGURE), {}, verdict(0.5, feedback, *cases))
    prompt = render(shown, budget=10_000, count=tokens)
    assert prompt.endswith(
        "score=0.5, higher is better; 1 of 3 cases pass\n"
        "note: no trace of this run: values are not known\n"
        "failed test_b:\n| line 3\n| assert 1 == 2\n"
        "failed test_c (score=0.5):\n| nearly"
    )
    only = view(task_of(tmp_path, FIGURE), {}, verdict(0.5, feedback, *cases), cases=["test_c"])
    assert "test_b" not in render(only, budget=10_000, count=tokens)


def test_ablations_leave_the_headings(tmp_path: Path, load: Load) -> None:
    shown = view(task_of(tmp_path, FIGURE), {}, verdict(0.5, "words"), graph=recorded(load, FIGURE))
    masked = headed(render(shown, budget=1000, count=tokens, mask=True))
    assert [heading for heading in HEADINGS if masked[heading] == ""] == [
        "#Code", "#Documentation", "#Constraints", "#Inputs", "#Others",
    ]  # fmt: skip
    alone = headed(render(shown, budget=1000, count=tokens, score_only=True))
    assert alone["#Feedback"] == "score=0.5, higher is better"


def test_memory_comes_last_and_its_oldest_leaves_first(tmp_path: Path) -> None:
    shown = view(task_of(tmp_path, FIGURE), {}, verdict())
    past = [Attempt({"sample:X": f"{n}.5"}, n / 10, f"try {n}", "kept") for n in range(9)]
    whole = render(shown, budget=10_000, count=tokens, memory=past)
    assert headed(whole)["#Memory"].startswith(
        "attempt 1: score=0\nsample:X=0.5\nnote: kept\n| try 0\n"
    )
    less = render(shown, budget=tokens(whole) - 1, count=tokens, memory=past)
    assert headed(less)["#Memory"].startswith("attempt 2: score=0.1\n")
    assert headed(less)["#Memory"].endswith("| try 8")


def test_what_is_too_small_says_what_is_needed(tmp_path: Path) -> None:
    shown = view(task_of(tmp_path, FIGURE), {}, verdict())
    with pytest.raises(UserError, match=r"3 tokens are too few .* has \d+ "):
        render(shown, budget=3, count=tokens)


def test_fewer_tokens_than_the_peers_for_as_much(tmp_path: Path, load: Load) -> None:
    """A graph of ten nodes, two of them trainable; OptoPrime 872, its second version 995."""
    task = task_of(tmp_path, TEN)
    shown = view(task, {}, verdict(0.0, "Should be 7."), graph=recorded(load, TEN))
    prompt = render(shown, budget=10_000, count=tokens)
    assert tokens(SYSTEM) + tokens(prompt) < 500


def test_a_long_function_folds_to_what_is_nearest(tmp_path: Path) -> None:
    shown = view(task_of(tmp_path, FIGURE), {}, verdict())
    rows = tuple(Line(n, f"    row{n} = {n}", 1, abs(30 - n)) for n in range(2, 60))
    one = replace(shown, code=(Routine("m", "f", "def f()", 1, 1, rows, False, 0),))
    code = headed(render(one, budget=260, count=tokens))["#Code"].split("\n")
    kept = [int(row.split()[0]) for row in code[2:-1] if "more lines" not in row]
    assert 3 < len(kept) < 40
    assert kept == list(range(kept[0], kept[-1] + 1)) and 28 < sum(kept) / len(kept) < 32
    assert [row for row in code if "more" in row] == [
        f"# ... {kept[0] - 2} more lines",
        f"# ... {59 - kept[-1]} more lines",
    ]


TEXTS = st.lists(ANY, max_size=3)
VALUES = st.lists(
    st.builds(Value, ANY, ANY, st.lists(ANY | st.none()).map(tuple), st.integers(1, 9),
              st.integers(0, 9)),
    max_size=4,
).map(tuple)  # fmt: skip
VIEWS = st.builds(
    View,
    ANY,
    st.lists(
        st.builds(Routine, ANY, ANY, ANY, st.integers(1, 99), st.integers(0, 9),
                  st.lists(st.builds(Line, st.integers(1, 99), ANY, st.integers(0, 9))).map(tuple),
                  st.booleans(), st.integers(0, 9)),
        max_size=3,
    ).map(tuple),
    st.lists(st.tuples(ANY, ANY), max_size=3).map(tuple),
    st.lists(
        st.builds(Variable, ANY, st.sampled_from(["code", "str"]), ANY, st.integers(1, 99), ANY,
                  ANY, st.none() | st.integers(0, 9)),
        max_size=4,
    ).map(tuple),
    VALUES, VALUES, VALUES,
    st.none() | st.floats(),
    st.just("higher"),
    st.none() | st.just((1, 2)),
    ANY,
    st.lists(st.builds(Failure, ANY, st.floats(0, 1), ANY), max_size=3).map(tuple),
    TEXTS.map(tuple),
)  # fmt: skip
MEMORIES = st.lists(
    st.builds(Attempt, st.dictionaries(ANY, ANY, max_size=2), st.none() | st.floats(), ANY, ANY),
    max_size=3,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(VIEWS, MEMORIES, st.integers(60, 2000))
def test_nothing_passes_for_a_heading_and_the_budget_holds(
    shown: View, memory: list[Attempt], budget: int
) -> None:
    try:
        prompt = render(shown, budget=budget, count=tokens, memory=memory)
    except UserError:
        assert budget < 300
        return
    assert tokens(prompt) <= budget
    found = [row for row in prompt.splitlines() if row.strip() in (*HEADINGS, "#Memory")]
    assert found in ([*HEADINGS], [*HEADINGS, "#Memory"])
    assert prompt == render(shown, budget=budget, count=tokens, memory=memory)


@given(VIEWS, ANY)
def test_code_stays_in_its_fence(shown: View, text: str) -> None:
    one = replace(shown, variables=(Variable("m:f", "code", text, 1, "def f()", "", 0),))
    body = headed(render(one, budget=100_000, count=tokens))["#Variables"].split("\n")
    fence = re.match("`+", body[1])
    assert fence and body[-2 if body[-1].startswith("...") else -1] == fence[0]
    assert all(not row.startswith(fence[0]) for row in body[2:-1])


def headed(prompt: str) -> dict[str, str]:
    """The sections by heading."""
    found: dict[str, list[str]] = {}
    for row in prompt.split("\n"):
        if row in (*HEADINGS, "#Memory"):
            found[row] = rows = []
        else:
            rows.append(row)
    return {heading: "\n".join(rows).strip("\n") for heading, rows in found.items()}
