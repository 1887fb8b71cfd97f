"""Suggestions put into a program: what is taken, what is moved, what is refused, in which words."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tracepy.test_answers_reading import assert_sentence
from tracepy import parameters as theta
from tracepy.evaluation.records import Evaluation
from tracepy.optimizers import Task
from tracepy.optimizers.generative.answers import Replacement, Suggestion, apply
from tracepy.target import Target
from tracepy.transforms.discover import discover
from tracepy.transforms.source import Source

SHOP = '''
import math

RATE = 0.2  # tracepy: train in [0, 1]
SIZE = 16  # tracepy: train in {8, 16, 32}
MODE = "fast"  # tracepy: train in {"fast", "exact"}
PROMPT = "Be brief."  # tracepy: train "at most 5 words"
PAIRS = [(1, 2.0), (3, 4.0)]  # tracepy: train
NAMES = {1: "a", 2: "b"}  # tracepy: train
LOUD = False  # tracepy: train
LIMIT = 3  # tracepy: freeze


class Cart:
    weights = [0.1, 0.2]  # tracepy: train in [0, 1]

    @staticmethod
    def total(items: list[int], tax: float = 0.1, *, extra=None) -> float:  # tracepy: train
        """The sum."""
        step = 2  # tracepy: train in [1, 9]
        base = 7  # tracepy: freeze
        return sum(items) * tax * step + base

    def other(self):
        return LIMIT


async def fetch(x):  # tracepy: train
    def inner(y):
        return y
    return inner(x)


def plain(x): return x  # tracepy: train
'''.lstrip()


def task_of(text: str) -> tuple[Task, str]:
    path = "/project/shop.py"
    target = Target({"shop": Path(path)}, Path("/project"), Path("/project"), None, "shop.py")
    originals = {path: Source(text, path)}
    return (
        Task(
            originals,
            {path: "shop"},
            Evaluation("ok", 0.0),
            1,
            lambda sources: theta.find(target, {path: text, **sources}),
            lambda source, module: [
                (item.start, item.end) for item in discover(source, module) if item.mark == "freeze"
            ],
        ),
        path,
    )


def applied(values=None, edits=(), text=SHOP, sources=None):
    task, path = task_of(text)
    sources = {path: sources} if sources else {}
    found = task.find(sources)
    result = apply(
        task,
        sources,
        found,
        Suggestion(values=values or {}, edits=tuple(Replacement(*e) for e in edits)),
    )
    for sentence in (*result.problems, *result.projected):
        assert_sentence(sentence)
    for new in result.sources.values():
        ast.parse(new)
    assert result.partial == bool(result.problems and result.changed)
    return result, result.sources.get(path, text)


# What is given for a parameter, with what its line says then; None where it is as before.
CONVERTED = [
    ("RATE", 0.3, "RATE = 0.3"),
    ("RATE", "0.3", "RATE = 0.3"),
    ("RATE", 1, "RATE = 1.0"),
    ("RATE", "RATE = 0.4  # better", "RATE = 0.4"),
    ("RATE", {"value": 0.3}, "RATE = 0.3"),
    ("RATE", "```python\n0.5\n```", "RATE = 0.5"),
    ("shop:SIZE", 32.0, "SIZE = 32"),
    ("(int) shop:SIZE", "8", "SIZE = 8"),
    ("`shop:MODE`", "exact", 'MODE = "exact"'),
    ("MODE", '"exact"', 'MODE = "exact"'),
    ("MODE", 'MODE = "exact"', 'MODE = "exact"'),
    ("PROMPT", "Be  kind", 'PROMPT = "Be  kind"'),
    ("PROMPT", 42, 'PROMPT = "42"'),
    ("PAIRS", [[5, 6]], "PAIRS = [(5, 6.0)]"),
    ("PAIRS", "[[1, 2], [3, 5]]", "PAIRS = [(1, 2.0), (3, 5.0)]"),
    ("NAMES", {"1": "z"}, 'NAMES = {1: "z"}'),
    ("NAMES", "{1: 'c', 3: 'd'}", "NAMES = {1: \"c\", 3: \"d\"}"),
    ("LOUD", "true", "LOUD = True"),
    ("LOUD", 1, "LOUD = True"),
    ("shop.Cart.weights", [0, 1], "weights = [0.0, 1.0]"),
    ("total.step", 5, "step = 5"),
    ("shop:Cart.total.<step>", "5.0", "step = 5"),
]  # fmt: skip

# What is moved onto a constraint, with where it lands.
PROJECTED = [
    ("RATE", 7, "RATE = 1.0"),
    ("RATE", "-0.1", "RATE = 0.0"),
    ("SIZE", 20, "SIZE = 16"),
    ("SIZE", 1e300, "SIZE = 32"),
    ("MODE", "Exact", 'MODE = "exact"'),
    ("weights", [3, -1], "weights = [1.0, 0.0]"),
    ("total.step", 2.6, "step = 3"),
    ("total.step", 12, "step = 9"),
]

# What is refused, with what its sentence says.
REFUSED = [
    ("RATE", "high", "must be a number"),
    ("RATE", True, "must be a number"),
    ("RATE", float("nan"), "finite"),
    ("RATE", float("inf"), "finite"),
    ("RATE", "1e999", "finite"),
    ("RATE", 10**400, "too large"),
    ("RATE", [1], "must be a number"),
    ("RATE", "__import__('os').getcwd()", "must be a number"),
    ("MODE", "slow", "not one of"),
    ("PROMPT", "one two three four five six", "at most 5"),
    ("PROMPT", ["Be", "brief"], "must be a string"),
    ("PAIRS", {"a": 1}, "must be a list"),
    ("PAIRS", "[" * 1000 + "]" * 1000, "shop:PAIRS"),
    ("NAMES", "[1, 2]", "must be a dict"),
    ("LOUD", "maybe", "True or False"),
    ("weights", ["a"], "not a number"),
    ("RAET", 1, "did you mean `shop:RATE`"),
    ("nothing like it", 1, "use `shop:RATE`"),
    ("LIMIT", 4, "no parameter"),
    ("Cart.other", "def other(self):\n    return 1", "no parameter"),
    ("total", "", "empty"),
    ("total", 5, "give its whole source"),
    ("total", "return sum(items)", "one function called `total`"),
    ("total", "def total(items):\n    return (", "syntax error in line 2"),
    ("total", "def sum_up(items, tax=0.1, *, extra=None):\n    return 1", "not `sum_up`"),
    ("total", "def total(values, tax=0.1, *, extra=None):\n    return 1", "arguments"),
    ("total", "def total(tax, items, *, extra=None):\n    return 1", "arguments"),
    ("total", "def total(items, tax=0.1, extra=None):\n    return 1", "arguments"),
    ("total", "def total(items, tax=0.2, *, extra=None):\n    return 1", "default of `tax`"),
    ("total", "async def total(items, tax=0.1, *, extra=None):\n    return 1", "not async"),
    ("total", "@cache\ndef total(items, tax=0.1, *, extra=None):\n    return 1", "decorator"),
    ("fetch", "def fetch(x):\n    return x", "is async"),
    ("fetch", "async def fetch(x):\n    return x\n\ndef more(): pass", "move `more` into"),
    ("fetch", "async def fetch(x):\n    return x\nprint(1)", "move `print"),
    ("fetch", "async def fetch(x): return 1\nasync def fetch(x): return 2", "2 times"),
    ("fetch", "from os import *\nasync def fetch(x):\n    return x", "cannot stand in"),
    ("fetch", "async def fetch(x):\n    nonlocal z\n    return x", "does not compile"),
    ("fetch", "async def fetch(x):\n    y = 1  # tracepy: freeze\n    return y", "`# tracepy:`"),
    ("fetch", "async def fetch(x):\n    y = 1  # tracepy: train\n    return y", "`# tracepy:`"),
    ("fetch", "async def fetch(x):\n    y = 1  # tracepy: nonsense\n    return y", "malformed"),
    ("fetch", "async def fetch(x):\n    return " + "-" * 50_000 + "x", "simpler"),
    ("fetch", "async def fetch(x):\n    return " + "(" * 5_000 + "x", "syntax error"),
]


@pytest.mark.parametrize(("name", "value", "line"), CONVERTED)
def test_values_take_the_type_of_their_parameter(name, value, line):
    result, text = applied({name: value})
    assert (result.problems, result.projected) == ((), ())
    assert (result.complete, len(result.changed)) == (True, 1)
    assert changes(text) == [line]


@pytest.mark.parametrize(("name", "value", "line"), PROJECTED)
def test_values_are_moved_onto_their_constraint(name, value, line):
    result, text = applied({name: value})
    assert result.problems == () or "same as before" in result.problems[0]
    assert len(result.projected) == 1
    assert changes(text) in ([line], [])
    assert f"\n{line}" in text.replace("    ", "")


@pytest.mark.parametrize(("name", "value", "said"), REFUSED)
def test_what_is_refused_is_said_and_changes_nothing(name, value, said):
    result, text = applied({name: value})
    assert len(result.problems) == 1
    assert said in result.problems[0]
    assert (result.changed, result.sources, text) == ((), {}, SHOP)


def changes(text):
    """The lines that are new, without indentation and comment."""
    old = SHOP.splitlines()
    return [line.partition("  #")[0].strip() for line in text.splitlines() if line not in old]


def body(text, name="total"):
    """A function as it stands, from its decorators on."""
    found = {parameter.name: parameter for parameter in task_of(text)[0].find({})}
    return next(found[full].value for full in found if full.endswith(name))


class TestFunctions:
    WHOLE = (
        "@staticmethod\n"
        "def total(items: list[int], tax: float = 0.1, *, extra=None) -> float:  # tracepy: train\n"
        '    """The sum."""\n'
        "    step = 2  # tracepy: train in [1, 9]\n"
        "    base = 7  # tracepy: freeze\n"
        "    return step * base\n"
    )

    @pytest.mark.parametrize(
        "given",
        [
            WHOLE,
            "\n\n" + WHOLE.replace("\n", "\r\n") + "\n",
            f"```python\n{WHOLE}```",
            "    " + WHOLE.replace("\n", "\n    ").rstrip(),
            "class Cart:\n    " + WHOLE.replace("\n", "\n    ").rstrip(),
            WHOLE.partition("\n")[2],
            WHOLE.replace(": list[int]", "").replace(": float", "").replace(" -> float", ""),
            WHOLE.replace("tax: float = 0.1", "tax: float").replace("extra=None", "extra"),
            WHOLE.replace('    """The sum."""\n', ""),
            WHOLE.replace("  # tracepy: train in [1, 9]", "").replace("  # tracepy: train", ""),
            WHOLE.replace("  # tracepy: freeze", "  # seven"),
            WHOLE.replace("  # tracepy: freeze", "").replace(
                "  # tracepy: train", "  # tracepy: train"
            ),
        ],
    )
    def test_what_was_dropped_is_put_back(self, given):
        result, text = applied({"total": given})
        assert result.complete, result.problems
        new = body(text).replace("  # seven  # tracepy", "  # tracepy")
        assert new + "\n" == self.WHOLE

    def test_imports_move_into_the_function(self):
        given = "import re\nfrom math import pi\n\nasync def fetch(x):\n  '''Doc.'''\n  return pi"
        _, text = applied({"fetch": given})
        assert body(text, "fetch") == (
            "async def fetch(x):  # tracepy: train\n  '''Doc.'''\n  import re\n"
            "  from math import pi\n  return pi"
        )

    def test_a_function_on_one_line_stays_one(self):
        _, text = applied({"plain": "def plain(x): return x + 1"})
        assert "\ndef plain(x): return x + 1  # tracepy: train\n" in text

    def test_a_function_on_one_line_becomes_several(self):
        result, text = applied({"plain": "def plain(x):\n    y = x\n    return y + 1"})
        assert result.complete, result.problems
        assert "\ndef plain(x):  # tracepy: train\n    y = x\n    return y + 1\n" in text

    def test_comments_and_layout_alone_are_no_change(self):
        given = body(SHOP, "fetch").replace("return y", "return  y  # that")
        result, text = applied({"fetch": given})
        assert ["same as before" in problem for problem in result.problems] == [True]
        assert text == SHOP

    def test_what_lies_inside_is_changed_in_the_new_text(self):
        given = self.WHOLE.replace("step * base", "step + base")
        result, text = applied({"total": given, "total.step": 4})
        assert result.changed == ("shop:Cart.total", "shop:Cart.total.<step>")
        assert "step = 4  # tracepy: train in [1, 9]" in text
        assert "return step + base" in text

    def test_what_lies_inside_keeps_to_its_constraint(self):
        result, text = applied({"total": self.WHOLE.replace("step = 2", "step = 40")})
        assert result.complete
        assert len(result.projected) == 1
        assert "step = 9  # tracepy: train in [1, 9]" in text

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("base = 7", "base = 8"),
            ("    base = 7  # tracepy: freeze\n", ""),
            ("base = 7  # tracepy: freeze", "base = 7  # tracepy: freeze\n    base = 8"),
            ("base = 7  # tracepy: freeze", "base = 7  # tracepy: train"),
            ("base = 7  # tracepy: freeze", "other = 7  # tracepy: freeze\n    base = 8"),
            ("return step", "base += 1\n    return step"),
            ("return step", "for base in [1]: pass\n    return step"),
            ("return step", "global LIMIT\n    LIMIT = 1\n    return step"),
            ("train in [1, 9]", "train in [1, 99]"),
        ],
    )
    def test_what_is_frozen_stays(self, old, new):
        result, text = applied({"total": self.WHOLE.replace(old, new)})
        assert len(result.problems) == 1
        assert text == SHOP


class TestEdits:
    @pytest.mark.parametrize(
        ("edit", "line"),
        [
            (("fetch", "return y", "return y + 1"), "return y + 1"),
            (("shop:fetch", "    return y\nreturn", "    return 2\nreturn"), None),
            (("", "    return inner(x)", "    return inner(y)"), "return inner(y)"),
            (("shop.py", "return inner(x)", "return 1"), "return 1"),
            (("/project/shop.py", "  return inner(x)\n", "  return 1\n"), "return 1"),
            (("", "RATE = 0.2", "RATE = 0.25"), "RATE = 0.25"),
            (("RATE", "0.2", "0.25"), "RATE = 0.25"),
            (("RATE", "RATE = 0.2", "RATE = 0.25"), "RATE = 0.25"),
            (("PROMPT", "brief", "short"), 'PROMPT = "Be short."'),
            (("shop", 'PROMPT = "Be brief."', 'PROMPT = "Be short."'), 'PROMPT = "Be short."'),
            (("total", "return sum(items) * tax * step", "return sum(items)"), "return sum(items) + base"),
            (("shop.py", "  def inner(y):\n      return y", "  def inner(y):\n      return 3"), "return 3"),
        ],
    )  # fmt: skip
    def test_an_edit_within_its_parameter(self, edit, line):
        result, text = applied(edits=[edit])
        if line is None:
            assert "not at all" in result.problems[0]
        else:
            assert result.complete, result.problems
            assert changes(text) == [line]

    @pytest.mark.parametrize(
        ("edit", "said"),
        [
            (("fetch", "return z", "return 1"), "not at all"),
            (("fetch", "return", "yield"), "more than once"),
            (("fetch", "", "x"), "is empty"),
            (("", "import math", "import os"), "outside of what may change"),
            (("", "LIMIT = 3", "LIMIT = 4"), "outside of what may change"),
            (("", "        return LIMIT", "        return 9"), "outside of what may change"),
            (("", "LOUD = False  # tracepy: train", "LOUD = True"), "outside of what may change"),
            (("shop.py", "base = 7", "base = 8"), "frozen"),
            (("other.py", "a", "b"), "no parameter or file"),
            (("RATE", "0.2", "high"), "must be a number"),
        ],
    )
    def test_an_edit_that_is_refused(self, edit, said):
        result, text = applied(edits=[edit])
        assert len(result.problems) == 1
        assert said in result.problems[0]
        assert text == SHOP

    def test_several_edits_go_in_together(self):
        result, text = applied(
            {"SIZE": 32},
            [
                ("fetch", "return y", "return -y"),
                ("fetch", "(x)\n", "(x + 1)\n"),
                ("", "RATE = 0.2", "RATE = 0.3"),
            ],
        )
        assert "more than once" in result.problems[0]
        result, text = applied(
            {"SIZE": 32},
            [
                ("fetch", "return y", "return -y"),
                ("fetch", "inner(x)", "inner(2)"),
                ("", "RATE = 0.2", "RATE = 0.3"),
            ],
        )
        assert result.complete
        assert changes(text) == ["RATE = 0.3", "SIZE = 32", "return -y", "return inner(2)"]

    def test_a_parameter_is_given_or_edited(self):
        result, _ = applied({"fetch": body(SHOP, "fetch")}, [("fetch", "return y", "return 1")])
        assert "do one of them" in result.problems[0]
        result, _ = applied({"shop:RATE": 0.5, "RATE": 0.6})
        assert "given twice" in result.problems[0]


class TestTogether:
    def test_what_is_valid_is_kept_for_repair_only(self):
        result, text = applied({"RATE": 0.5, "SIZE": "big"})
        assert (result.changed, result.partial, result.complete) == (("shop:RATE",), True, False)
        assert changes(text) == ["RATE = 0.5"]

    def test_nothing_is_asked_for(self):
        result, text = applied({})
        assert (result.changed, result.problems, text) == ((), (), SHOP)

    def test_the_same_as_before(self):
        result, _ = applied({"RATE": 0.2, "MODE": "fast", "fetch": body(SHOP, "fetch")})
        assert ["same as before" in problem for problem in result.problems] == [True]

    def test_a_candidate_is_gone_on_from(self):
        result, text = applied({"SIZE": 8}, sources=SHOP.replace("0.2  #", "0.7  #"))
        assert result.changed == ("shop:SIZE",)
        assert changes(text) == ["RATE = 0.7", "SIZE = 8"]

    def test_back_to_the_originals_leaves_no_file(self):
        result, _ = applied({"RATE": 0.2}, sources=SHOP.replace("0.2  #", "0.7  #"))
        assert (result.complete, result.sources) == (True, {})

    def test_a_file_that_cannot_hold_a_character(self):
        task, path = task_of("# -*- coding: ascii -*-\ndef f(x):\n    return x\n")
        source = Source(task.originals[path].text, path, "ascii")
        task = replace(task, originals={path: source})
        given = Suggestion(values={"f": "def f(x):\n    return 'é'"})
        result = apply(task, {}, task.find({}), given)
        assert "as escapes" in result.problems[0]
