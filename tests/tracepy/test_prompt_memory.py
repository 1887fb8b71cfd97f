"""Earlier attempts in a prompt: what is the same as in the program is not shown again."""

from pathlib import Path

from tests.tracepy.prompting import task_of, tokens, verdict
from tracepy.optimizers.generative.prompt import Attempt, render, view

LONG = "def act(x):\n" + "".join(f"    x = x + {n}\n" for n in range(30)) + "    return x\n"
PROGRAM = LONG.replace("(x):", "(x):  # tracepy: train")


def remembered(folder: Path, *attempts: Attempt, budget: int = 10_000) -> str:
    shown = view(task_of(folder, PROGRAM), {}, verdict())
    prompt = render(shown, budget=budget, count=tokens, memory=attempts)
    return prompt[prompt.index("#Memory") :]


def test_a_long_function_is_told_by_what_changed(tmp_path):
    new = PROGRAM.replace("x + 7\n", "x * 7\n").replace("return x", "return -x")
    assert remembered(tmp_path, Attempt({"act": new}, 0.5, "worse")) == (
        "#Memory\n"
        "attempt 1: score=0.5\n"
        "act, as a difference from #Variables:\n"
        "```diff\n"
        "@@ -8,3 +8,3 @@\n"
        "     x = x + 6\n"
        "-    x = x + 7\n"
        "+    x = x * 7\n"
        "     x = x + 8\n"
        "@@ -31,2 +31,2 @@\n"
        "     x = x + 29\n"
        "-    return x\n"
        "+    return -x\n"
        "```\n"
        "| worse"
    )


def test_another_function_altogether_is_told_whole(tmp_path):
    new = "def act(x):\n    y = 2 * x\n    return y\n"
    assert f"act:\n```\n{new}```" in remembered(tmp_path, Attempt({"act": new}, 0.5, ""))


def test_the_same_function_is_not_told_again(tmp_path):
    indented = "\n".join("    " + row for row in PROGRAM.splitlines())
    for text in (PROGRAM, f"\n{PROGRAM}\n\n", indented):
        assert "act: as in #Variables" in remembered(tmp_path, Attempt({"act": text}, 0.5, ""))


def test_a_name_that_there_is_not_is_told_whole(tmp_path):
    shown = remembered(tmp_path, Attempt({"`\n#Code": PROGRAM}, None, "", "no such parameter"))
    assert "''\\n#Code':" in shown and PROGRAM.strip() in shown
