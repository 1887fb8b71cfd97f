"""The chain of calls from the judged output back to the parameters."""

from __future__ import annotations

from tests.tracepy.prompting import Load, recorded
from tracepy.graph.propagate import Condensed
from tracepy.optimizers.generative.chain import Step, chain

TAXED = """
RATE = 0.5  # tracepy: train


def scaled(x):
    return x * RATE


def tax(net):
    return net * 0.2


def total(net):
    return net + tax(net)


def objective():
    net = scaled(10)
    return total(net)
"""
"""What `scaled` gives is used three times: by its caller, and by two calls that are handed it."""

LOOP = """
A = 1  # tracepy: train


def add(x):
    return x + A


def objective():
    s = 0
    for i in range(40):
        s = add(s)
    return s
"""


def about(steps: tuple[Step, ...]) -> list[tuple[str, int, list[str], tuple[str, ...]]]:
    return [
        (one.label, one.level, [steps[index].label for index in one.steps], one.parameters)
        for one in steps
    ]


def test_a_call_comes_after_all_that_its_result_went_into(load: Load) -> None:
    steps = chain(recorded(load, TAXED), ["sample:RATE"], [], 24)
    assert about(steps) == [
        ("objective", 0, ["total", "scaled"], ()),
        ("total", 1, ["tax", "scaled"], ()),
        ("tax", 2, ["scaled"], ()),
        ("scaled", 3, [], ("sample:RATE",)),
    ]
    assert steps[0].values == (("net@17", ("5.0",)),)
    assert steps[2].given == (("net", ("5.0",)),) and steps[2].gives == ("1.0",)


def test_a_function_that_may_change_is_an_input_of_its_own_calls(load: Load) -> None:
    steps = chain(recorded(load, TAXED), ["sample:RATE"], ["sample:tax"], 24)
    assert {one.label: one.parameters for one in steps if one.parameters} == {
        "tax": ("sample:tax",),
        "scaled": ("sample:RATE",),
    }


def test_calls_are_numbered_in_the_order_of_time(load: Load) -> None:
    steps = chain(recorded(load, LOOP), ["sample:A"], [], 50)
    assert [one.label for one in steps[:3]] == ["objective", "add#40", "add#39"]
    # An addition is criticised by its caller, and by the addition that it was handed to.
    assert steps[2].level == 2 and steps[40].level == 40
    assert steps[1].steps == (2,) or 2 in steps[1].steps


def test_too_many_calls_are_drawn_together_by_function_then_by_module(load: Load) -> None:
    graph = recorded(load, LOOP)
    (whole, add) = chain(graph, ["sample:A"], [], 24)
    assert about((whole, add)) == [
        ("objective", 0, ["add"], ()),
        ("add", 1, [], ("sample:A",)),
    ]
    assert add.calls == 40 and add.gives[:2] == ("1", "2")
    (module,) = chain(graph, ["sample:A"], [], 1)
    assert (module.label, module.gives, module.parameters) == ("sample", ("40",), ("sample:A",))
    assert chain(graph, ["sample:A"], [], 0) == ()


def test_of_a_condensed_graph_it_is_the_same_chain(load: Load) -> None:
    folded = Condensed(12).propagate(recorded(load, LOOP))
    (_, add) = chain(folded, ["sample:A"], [], 5)
    assert (add.label, add.calls, add.parameters) == ("add", 40, ("sample:A",))


def test_without_a_parameter_in_the_graph_there_is_no_chain(load: Load) -> None:
    assert chain(recorded(load, TAXED), ["sample:OTHER"], [], 24) == ()
