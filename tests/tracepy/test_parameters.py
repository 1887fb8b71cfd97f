"""Parameters: which there are, and how a new value is written."""

import ast
from textwrap import dedent

import pytest

from tracepy.errors import UserError
from tracepy.parameters import Constraint, find, replace
from tracepy.target import resolve
from tracepy.transforms.edit import apply_edits

SHOP = """
RATE = 0.2
NAMES = ["a", "b"]
class Cart:
    size = 3
    def total(self, tax=0.1):
        extra = 5
        def inner(): pass
        return extra
"""
MARKED = """
A = 1  # tracepy: train in [0, 9]
B = 2
# tracepy: freeze
C = 3
def f(x=1): pass
"""


@pytest.fixture
def module(tmp_path):
    def make(text, name="m.py", qualname=""):
        (tmp_path / name).write_text(dedent(text))
        return resolve(f"{name}{qualname}", tmp_path.resolve())

    return make


def names(parameters):
    return [parameter.name for parameter in parameters]


class TestFind:
    def test_without_marks_every_function_and_literal(self, module):
        found = find(module(SHOP))
        assert names(found) == [
            "m:RATE", "m:NAMES", "m:Cart.size", "m:Cart.total", "m:Cart.total.<tax>",
            "m:Cart.total.<extra>",
        ]  # fmt: skip
        assert not any(parameter.marked for parameter in found)

    def test_with_marks_only_those(self, module):
        [parameter] = find(module(MARKED))
        assert (parameter.name, parameter.marked) == ("m:A", True)
        assert parameter.constraint == Constraint(0, 9, integer=True)

    def test_train_adds_to_the_marks(self, module):
        assert names(find(module(MARKED), train=["m:f"])) == ["m:A", "m:f"]

    def test_train_alone_takes_only_what_it_names(self, module):
        assert names(find(module(SHOP), train=["*.<*>"])) == [
            "m:Cart.total.<tax>", "m:Cart.total.<extra>",
        ]  # fmt: skip
        assert names(find(module(SHOP), train=["RATE"])) == ["m:RATE"]

    def test_freeze_wins_and_holds_for_what_is_inside(self, module):
        assert names(find(module(SHOP), freeze=["m:Cart"])) == ["m:RATE", "m:NAMES"]
        assert names(find(module(SHOP), train=["*"], freeze=["*Cart*", "NAMES"])) == ["m:RATE"]
        assert "m:C" not in names(find(module(MARKED), train=["*"]))

    def test_a_qualname_narrows_the_target(self, module):
        assert names(find(module(SHOP, qualname=":Cart.total"))) == [
            "m:Cart.total", "m:Cart.total.<tax>", "m:Cart.total.<extra>",
        ]  # fmt: skip
        assert names(find(module(SHOP, qualname=":RATE"))) == ["m:RATE"]

    def test_sources_are_read_instead_of_files(self, module):
        target = module(SHOP)
        [path] = map(str, target.modules.values())
        assert names(find(target, {path: "X = 1\n"})) == ["m:X"]

    def test_an_int_is_whole_unless_its_range_has_fractions(self, module):
        text = "a = 1\nb = 1  # tracepy: train in [0.0, 1.0]\nc = 1  # tracepy: train\nd = 1.0  # tracepy: train\n"
        found = find(module(text))
        assert [item.constraint.integer for item in found] == [False, True, False]

    @pytest.mark.parametrize(
        ("text", "options", "message"),
        [
            ("import os\n", {}, "no function and no literal"),
            ("x = 1  # tracepy: freeze\n", {}, "everything is frozen"),
            (
                "x = 1  # tracepy: train\n",
                {"freeze": ["m:x"]},
                "everything that is marked is frozen",
            ),
            (
                "RATE = 1\n",
                {"train": ["m:RAET"]},
                r"--train m:RAET matches .* did you mean m:RATE\?",
            ),
            ("RATE = 1\n", {"train": ["RAET"]}, r"did you mean m:RATE\?"),
            ("x = 1  # tracepy: trian\n", {}, r"m\.py:1: bad pragma"),
        ],
    )
    def test_mistakes(self, module, text, options, message):
        with pytest.raises(UserError, match=message):
            find(module(text), **options)

    def test_an_unknown_qualname_names_its_neighbours(self, module):
        with pytest.raises(UserError, match=r"did you mean .*Cart\.total"):
            find(module(SHOP, qualname=":Cart.totl"))


