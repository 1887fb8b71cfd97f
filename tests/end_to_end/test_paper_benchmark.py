"""The paper's experiments: cells are kept and not run twice, tables fill no cell that was not run."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.numbers import paper as drawn
from benchmarks.paper import battleship, domains, numerical, ours, tables
from benchmarks.paper.__main__ import main
from benchmarks.paper.cells import Cells
from benchmarks.paper.domain import Asked, Domain, Found, Method, Model
from benchmarks.paper.figures import draw
from benchmarks.paper.running import run
from tracepy import parameters
from tracepy.target import resolve

COUNTED = Domain(
    name="counted",
    title="Counting",
    methods={
        "up": Method(lambda asked: Found({"last": [float(i) for i in range(asked.steps + 1)]})),
        "flat": Method(lambda asked: Found({"last": [2.0]}), once=True),
        "model": Method(lambda asked: Found({"last": []}), asks=True),
    },
    seeds=(0, 1, 2),
    steps=4,
    quick=(1, 2),
    curves={"last": "last iterate"},
    at=(0, 2, 4),
    published={"up": {0: 0.0, 4: 3.5}},
)


def kept(folder: Path, method: str, curve: list[float | None], seed: int, steps: int = 4) -> None:
    asked = Asked("counted", method, seed, steps)
    Cells(asked, folder).keep(asked, COUNTED.methods[method], Found({"last": curve}), 0.5)


def test_a_cell_is_kept_with_versions_and_is_not_wanted_again(tmp_path: Path) -> None:
    kept(tmp_path, "up", [0.0, 1.0, None, 3.0, 4.0], seed=1)
    assert Cells(Asked("counted", "up", 1, 4), tmp_path).holds(Asked("counted", "up", 1, 4))
    assert not Cells(Asked("counted", "up", 1, 4), tmp_path).holds(Asked("counted", "up", 1, 9))
    assert not Cells(Asked("counted", "up", 1, 4), tmp_path).holds(Asked("counted", "up", 2, 4))
    (cell,) = json.loads((tmp_path / "counted" / "up.json").read_text())["cells"]
    assert cell["curves"]["last"] == [0.0, 1.0, None, 3.0, 4.0]
    assert cell["versions"]["tracepy-opt"]


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    kept(tmp_path, "up", [0.0], seed=0)
    path = tmp_path / "counted" / "up.json"
    path.write_text(path.read_text()[:40])
    with pytest.raises(SystemExit, match=r"up\.json is damaged .*: remove it"):
        Cells(Asked("counted", "up", 0, 1), tmp_path)


def test_a_models_cells_are_kept_apart(tmp_path: Path) -> None:
    model = Model("openai/gpt-4o")
    assert Cells(Asked("counted", "up", 0, 1, model=model), tmp_path).path.name == (
        "up@openai-gpt-4o.json"
    )


def test_the_table_has_means_errors_and_the_papers_values(tmp_path: Path) -> None:
    for seed, last in enumerate((3.0, 4.0, 5.0)):
        kept(tmp_path, "up", [0.0, 1.0, 2.0, None, last], seed)
    kept(tmp_path, "flat", [2.0], 0)
    up, flat, model = tables.rows(
        COUNTED, list(COUNTED.methods), COUNTED.seeds, COUNTED.at, None, tmp_path
    )
    assert up["step 4"] == "4 ± 0.58"
    assert up["paper"] == "0: 0, 4: 3.5"
    assert flat["step 4"] == "2 ± 0", "the only value holds for every step"
    assert flat["seeds"] == "1 of 3"
    assert model["step 0"] == "needs a model"
    assert model["step 4"] == ""


def test_a_step_without_a_verdict_fills_no_cell(tmp_path: Path) -> None:
    kept(tmp_path, "up", [0.0, None], 0)
    (row,) = tables.rows(COUNTED, ["up"], [0], (0, 1, 4), None, tmp_path)
    assert (row["step 0"], row["step 1"], row["step 4"]) == ("0 ± 0", "", "")


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="matplotlib is not installed")
def test_a_figure_is_the_same_each_time(tmp_path: Path) -> None:
    for seed in range(3):
        kept(tmp_path, "up", [0.0, 1.0, 2.0, 3.0, 4.0 + seed], seed)
    files = [tmp_path / "one.svg", tmp_path / "two.svg"]
    for file in files:
        draw(COUNTED, list(COUNTED.methods), COUNTED.seeds, 4, None, tmp_path, file)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_what_fails_is_told_and_costs_the_others_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No process of its own can be told of this domain; what is tested is what is made of an error.
    wanted = [Asked("counted", "up", 0, 1)]
    monkeypatch.setattr(domains, "NAMES", ())
    (line,) = run(wanted, tmp_path, 1)
    assert line.startswith("counted: up, seed 0: ModuleNotFoundError: ")


@pytest.mark.parametrize("number", range(3))
def test_a_numerical_problem_is_an_ordinary_module(number: int) -> None:
    space: dict[str, object] = {}
    exec(drawn.program(number), space)
    steps, goal = drawn.numerical(number)
    assert space["GOAL"] == goal
    assert len(steps) == 7
    score, text = space["judged"]()  # type: ignore[operator]
    assert score == -abs(space["compute"](-1.0) - goal)  # type: ignore[operator]
    assert text.startswith("The output should be ")


def test_battleship_begins_with_functions_that_do_nothing(tmp_path: Path) -> None:
    text = battleship.blank()
    (tmp_path / "agent.py").write_text(text)
    found = parameters.find(resolve(str(tmp_path / "agent.py"), tmp_path))
    assert {one.name for one in found if one.kind == "function"} == {"agent:reason", "agent:act"}
    space: dict[str, object] = {"__name__": "agent"}
    exec(text, space)
    assert space["act"](None, space["reason"](None)) is None  # type: ignore[operator]
    assert "_WEIGHT" not in text


def test_curves_hold_the_best_so_far() -> None:
    assert ours.best([3.0, None, 4.0, 1.0]) == [3.0, 3.0, 3.0, 1.0]
    assert ours.best([None, 1.0, 2.0], least=False) == [None, 1.0, 2.0]
    assert ours.held([2.0, 1.0], 3) == [2.0, 1.0, 1.0, 1.0]


def test_a_name_that_is_none_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["chess"])
    assert "no domain chess: numerical, traffic" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["numerical", "--seeds", "0"])
    assert "--seeds and --workers are at least 1" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["numerical", "--optimizer", "sgd"])
    assert "no row sgd: adam, search" in capsys.readouterr().err


def test_rows_without_a_model_say_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["numerical", "--table", "--seeds", "2", "--results", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "needs a model" in told
    assert "not run" in told


@pytest.mark.slow
def test_a_model_sees_where_to_go_and_does_not_where_the_trace_is_masked(tmp_path: Path) -> None:
    model = Model("local")
    ends = {}
    for method in ("optoprime", "optoprime masked"):
        asked = Asked("numerical", method, 1, 4, quick=True, model=model)
        found = numerical.DOMAIN.methods[method].run(asked)
        ends[method] = found.curves["last"]
        assert found.facts["calls"] >= 1
    assert ends["optoprime"][1] == 0.0
    assert ends["optoprime masked"][-1] > 0.0
