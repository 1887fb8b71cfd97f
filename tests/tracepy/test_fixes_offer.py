"""Which fix is taken, and what is said of the others."""

from collections.abc import Mapping, Sequence
from typing import Any

from tracepy.evaluation.records import Evaluation, TraceFacts
from tracepy.fixes import Fix
from tracepy.fixes.behaviour import Behaviour
from tracepy.fixes.behaviour import Outcome as Result
from tracepy.fixes.inputs import Input
from tracepy.fixes.offer import OFFERED, offer, promising
from tracepy.fixes.plausible import Plausible
from tracepy.fixes.ranking import cost
from tracepy.fixes.suspects import Signs
from tracepy.optimizers import Outcome, Proposal, Task
from tracepy.transforms.source import Source

PRICE = "def price(n):\n    if n > 10:\n        n = n - 1\n    return n * 3\n"
TRACE = TraceFacts(calls={"m.py": {"price": [{"n": "10"}, {"n": "3"}]}})
TASK = Task(
    {"m.py": Source(PRICE, "m.py")},
    {"m.py": "m"},
    Evaluation("ok", 0.5, trace=TRACE),
    1,
    lambda _: [],
    lambda *_: [],
)


def fix(number: int, old: str, new: str, promise: float = 0.5, **more: Any) -> Outcome:
    sources = {"m.py": PRICE.replace(old, new)}
    proposal = Proposal(sources, f"{new} for {old}", promise=promise)
    return Outcome(proposal, Evaluation("ok", 1.0, **more), 1.0, number)


class Here:
    """Runs programs in this process."""

    def observe(
        self, programs: Sequence[Mapping[str, str]], given: Sequence[Input], seconds: float | None
    ) -> list[Behaviour]:
        found = []
        for sources in ({"m.py": PRICE}, *programs):
            module: dict[str, Any] = {}
            exec(sources["m.py"], module)
            values = [module[x.function](int(x.arguments["n"])) for x in given]
            found.append(Behaviour({n: Result(str(v), str(v)) for n, v in enumerate(values)}))
        return found


def offered(
    *found: Outcome, tests: frozenset[str] = frozenset(), observer: Any = None
) -> list[Fix]:
    return [one for _, one in offer(found, TASK, tests, observer, None)]


def test_the_most_promising_is_best_whenever_it_was_found():
    fixes = offered(fix(1, "> 10", "> 9", 0.1), fix(2, "> 10", ">= 10", 0.4))
    assert [one.number for one in fixes] == [2, 1]
    assert [one.best for one in fixes] == [True, False]


def test_of_equal_ones_the_first_found():
    fixes = offered(fix(2, "> 10", ">= 10"), fix(1, "> 10", "<= 10"))
    assert [one.number for one in fixes] == [1, 2]


def test_what_takes_something_away_is_behind():
    fixes = offered(fix(1, "    if n > 10:\n        n = n - 1\n", ""), fix(2, "> 10", ">= 10", 0.2))
    assert fixes[0].number == 2


def test_a_special_case_is_last_and_warned_of():
    special = fix(1, "    return", "    if n == 77:\n        return 42\n    return", 0.9)
    fixes = offered(special, fix(2, "> 10", ">= 10", 0.001), tests=frozenset({"77", "42"}))
    assert [one.number for one in fixes] == [2, 1]
    assert fixes[1].warnings and not fixes[0].warnings


def test_differences_are_the_programs_own_inputs_first():
    fixes = offered(fix(1, "> 10", ">= 10"), fix(2, "n * 3", "n * 2", 0.1), observer=Here())
    assert [(x.call, x.here, x.best) for x in fixes[1].differs[:1]] == [("price(3)", "6", "9")]


def test_fixes_that_behave_alike_are_one():
    fixes = offered(fix(1, "> 10", ">= 10"), fix(2, "> 10", "> 9", 0.1), observer=Here())
    assert [(one.number, one.alike) for one in fixes] == [(1, 1)]


def test_of_which_nothing_is_known_none_is_like_another():
    assert len(offered(fix(1, "> 10", ">= 10"), fix(2, "> 10", "> 9", 0.1))) == 2


def test_what_always_gives_the_same_is_warned_of():
    (only,) = offered(fix(1, "return n * 3", "return 30"), observer=Here())
    assert "it gives the same whatever it gets" in only.warnings


def test_a_single_fix_without_a_doubt_is_not_run():
    class Never:
        def observe(self, *_: Any) -> list[Behaviour]:
            raise AssertionError("there is nothing to compare")

    assert len(offered(fix(1, "> 10", ">= 10"), observer=Never())) == 1


def test_no_more_are_offered_than_a_person_reads():
    found = [fix(number, "> 10", f"> {number}") for number in range(20)]
    assert len(offered(*promising(found, TASK, frozenset()))) == OFFERED


def test_a_record_survives_the_store():
    fixes = offered(fix(1, "> 10", ">= 10"), fix(2, "n * 3", "n * 2", 0.1), observer=Here())
    assert [Fix.from_dict(one.to_dict()) for one in fixes] == fixes


class TestPlausible:
    def test_programs_that_differ_in_layout_alone_are_one(self):
        found = Plausible()
        found.take([fix(1, "> 10", ">= 10"), fix(2, "> 10:", ">=  10:  # at least")])
        assert [one.number for one in found.outcomes] == [1]

    def test_a_better_score_replaces_what_was_found(self):
        found = Plausible()
        worse = Outcome(Proposal({"m.py": "x = 1"}, ""), Evaluation("ok", 0.5), 0.5, 1)
        found.take([worse, fix(2, "> 10", ">= 10"), worse])
        assert [one.number for one in found.outcomes] == [2]

    def test_what_was_stopped_early_is_no_fix(self):
        found = Plausible()
        found.take([fix(1, "> 10", ">= 10", complete=False)])
        assert not found.outcomes


def test_the_cost_is_in_bits():
    nothing = Signs()
    assert cost(0.25, nothing, 0, 0.0) == cost(0.5, nothing, 0, 0.0) + 1
    assert cost(None, nothing, 0, 0.0) == 0
    assert cost(0.0, nothing, 0, 0.0) == 20
    assert cost(0.5, nothing, 0, 1.0) > cost(0.5, nothing, 0, 0.1)
