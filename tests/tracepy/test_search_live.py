"""Constants that did not run are not tuned: which ones they are, by the lines that ran."""

from pathlib import Path

from tracepy import parameters as theta
from tracepy.evaluation.records import Evaluation, TraceFacts
from tracepy.optimizers.search.live import asleep
from tracepy.target import resolve
from tracepy.transforms.source import Source

TEXT = """\
FAST = True
STEP = 0.5
FINE = 0.1
SIZE = 8
TABLE = [0] * SIZE


class Walker:
    pace = 2.0

    def walk(self):
        return self.pace


def move(x, by=3.0):
    if FAST:
        return x + STEP
    near = 0.25
    return x + FINE * near


def other(x, factor=2.0):
    return x * factor
"""


def sleeping(tmp_path: Path, *lines: int) -> set[str]:
    path = tmp_path / "model.py"
    path.write_text(TEXT)
    target = resolve("model.py", tmp_path)
    numbers = [one for one in theta.find(target) if one.kind in ("number", "bool")]
    (name,) = {one.path for one in numbers}
    trace = TraceFacts(cases={"case": {name: list(lines)}})
    found = asleep(numbers, Evaluation("ok", 1.0, trace=trace), {name: Source.read(path)})
    return {one.partition(":")[2] for one in found}


MOVE = (16, 17)


def test_what_only_the_other_branch_reads_is_asleep(tmp_path: Path) -> None:
    found = sleeping(tmp_path, *MOVE)
    assert found == {"FINE", "move.<near>", "other.<factor>", "Walker.pace"}


def test_it_wakes_when_the_branch_is_taken(tmp_path: Path) -> None:
    found = sleeping(tmp_path, 16, 18, 19)
    assert found == {"STEP", "other.<factor>", "Walker.pace"}


def test_what_is_read_at_import_is_always_awake(tmp_path: Path) -> None:
    assert "SIZE" not in sleeping(tmp_path, *MOVE)


def test_an_attribute_wakes_the_constant_of_a_class(tmp_path: Path) -> None:
    assert "Walker.pace" not in sleeping(tmp_path, *MOVE, 12)


def test_without_a_trace_all_are_awake(tmp_path: Path) -> None:
    assert sleeping(tmp_path) == set()