class TestReplace:
    @staticmethod
    def replaced(target, name, new, text=None):
        [path] = target.modules.values()
        if text is None:
            text = path.read_bytes().decode()
        found = {item.name: item for item in find(target, {str(path): text}, train=["*"])}
        return apply_edits(text, [replace(text, found[name], new)])

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ("x = 15", 30, "x = 30"),
            ("x = 15", 30.0, "x = 30"),
            ("x = -15  # why", 2, "x = 2  # why"),
            ("x = 1.5", 2, "x = 2.0"),
            ("x = 0.1", 0.1 + 0.2, "x = 0.30000000000000004"),
            (
                "x = 1  # tracepy: train in [0.0, 1.0]",
                0.5,
                "x = 0.5  # tracepy: train in [0.0, 1.0]",
            ),
            ("x = True", False, "x = False"),
            ("x = 'a'", "b", "x = 'b'"),
            ("y = x = 'a'; z = 1", "b", None),
            ("a, x = 1, 2", 3, "a, x = 1, 3"),
            ("x = [1, 2]", [2, 1], "x = [2, 1]"),
        ],
    )
    def test_literals(self, module, old, new, expected):
        name = "m:y" if expected is None else "m:x"
        expected = expected or "y = x = 'b'; z = 1"
        assert self.replaced(module(old + "\n"), name, new) == expected + "\n"

    @pytest.mark.parametrize(
        ("old", "new"), [("x = 1", 1.5), ("x = 1", True), ("x = 1", "a"), ("x = 1.0", float("nan"))]
    )
    def test_values_of_the_wrong_type_are_refused(self, module, old, new):
        with pytest.raises(ValueError, match=r"number|literal"):
            self.replaced(module(old + "\n"), "m:x", new)

    def test_a_method_is_indented_to_its_place(self, module):
        text = "class A:\n\tdef f(self):\n\t\treturn 1\n\n\tx = 1\n"
        new = 'def f(self):\n    """Doc\n  kept."""\n\n    return 2\n'
        assert self.replaced(module(text), "m:A.f", new) == (
            'class A:\n\tdef f(self):\n\t    """Doc\n  kept."""\n\n\t    return 2\n\n\tx = 1\n'
        )

    def test_a_function_written_back_unchanged_changes_nothing(self, module):
        target = module(
            SHOP + "\n    @property\n    def doc(self):\n        '''A\n b'''\n        return 1\n"
        )
        [path] = target.modules.values()
        text = path.read_text()
        for parameter in find(target):
            edit = replace(text, parameter, parameter.value)
            assert apply_edits(text, [edit]) == text, parameter.name

    def test_line_ends_are_those_of_the_file(self, module):
        text = "def f():\r\n    return 1\r\nX = '''a\r\nb'''\r\n"
        target = module("X = 1\n")
        assert self.replaced(target, "m:f", "def f():\n    return 2\n", text) == text.replace(
            "1", "2"
        )
        new = self.replaced(target, "m:X", "a\nc", text)
        assert new == text.replace("b'''", "c'''")
        assert ast.literal_eval(new[new.index("'''") :].strip()) == "a\nc"

    def test_a_latin_1_file_gets_escapes_for_what_it_cannot_hold(self, module):
        text = "# -*- coding: latin-1 -*-\nx = 'é'\n"
        assert self.replaced(module("x = 1\n"), "m:x", "€", text).endswith("x = '\\u20ac'\n")

    @pytest.mark.parametrize("new", ["x = 1", "def f(:", "def f(): pass\ndef g(): pass", 3, ""])
    def test_a_function_becomes_one_function(self, module, new):
        with pytest.raises(ValueError, match="m:f"):
            self.replaced(module("def f(): pass\n"), "m:f", new)
