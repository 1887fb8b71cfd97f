"""Which program each trainer goes on from."""

import random
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracepy.evaluation.records import Case, Evaluation
from tracepy.optimizers import Outcome, Proposal
from tracepy.trainers.beam import Beam
from tracepy.trainers.greedy import Greedy
from tracepy.trainers.pareto import Pareto
from tracepy.trainers.sequential import Sequential
from tracepy.trainers.ucb import Ucb

NOTHING = float("-inf")


def judged(
    number: int,
    value: float | None = None,
    cases: Sequence[float] = (),
    *,
    complete: bool = True,
    parent: int | None = None,
) -> Outcome:
    """A program with its number in it, and the verdict on it."""
    if value is None:
        value = sum(cases) / len(cases)
    found = tuple(Case(f"c{i}", score) for i, score in enumerate(cases))
    status = "error" if value == NOTHING else "ok"
    evaluation = Evaluation(status, value, cases=found, complete=complete)
    sources = {"m.py": f"N = {number}"} if number else {}
    return Outcome(Proposal(sources, str(number), parent=parent), evaluation, value, number)


def bases(selection, turns: int) -> list[int]:
    return [selection.base().number for _ in range(turns)]


class TestGreedy:
    def test_it_goes_on_from_the_best_and_of_equals_from_the_first(self):
        found = Greedy(judged(0, 0.5))
        found.take([judged(1, 0.4), judged(2, 0.7), judged(3, 0.7), judged(4, NOTHING)])
        assert bases(found, 2) == [2, 2]
        assert found.rival().number == 2

    def test_who_was_stopped_early_is_not_better(self):
        found = Greedy(judged(0, 0.5))
        found.take([judged(1, 0.9, complete=False)])
        assert bases(found, 1) == [0]


class TestSequential:
    def test_it_goes_on_from_the_last_even_where_that_is_worse(self):
        found = Sequential(judged(0, 0.5))
        for number, value in enumerate((0.9, 0.2, 0.3), 1):
            found.take([judged(number, value)])
            assert bases(found, 1) == [number]

    def test_of_a_turn_the_best_counts_also_where_it_is_told_in_parts(self):
        found = Sequential(judged(0, 0.5))
        found.take([judged(1, 0.1), judged(2, 0.3)])
        found.take([judged(3, 0.3), judged(4, 0.2)])
        assert bases(found, 2) == [3, 3]

    def test_a_program_without_a_verdict_is_not_gone_on_from(self):
        found = Sequential(judged(0, 0.5))
        found.take([judged(1, NOTHING)])
        assert bases(found, 1) == [0]

    def test_all_are_judged_to_their_end(self):
        found = Sequential(judged(0, 0.5))
        assert found.rival() is None
        assert not found.gated


class TestBeam:
    def test_the_best_take_turns(self):
        found = Beam(judged(0, 0.1), 3)
        found.take([judged(1, 0.5), judged(2, 0.4), judged(3, 0.2)])
        assert bases(found, 6) == [1, 2, 3, 1, 2, 3]

    def test_one_that_is_new_neither_waits_nor_catches_up(self):
        found = Beam(judged(0, 0.1), 2)
        found.take([judged(1, 0.5)])
        assert bases(found, 4) == [1, 0, 1, 0]
        found.take([judged(2, 0.9)])
        assert bases(found, 4) == [2, 1, 2, 1]

    def test_the_same_program_is_kept_once(self):
        found = Beam(judged(0, 0.1), 3)
        found.take([judged(1, 0.5), judged(1, 0.5)])
        assert bases(found, 4) == [1, 0, 1, 0]

    def test_different_verdicts_come_before_the_best_written_another_way(self):
        found = Beam(judged(0, cases=[0, 0, 0]), 3)
        found.take([judged(1, cases=[1, 1, 0]), judged(2, cases=[1, 1, 0])])
        assert bases(found, 3) == [1, 2, 0]  # there is room
        found.take([judged(3, cases=[0, 1, 1])])
        assert sorted(bases(found, 3)) == [0, 1, 3]

    def test_only_a_full_beam_of_different_ones_has_something_to_beat(self):
        found = Beam(judged(0, 0.1), 2)
        assert found.rival() is None
        found.take([judged(1, 0.1)])
        assert found.rival() is None
        found.take([judged(2, 0.7)])
        assert found.rival().number == 0

    @given(st.lists(st.sampled_from([0.0, 0.2, 0.4, 0.6, 0.8, NOTHING]), max_size=40),
           st.integers(1, 5))  # fmt: skip
    def test_the_beam_holds_the_best_values(self, values, width):
        found = Beam(judged(0, 0.3), width)
        for number, value in enumerate(values, 1):
            found.take([judged(number, value)])
        kept = {found.base().value for _ in range(width)}
        there = sorted({0.3, *values} - {NOTHING}, reverse=True)
        assert kept == set(there[:width])


