"""Discovery: names, marks and what counts as a candidate."""

from textwrap import dedent

import pytest

from tracepy.errors import UserError
from tracepy.transforms.discover import discover, objectives
from tracepy.transforms.pragmas import Constraint
from tracepy.transforms.source import Source


def found(text: str, module: str = "m"):
    return {item.name: item for item in discover(Source(dedent(text), "m.py"), module)}


def marks(text: str) -> dict[str, str | None]:
    return {name: item.mark for name, item in found(text).items()}


def test_names_follow_the_contract():
    text = """
        DISCOUNT = 0.1
        class Policy:
            depth = 3
            def act(self, board, width=7):
                limit = 5
                self.seen = -2
                def inner(k=1):
                    return k
                return inner
    """
    assert list(found(text, "pkg.agent")) == [
        "pkg.agent:DISCOUNT",
        "pkg.agent:Policy.depth",
        "pkg.agent:Policy.act",
        "pkg.agent:Policy.act.<width>",
        "pkg.agent:Policy.act.<limit>",
        "pkg.agent:Policy.act.<self.seen>",
        "pkg.agent:Policy.act.<locals>.inner",
        "pkg.agent:Policy.act.<locals>.inner.<k>",
    ]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("x = -3", {"x": ("number", -3)}),
        ("x: float = 1e-3", {"x": ("number", 1e-3)}),
        ("x = True", {"x": ("bool", True)}),
        ("x = 'a' 'b'", {"x": ("string", "ab")}),
        ("x = (1, [2, {'a': 3}])", {"x": ("literal", (1, [2, {"a": 3}]))}),
        ("x = 1, 2", {"x": ("literal", (1, 2))}),
        ("a = b = 3", {"a": ("number", 3)}),
        ("EW, NS = 15, 20", {"EW": ("number", 15), "NS": ("number", 20)}),
        ("a, (b, c) = 1, (2, 3)", {"a": ("number", 1), "b": ("number", 2), "c": ("number", 3)}),
        ("a, b = 1, f()", {"a": ("number", 1)}),
        ("a, *b = 1, 2, 3", {}),
        ("x = f(1)", {}),
        ("x = set()", {}),
        ("x = ...", {}),
        ("x = f'{y}'", {}),
        ("x += 1", {}),
        ("x: int", {}),
        ("if y:\n    x = 1\nelse:\n    z = 2", {"x": ("number", 1), "z": ("number", 2)}),
        (
            "try:\n    x = 1\nexcept E:\n    z = 2\nfinally:\n    w = 3",
            {"x": ("number", 1), "z": ("number", 2), "w": ("number", 3)},
        ),
        ("match y:\n    case 1:\n        x = 2", {"x": ("number", 2)}),
    ],
)
def test_assignments_to_literals(statement, expected):
    items = found(statement)
    assert {name[2:]: (item.kind, item.value) for name, item in items.items()} == expected


def test_positions_are_those_of_the_literal_even_behind_wide_characters():
    text = "ß, x = 'é', -15  # tracepy: train\n"
    assert [text[i.start : i.end] for i in found(text).values()] == ["'é'", "-15"]


def test_a_function_is_taken_with_its_decorators_and_without_its_indentation():
    text = (
        "class A:\n    @property\n    def x(self):\n        '''Doc\n  less.'''\n        return 1\n"
    )
    item = found(text)["m:A.x"]
    assert text[item.start : item.end] == text[text.index("@") : -1]
    assert item.value == "@property\ndef x(self):\n    '''Doc\n  less.'''\n    return 1"
    assert (item.line, item.end_line) == (2, 6)


def test_the_second_of_a_name_is_numbered():
    assert list(found("x = 1\nx = 2\ndef f(): pass\ndef f(): pass\n")) == [
        "m:x", "m:x#2", "m:f", "m:f#2",
    ]  # fmt: skip


def test_what_says_nothing_is_not_usual():
    items = found(
        "__all__ = ['a']\nx = None\ny = []\nz = 0\ndef f():\n    def g(): pass\ndef test_f(): pass\n"
    )
    assert {name for name, item in items.items() if item.usual} == {"m:z", "m:f"}


