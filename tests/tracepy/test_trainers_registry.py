"""What is written behind `--trainer`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracepy.errors import UserError
from tracepy.evaluation.records import Evaluation
from tracepy.optimizers import Outcome, Proposal, Task
from tracepy.trainers import Shape
from tracepy.trainers.registry import names

TASK = Task({}, {}, Evaluation("ok", 0.0), 1, lambda _: [], lambda *_: [])
START = Outcome(Proposal({}, "as it stands"), TASK.baseline, 0.0)


@pytest.mark.parametrize("name", names())
def test_a_name_alone_is_enough(name):
    shape = Shape.of(name)
    assert shape == Shape(name)
    assert shape.selection(TASK, START).base() is START


def test_options_stand_behind_the_name():
    assert Shape.of("pareto:minibatch=3,patience=20,restarts=2") == Shape("pareto", 3, 20, 2)
    assert Shape.of("beam:width=2") == Shape("beam", own={"width": 2})
    assert Shape.of(" ucb : explore = 0.5 ") == Shape("ucb", own={"explore": 0.5})


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "beem": "no trainer is called 'beem'; there are: beam, greedy, pareto, sequential, ucb",
        "": "no trainer is called ''",
        "beam:": "options are written KEY=VALUE, not ''",
        "beam:4": "options are written KEY=VALUE, not '4'",
        "beam:width=4,": "options are written KEY=VALUE, not ''",
        "beam:width": "options are written KEY=VALUE, not 'width'",
        "beam:wide=4": "trainer beam has no option 'wide'; it has: minibatch, patience, restarts, width",
        "greedy:width=4": "trainer greedy has no option 'width'",
        "beam:width=4,width=5": "width is given twice",
        "beam:width=0": "width must be a whole number from 1 on, not '0'",
        "beam:width=-1": "width must be a whole number from 1 on, not '-1'",
        "beam:width=2.5": "width must be a whole number from 1 on, not '2.5'",
        "beam:width=²": "width must be a whole number from 1 on",
        f"beam:width={'9' * 5000}": "width must be a whole number from 1 on",
        "ucb:explore=nan": "explore must be a number from 0 on, not 'nan'",
        "ucb:explore=lots": "explore must be a number from 0 on, not 'lots'",
        "greedy:restarts=2": "restarts needs patience",
    }.items(),
)  # fmt: skip
def test_what_is_not_understood_is_said(text, said):
    with pytest.raises(UserError) as caught:
        Shape.of(text)
    assert said in str(caught.value)


@given(st.text(max_size=30) | st.from_regex(r"(beam|ucb|pareto):[a-z]{0,8}=?[0-9.,=a-z-]{0,12}"))
def test_whatever_is_written_is_understood_or_refused(text):
    try:
        shape = Shape.of(text)
    except UserError:
        return
    assert shape.selection(TASK, START).base() is START