class TestPareto:
    def test_who_alone_solves_a_case_stays_though_it_is_worse_on_the_whole(self):
        found = Pareto(judged(0, cases=[0, 0, 0]), 1, "s")
        found.take([judged(1, cases=[1, 1, 0]), judged(2, cases=[0, 0, 1])])
        assert [outcome.number for outcome in found.held()] == [1, 2]

    def test_it_draws_by_the_number_of_cases(self):
        found = Pareto(judged(0, cases=[0] * 10), 1, "s")
        found.take([judged(1, cases=[1] * 9 + [0]), judged(2, cases=[0] * 9 + [1])])
        drawn = Counter(bases(found, 2000))
        assert set(drawn) == {1, 2}
        assert drawn[1] / 2000 == pytest.approx(0.9, abs=0.03)

    def test_what_others_are_as_good_at_is_not_needed(self):
        found = Pareto(judged(0, cases=[0, 0]), 1, "s")
        found.take([judged(1, cases=[1, 0]), judged(2, cases=[0, 1]), judged(3, cases=[1, 1])])
        assert [outcome.number for outcome in found.held()] == [3]

    def test_of_equals_the_first_stays(self):
        found = Pareto(judged(0, cases=[0, 0]), 1, "s")
        found.take([judged(1, cases=[1, 1]), judged(2, cases=[1, 1])])
        assert [outcome.number for outcome in found.held()] == [1]

    def test_where_lower_is_better_the_lowest_of_a_case_counts(self):
        found = Pareto(judged(0, -5.0, [5, 5]), -1, "s")
        found.take([judged(1, -4.0, [1, 7]), judged(2, -6.0, [8, 4])])
        assert [outcome.number for outcome in found.held()] == [1, 2]

    def test_without_cases_the_front_is_the_best(self):
        found = Pareto(judged(0, 0.1), 1, "s")
        found.take([judged(1, 0.5), judged(2, 0.4), judged(3, 0.5)])
        assert bases(found, 3) == [1, 1, 1]

    def test_who_was_stopped_early_or_lacks_cases_holds_none_of_them(self):
        found = Pareto(judged(0, cases=[0, 0]), 1, "s")
        found.take([judged(1, cases=[1, 1], complete=False), judged(2, cases=[1])])
        assert [outcome.number for outcome in found.held()] == [0, 2]

    @given(st.lists(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=4, max_size=4),
                    max_size=30))  # fmt: skip
    def test_the_front_has_the_best_of_every_case_and_nobody_who_could_go(self, programs):
        outcomes = [judged(0, cases=[0.0] * 4)]
        found = Pareto(outcomes[0], 1, "s")
        for number, cases in enumerate(programs, 1):
            outcomes.append(judged(number, cases=cases))
            found.take(outcomes[-1:])

        def tops(some):
            return [max(outcome.evaluation.cases[i].score for outcome in some) for i in range(4)]

        front = list(found.held())
        assert tops(front) == tops(outcomes)
        assert 1 <= len(front) <= 4
        for outcome in front:
            rest = [other for other in front if other is not outcome]
            assert not rest or tops(rest) != tops(front)

    def test_the_front_of_a_long_run_is_small(self):
        draw = random.Random(0)
        found = Pareto(judged(0, cases=[0.0] * 50), 1, "s")
        for number in range(1, 3000):
            found.take([judged(number, cases=[draw.random() for _ in range(50)])])
        assert len(found.held()) <= 50


class TestUcb:
    def test_an_arm_whose_children_are_never_better_gives_way(self):
        found = Ucb(judged(0, 0.1), 0.25, "s")
        found.base()
        found.take([judged(1, 0.5), judged(2, 0.6)])
        number = 2
        drawn: Counter[int] = Counter()
        for _ in range(60):
            base = found.base()
            drawn[base.number] += 1
            number += 1
            # Only what is made of number 1 is better than what it was made of.
            found.take([judged(number, 0.55 if base.number == 1 else 0.0)])
        assert drawn[1] > drawn[2] > 0

    def test_without_exploring_it_stays_with_the_best_until_the_children_say_otherwise(self):
        found = Ucb(judged(0, 0.1), 0.0, "s")
        found.base()
        found.take([judged(1, 0.9)])
        assert bases(found, 5) == [1] * 5

    def test_every_arm_comes_in_turn_where_exploring_is_all(self):
        found = Ucb(judged(0, 0.0), 1e6, "s")
        found.base()
        found.take([judged(number, number / 10) for number in range(1, 6)])
        assert Counter(bases(found, 50)).most_common()[-1][1] >= 7

    def test_children_count_for_the_program_that_their_proposer_says_they_are_made_of(self):
        found = Ucb(judged(0, 0.1), 0.0, "s")
        found.base()
        found.take([judged(1, 0.5)])
        found.take([judged(2, 0.2, parent=1), judged(3, 0.2, parent=77)])
        arms = {arm.outcome.number: (arm.children, arm.better) for arm in found._arms}
        assert arms == {0: (1, 1), 1: (1, 0), 2: (0, 0), 3: (0, 0)}

    def test_a_long_run_keeps_the_best_few_hundred(self):
        draw = random.Random(0)
        found = Ucb(judged(0, 0.0), 0.25, "s")
        values = [draw.random() for _ in range(2000)]
        for number, value in enumerate(values, 1):
            found.base()
            found.take([judged(number, value)])
        kept = sorted((arm.outcome.value for arm in found._arms), reverse=True)
        assert kept == sorted(values, reverse=True)[: len(kept)]
        assert len(kept) == 256


MAKERS = {
    "greedy": Greedy,
    "sequential": Sequential,
    "beam": lambda start: Beam(start, 3),
    "pareto": lambda start: Pareto(start, 1, "seed"),
    "ucb": lambda start: Ucb(start, 0.25, "seed"),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@given(turns=st.lists(st.lists(st.tuples(st.sampled_from([0.0, 0.25, 1.0, NOTHING]),
                                         st.booleans()), max_size=3), max_size=12))  # fmt: skip
def test_a_base_is_a_program_with_a_whole_verdict_and_the_same_each_time(make, turns):
    first, second = make(judged(0, 0.1)), make(judged(0, 0.1))
    number = 0
    sound = {0}
    for turn in turns:
        base = first.base()
        assert base == second.base()
        assert base.number in sound
        outcomes = []
        for value, complete in turn:
            number += 1
            outcomes.append(judged(number, value, complete=complete))
            if complete and value != NOTHING:
                sound.add(number)
        first.take(outcomes)
        second.take(outcomes)
        assert first.rival() == second.rival()