class TestPragmas:
    def test_on_the_line_or_the_line_before(self):
        text = """
            a = 1  # tracepy: train in [0, 5]
            # tracepy: train
            # the number of lanes
            b = 2
            c = 3
        """
        assert marks(text) == {"m:a": "train", "m:b": "train", "m:c": None}
        assert found(text)["m:a"].constraint == Constraint(0, 5)

    def test_at_the_first_or_last_line_of_a_long_literal(self):
        text = "a = [  # tracepy: train\n    1,\n]\nb = [\n    1,\n]  # tracepy: train\n"
        assert marks(text) == {"m:a": "train", "m:b": "train"}

    def test_of_a_tuple_assignment_speak_of_each(self):
        assert marks("a, b = 1, 2  # tracepy: train\n") == {"m:a": "train", "m:b": "train"}

    def test_at_a_def_speak_of_the_function_only(self):
        text = """
            def f(x=1):  # tracepy: train
                y = 2
            # tracepy: train
            @decorator
            def g(): pass
            @decorator  # tracepy: train
            def h(): pass
            def long(
                a,
                b=1,
            ) -> int:  # tracepy: train
                pass
        """
        assert [name for name, mark in marks(text).items() if mark] == [
            "m:f", "m:g", "m:h", "m:long",
        ]  # fmt: skip

    def test_at_a_default_speak_of_it(self):
        text = """
            def f(
                a=1,  # tracepy: train in [0, 9]
                # tracepy: train
                b=2,
                *, c=3):  # tracepy: train
                pass
            def g(x=1):  # tracepy: train in {1, 2}
                pass
        """
        assert [name for name, mark in marks(text).items() if mark] == [
            "m:f.<a>", "m:f.<b>", "m:f.<c>", "m:g.<x>",
        ]  # fmt: skip

    def test_at_a_class_speak_of_every_method(self):
        text = """
            class A:  # tracepy: train
                k = 1
                def f(self): pass
                def g(self): pass  # tracepy: freeze
        """
        assert marks(text) == {
            "m:A.k": None, "m:A.f": "train", "m:A.g": "freeze",
        }  # fmt: skip

    def test_freeze_holds_for_what_is_inside(self):
        text = """
            class A:  # tracepy: freeze
                k = 1
                def f(self, d=2):
                    x = 3
            def g(d=1):  # tracepy: freeze
                x = 2
                y = 3  # tracepy: train
        """
        assert {name for name, mark in marks(text).items() if mark != "freeze"} == {"m:g.<y>"}

    def test_a_marked_step_of_a_total_counts(self):
        assert marks("x += 0.1  # tracepy: train\n") == {"m:x": "train"}

    @pytest.mark.parametrize(
        "text",
        [
            "x = f()  # tracepy: train\n",
            "return_value = 1\n# tracepy: train\n\nx = 1\n",
            "for i in range(3):  # tracepy: freeze\n    pass\n",
            "def f(\n    a=[g()],  # tracepy: train\n    b=1,\n): pass\n",
            "x = 1  # tracepy: objective\n",
        ],
    )
    def test_that_speak_of_nothing_are_an_error(self, text):
        with pytest.raises(UserError, match=r"m\.py:\d: `# tracepy: \w+` (stands|belongs) at"):
            discover(Source(text, "m.py"), "m")

    def test_a_range_is_not_for_functions_or_strings(self):
        with pytest.raises(UserError, match=r"m\.py:1: a range or choice is for a literal"):
            found("def f():  # tracepy: train in [0, 1]\n    pass\n")
        with pytest.raises(UserError, match=r"m\.py:1: a range is for numbers"):
            found("x = 'a'  # tracepy: train in [0, 1]\n")

    def test_objectives_are_functions(self):
        text = "# tracepy: objective\ndef score(): pass\nclass A:\n    def s(self): pass  # tracepy: objective\n"
        assert objectives(Source(text)) == ["score", "A.s"]
        assert marks(text) == {"m:score": "freeze", "m:A.s": "freeze"}


class TestExplicit:
    def test_the_decorator_under_any_of_its_names(self):
        text = """
            import tracepy as tp
            from tracepy import train as improve
            @tp.train
            def f(): pass
            @improve
            def g(): pass
            @other.train
            def h(): pass
        """
        assert marks(text) == {"m:f": "train", "m:g": "train", "m:h": None}

    def test_param_gives_constraint_and_name(self):
        text = """
            import tracepy
            from tracepy import param
            RATE = tracepy.param(0.5, low=0, high=1)
            def f(k=param(3, choices=[1, 3]), j=1):
                return g(param("hi", words="short", name="greeting"), param(1.5))
        """
        items = {name: item for name, item in found(text).items() if item.mark}
        assert {name: item.constraint for name, item in items.items()} == {
            "m:RATE": Constraint(0, 1),
            "m:f.<k>": Constraint(choices=(1, 3)),
            "m:f.<greeting>": Constraint(words="short"),
            "m:f.<param>": Constraint(),
        }

    @pytest.mark.parametrize(
        "call", ["param(x)", "param(1, low=y)", "param(1, 2)", "param(1, lo=2)"]
    )
    def test_param_takes_literals_only(self, call):
        with pytest.raises(UserError, match=r"m\.py:2: tracepy\.param"):
            found(f"from tracepy import param\nz = {call}\n")
