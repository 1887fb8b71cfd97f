"""Views that are kept: the same program is read once, and anew where more is known of it."""

from tests.tracepy.prompting import FIGURE, recorded, task_of
from tracepy.evaluation.records import Case, Evaluation
from tracepy.optimizers.generative.start import Start
from tracepy.optimizers.generative.views import Views

GRAPHLESS = Evaluation("ok", 0.0, "", (Case("one", 0.0, "wrong"), Case("two", 0.0, "wrong too")))


def start(task, evaluation, number=0):
    return Start({}, evaluation, number, task.find({}))


def test_a_program_is_read_once(tmp_path):
    task = task_of(tmp_path, FIGURE)
    views = Views(task)
    first = views.of(start(task, GRAPHLESS))
    assert views.of(start(task, GRAPHLESS)) is first
    assert views.of(start(task, GRAPHLESS, 1)) is not first


def test_a_minibatch_has_a_view_of_its_own(tmp_path):
    task = task_of(tmp_path, FIGURE)
    views = Views(task)
    assert len(views.of(start(task, GRAPHLESS)).failures) == 2
    assert len(views.of(start(task, GRAPHLESS), ("two",)).failures) == 1


def test_what_is_traced_later_is_read_anew(tmp_path, load):
    task = task_of(tmp_path, FIGURE)
    views = Views(task)
    assert views.of(start(task, GRAPHLESS)).outputs == ()
    text = recorded(load, FIGURE).to_json()
    assert views.of(start(task, Evaluation("ok", 0.0, graph=text))).outputs
