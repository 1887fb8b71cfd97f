"""The programs in examples/ start as bad as they say, and can be made as good as they say."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("agent", "held_out", "intersection", "seeds", "grid", "invoice")


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Imports a module of an example as its own folder would."""

    def load(folder: str, name: str) -> ModuleType:
        monkeypatch.syspath_prepend(str(EXAMPLES / folder))
        return importlib.import_module(name)

    for name in NAMES:
        sys.modules.pop(name, None)
    yield load
    for name in NAMES:
        sys.modules.pop(name, None)


@pytest.mark.parametrize("file", ["battleship/agent.py", "unmarked/invoice.py"])
def test_runs_without_tracepy(file: str) -> None:
    code = f"import runpy, sys; sys.modules['tracepy'] = None; runpy.run_path({file!r})"
    done = subprocess.run([sys.executable, "-c", code], cwd=EXAMPLES, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("file", ["traffic/intersection.py", "battleship/agent.py"])
def test_does_not_import_tracepy(file: str) -> None:
    tree = ast.parse((EXAMPLES / file).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert imports and not any("tracepy" in ast.unparse(node) for node in imports)


def test_battleship_starts_below_an_enumerator_and_ends_above(example, tmp_path: Path) -> None:
    held_out = example("battleship", "held_out")
    text = (EXAMPLES / "battleship/agent.py").read_text(encoding="utf-8")
    fixed = tmp_path / "fixed.py"
    fixed.write_text(text.replace("if near == HIT:", "if near != HIT:"), encoding="utf-8")
    tuned = tmp_path / "tuned.py"
    tuned.write_text(
        fixed.read_text(encoding="utf-8")
        .replace("CENTRE_WEIGHT = 2.0", "CENTRE_WEIGHT = 0.0")
        .replace("ADJACENT_WEIGHT = 1.0", "ADJACENT_WEIGHT = 5.0"),
        encoding="utf-8",
    )

    def mean(player) -> float:
        return held_out.held_out(player, range(1, 4), 60)[0]

    enumerated = mean(held_out.enumerator)
    start = mean(held_out.agent_in(EXAMPLES / "battleship/agent.py"))
    assert 0.45 < enumerated < 0.51
    assert start < enumerated
    assert mean(held_out.agent_in(fixed)) > enumerated + 0.04
    assert mean(held_out.agent_in(tuned)) > enumerated + 0.08


def test_battleship_is_dealt_and_judged_as_the_paper_says(example) -> None:
    agent = example("battleship", "agent")
    (board,) = agent.boards(3, 1)
    squares = [(row, col) for row in range(5) for col in range(5)]
    assert sum(board.shoot(*square) for square in squares) == 12
    assert not board.shoot(*squares[0])
    assert not board.shoot(9, 0)
    assert agent.SHOTS == 12
    assert agent.evaluate() == agent.evaluate()


def test_unmarked_fails_the_two_tests_that_it_says(tmp_path: Path) -> None:
    test = (EXAMPLES / "unmarked/test_invoice.py").read_text(encoding="utf-8")
    text = (EXAMPLES / "unmarked/invoice.py").read_text(encoding="utf-8")
    assert "tracepy" not in text + test

    def failures(source: str) -> set[str]:
        (tmp_path / "invoice.py").write_text(source, encoding="utf-8")
        (tmp_path / "test_invoice.py").write_text(test, encoding="utf-8")
        command = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        lines = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
        return {line.split()[1].partition("::")[2] for line in lines}

    assert failures(text) == {
        "test_no_fee_until_the_due_day",
        "test_late_fee_counts_every_month_begun",
    }
    assert failures(text.replace("(self.due() - paid)", "(paid - self.due())")) == set()


def test_traffic_demand_is_what_the_simulator_makes_of_the_papers(example) -> None:
    uxsim = pytest.importorskip("uxsim")
    numpy = pytest.importorskip("numpy")
    intersection = example("traffic", "intersection")
    world = uxsim.World(deltan=1, tmax=1800, print_mode=0, save_mode=0, random_seed=42)
    names = [name for name, *_ in intersection.ENDS]
    for name in names:
        world.addNode(name, 0, 0)
    uniform = numpy.random.RandomState(42).uniform
    for start in names:
        for goal in (name for name in names if name != start):
            for second in range(0, 1800, 6):
                peak = ((start, goal) == ("W1", "E1") and second < 600) or (
                    (start, goal) == ("E1", "W1") and second >= 1200
                )
                flow = uniform(0, 0.25) + (0.25 if peak else 0)
                world.adddemand(start, goal, second, second + 6, flow)
    made = [(int(v.departure_time), v.orig.name, v.dest.name) for v in world.VEHICLES.values()]
    assert sorted(made) == intersection.demand(42)
    assert len(made) == 1456


def test_traffic_scores_what_the_grid_says(example) -> None:
    pytest.importorskip("uxsim")
    intersection, grid = example("traffic", "intersection"), example("traffic", "grid")
    scores = json.loads(grid.FILE.read_text(encoding="utf-8"))["scores"]["42"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        start = intersection.score()
    best = min(scores)
    where = grid.pairs()[scores.index(best)]
    assert start == pytest.approx(scores[grid.pairs().index((15, 15))], rel=1e-3)
    assert grid.point((*where, 42)) == pytest.approx(best, rel=1e-3)
    assert best < 0.6 * start


def test_traffic_refuses_greens_out_of_range(example, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("uxsim")
    intersection = example("traffic", "intersection")
    monkeypatch.setattr(intersection, "NS_GREEN", 14)
    with pytest.raises(ValueError, match="a green of 14 s"):
        intersection.score()
