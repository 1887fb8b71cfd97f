"""What programs do on the same inputs: hostile ones, too."""

from pathlib import Path

import pytest

from tracepy.fixes.behaviour import Behaviour, Observer, Outcome, chosen, is_constant
from tracepy.fixes.inputs import Input
from tracepy.settings import Settings
from tracepy.target import resolve

PROGRAM = "def f(n):\n    return n * 2\n"


def given(*arguments: str) -> list[Input]:
    return [Input("m", "f", {"n": text}, f"f({text})", False) for text in arguments]


@pytest.fixture
def observe(tmp_path: Path):
    """The outcomes of programs beside those of `PROGRAM`, which come first."""
    (tmp_path / "pyproject.toml").write_text("")
    path = tmp_path / "m.py"
    path.write_text(PROGRAM)
    observer = Observer(resolve("m.py", tmp_path), Settings(workers=1))

    def run(*programs: str, arguments: tuple[str, ...] = ("1", "2", "3")):
        return observer.observe([{str(path): text} for text in programs], given(*arguments), None)

    return run


def shown(behaviour: Behaviour) -> list[str]:
    return [outcome.shown for outcome in behaviour.outcomes.values()]


def test_results_are_compared_by_type_and_value(observe):
    stands, same, other = observe(
        "def f(n):\n    return n + n\n", "def f(n):\n    return float(n * 2)\n"
    )
    assert shown(stands) == ["2", "4", "6"]
    assert not same.differs(stands)
    assert other.differs(stands) == [0, 1, 2]


def test_exceptions_are_outcomes(observe):
    stands, other = observe("def f(n):\n    return [5, 6][n]\n")
    assert shown(other) == ["6", "raises IndexError", "raises IndexError"]
    assert len(other.differs(stands)) == 3


def test_what_becomes_of_the_arguments_counts(observe):
    text = "def f(n):\n    n.append(1)\n    return n[:-1] * 2\n"
    stands, other = observe(text, arguments=("[4]",))
    assert shown(stands) == shown(other) == ["[4, 4]"]
    assert other.differs(stands) == [0]


def test_a_call_that_hangs_does_not_take_the_others_along(observe):
    stands, other = observe("def f(n):\n    while n == 2:\n        pass\n    return n * 2\n")
    assert shown(other) == ["2", "takes too long", "6"]
    assert other.differs(stands) == [1]


def test_what_hangs_always_is_given_up(observe):
    _, other = observe("def f(n):\n    while True:\n        pass\n")
    assert shown(other) == ["takes too long"] * 2


def test_output_without_end_and_results_without_measure_are_bounded(observe):
    stands, other = observe("def f(n):\n    print('x' * 10_000)\n    return 'x' * 50_000_000 * n\n")
    assert all(len(text) <= 120 for text in shown(other))
    assert len(other.differs(stands)) == len(other.outcomes)


def test_an_object_whose_repr_raises_is_an_outcome(observe):
    text = "class C:\n    def __repr__(self):\n        raise OSError\n\ndef f(n):\n    return C()\n"
    _, other = observe(text)
    assert all("repr raises OSError" in text for text in shown(other))


def test_addresses_make_no_difference(observe):
    text = "class C: pass\n\ndef f(n):\n    return C()\n"
    _, one, other = observe(text, text + "\n")
    assert one.outcomes and not one.differs(other)


def test_a_candidate_that_ends_its_process_is_unknown_not_different(observe):
    stands, other = observe("import os\n\ndef f(n):\n    os._exit(0)\n")
    assert len(stands.outcomes) == 3
    assert not other.outcomes and not other.differs(stands)


def test_inputs_on_which_chance_decides_are_left_out(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text("")
    path = tmp_path / "m.py"
    path.write_text("import random\n\ndef f(n):\n    return n and random.random()\n")
    observer = Observer(resolve("m.py", tmp_path), Settings(workers=1))
    (stands,) = observer.observe([], given("0", "1"), None)
    assert shown(stands) == ["0"]


def test_only_changed_functions_are_called_or_where_these_cannot_be_any():
    text = "def f(n):\n    return n\n\n\ndef g(n):\n    return n\n"
    calls = {"m.py": {"f": [{"n": "1"}], "g": [{"n": "1"}]}}

    def called(after: str, calls) -> set[str]:
        return {x.function for x in chosen(calls, {"m.py": "m"}, {"m.py": text}, [{"m.py": after}])}

    after = text.replace("g(n):\n    return n", "g(n):\n    return -n")
    assert called(after, calls) == {"g"}
    assert called(after, {"m.py": {"f": [{"n": "1"}]}}) == {"f"}


def test_a_constant_where_there_was_none_before():
    inputs = given(*"01234")
    same = Behaviour({n: Outcome("7", "a") for n in range(5)})
    before = Behaviour({n: Outcome(str(n), str(n)) for n in range(5)})
    assert is_constant(same, before, inputs)
    assert not is_constant(before, before, inputs)
    assert not is_constant(same, same, inputs)
