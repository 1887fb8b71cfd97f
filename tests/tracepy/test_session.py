"""A run's parts by themselves: the program that is improved, and the best so far beside it."""

from pathlib import Path

import pytest

from tracepy.comparison import Comparison, Draws
from tracepy.errors import UserError
from tracepy.evaluation import Evaluation
from tracepy.objective import Objective
from tracepy.optimizers import Outcome, Proposal, Task
from tracepy.session.program import Program
from tracepy.session.standing import Standing, as_it_stands
from tracepy.settings import Settings
from tracepy.target import resolve

SHOP = """\
RATE = 1


def price(n):
    return n * RATE


def good():
    def inner():
        return 2
    return price(3) == inner()
"""
JUDGE = Objective("callable", "good", {"module": "shop", "function": "good"})
OUTSIDE = Objective("command", "a command", {"command": "true"})


def program(folder: Path, text: str = SHOP, objective: Objective = OUTSIDE, **options) -> Program:
    (folder / "pyproject.toml").write_text("")
    (folder / "shop.py").write_text(text)
    return Program(resolve("shop.py", folder), Settings(**options), objective)


def names(program: Program) -> set[str]:
    return {parameter.name for parameter in program.find({})}


class TestProgram:
    def test_a_function_that_judges_is_not_trained_nor_what_is_in_it(self, tmp_path):
        assert names(program(tmp_path)) >= {"shop:price", "shop:good"}
        assert names(program(tmp_path, objective=JUDGE)) == {"shop:RATE", "shop:price"}

    def test_nor_is_one_that_judges_beside_it(self, tmp_path):
        found = program(tmp_path)
        found.judged_by(JUDGE)  # a stage, or what is held out
        assert names(found) == {"shop:RATE", "shop:price"}

    def test_a_function_that_is_marked_as_objective_is_not_trained(self, tmp_path):
        marked = SHOP.replace("def good", "# tracepy: objective\ndef good")
        found = program(tmp_path, marked)
        assert names(found) == {"shop:RATE", "shop:price"}
        (source,) = found.originals.values()
        (start, end), *_ = found.frozen(source, "shop")
        assert source.text[start:end].startswith("def good")

    def test_what_does_nothing_but_judge_cannot_be_improved(self, tmp_path):
        with pytest.raises(UserError, match="only the objective itself"):
            program(tmp_path, "def good():\n    return True\n", JUDGE)

    def test_what_sources_change(self, tmp_path):
        found = program(tmp_path)
        path = str(tmp_path / "shop.py")
        sources = {path: SHOP.replace("RATE = 1", "RATE = 2")}
        assert found.changed(sources) == [
            {"name": "shop:RATE", "kind": "number", "old": 1, "new": 2}
        ]
        changes = found.changes(sources)
        assert [(change.path, change.new) for change in changes] == [
            (Path(path), sources[path].encode())
        ]
        assert found.patch(changes).startswith("diff --git a/shop.py b/shop.py\n")

    def test_what_is_edited_while_it_goes_on_is_no_part_of_it(self, tmp_path):
        found = program(tmp_path)
        (tmp_path / "shop.py").write_text("def price(n:")
        assert names(found) == {"shop:RATE", "shop:price", "shop:good"}
        assert found.changed({str(tmp_path / "shop.py"): SHOP.replace("RATE = 1", "RATE = 2")})

    def test_sources_that_are_the_originals_change_nothing(self, tmp_path):
        found = program(tmp_path)
        assert found.changes({str(tmp_path / "shop.py"): SHOP}) == ()
        assert found.changed({}) == []


def outcome(score: float, number: int = 1, sign: int = 1) -> Outcome:
    proposal = Proposal({"/p/shop.py": f"RATE = {number}\n"}, f"number {number}")
    return Outcome(proposal, Evaluation("ok", score), sign * score, number)


def standing(baseline: float, sign: int = 1) -> Standing:
    task = Task({}, {}, Evaluation("ok", baseline), sign, lambda sources: [], lambda *_: [])
    return Standing(task, as_it_stands(task))


class TestStanding:
    def test_at_first_nothing_is_better(self):
        found = standing(0.5)
        assert (found.before, found.after, found.improved, found.sources) == (0.5, 0.5, False, {})

    def test_the_first_of_the_best_stays(self):
        found = standing(0.5)
        first, second = outcome(0.9, 1), outcome(0.9, 2)
        assert found.take([outcome(0.4, 3), first])
        assert not found.take([second])
        assert found.best is first
        assert (found.after, found.improved) == (0.9, True)

    def test_lower_is_better_where_it_was_asked_for(self):
        found = standing(0.5, sign=-1)
        assert not found.take([outcome(0.9, sign=-1)])
        assert found.take([outcome(0.1, sign=-1)])
        assert (found.before, found.after) == (0.5, 0.1)

    def test_a_comparison_that_holds_gives_both_scores(self):
        found = standing(0.5)
        found.take([outcome(0.9)])
        note = found.settle(Comparison(Draws((0.4, 0.5)), Draws((0.8, 0.6)), doubt=0.01))
        assert note == ""
        assert (found.before, found.after) == pytest.approx((0.45, 0.7))
        assert found.improved

    def test_a_comparison_that_does_not_hold_takes_the_winner_back(self):
        found = standing(0.5)
        found.take([outcome(0.9)])
        note = found.settle(Comparison(Draws((0.5, 0.6)), Draws((0.5, 0.7)), doubt=0.4))
        assert "(number 1) did not hold" in note
        assert "0.55 -> 0.6 on 2 draws each, 60% sure" in note
        assert (found.before, found.after, found.improved, found.sources) == (0.5, 0.5, False, {})
