"""The loop round an optimizer: bases, minibatches, patience, restarts."""

import dataclasses
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracepy.budget import Budget
from tracepy.evaluation.records import Case, Evaluation, Job, TraceFacts
from tracepy.optimizers import Outcome, Proposal, State, Task
from tracepy.trainers import Racing, Shape, Trainer
from tracepy.trainers.minibatch import Minibatches, lost
from tracepy.trainers.traces import Traces, bare
from tracepy.transforms.source import Source


def bits(text: str) -> str:
    """The program: what it answers to each case, 1 for right."""
    return re.search(r"'([01]*)'", text)[1]


class Judge:
    """Judges a program by its bits, a case each; it stops where it is told to, as judges do."""

    def __init__(self, start: str) -> None:
        self.start = f"BITS = '{start}'"
        self.jobs: list[Job] = []
        self.cases = 0  # judged in all

    def evaluate(self, jobs: Sequence[Job]) -> list[Evaluation]:
        self.jobs += jobs
        return [self.one(job) for job in jobs]

    def one(self, job: Job) -> Evaluation:
        text = job.sources.get("m.py", self.start)
        if "'" not in text:
            return Evaluation("error", None, "SyntaxError")
        scores = {f"c{i}": float(bit) for i, bit in enumerate(bits(text))}
        names = sorted(scores, key=lambda x: (job.first.index(x) if x in job.first else 99, x))
        cases: list[Case] = []
        failed = shut = 0.0
        for name in names:
            cases.append(Case(name, scores[name]))
            self.cases += 1
            failed += 1.0 - scores[name]
            shut += name in job.first and 1.0 - scores[name]
            beaten = job.beat is not None and 1 - failed / len(names) <= job.beat
            if beaten or (job.gate is not None and shut >= job.gate):
                break
        score = sum(case.score for case in cases) / len(names)
        trace = TraceFacts() if job.trace else None
        complete = len(cases) == len(names)
        return Evaluation("ok", score, cases=tuple(cases), complete=complete, trace=trace)


class Flipper:
    """Changes a bit of the base; of a minibatch's, where there is one. It keeps no memory."""

    def __init__(self, seed: int = 0, *, many: int = 1, tracing: bool = False) -> None:
        self.random = random.Random(seed)
        self.many = many
        self.tracing = tracing
        self.states: list[State] = []
        self.heard: list[Outcome] = []

    def propose(self, state: State) -> Sequence[Proposal]:
        self.states.append(state)
        sources = state.base.proposal.sources
        if self.tracing and state.base.evaluation.trace is None:
            return [Proposal(sources, "a trace of the base", trace=True)]
        text = bits(sources.get("m.py", self.start))
        return [self.flipped(text, state) for _ in range(self.many)]

    start = "BITS = '00000000'"

    def flipped(self, text: str, state: State) -> Proposal:
        places = [int(name[1:]) for name in state.cases] or range(len(text))
        place = self.random.choice(places)
        bit = "10"[int(text[place])]
        new = f"BITS = '{text[:place]}{bit}{text[place + 1 :]}'"
        return Proposal({"m.py": new}, f"bit {place}", parent=state.base.number)

    def observe(self, outcomes: Sequence[Outcome]) -> None:
        self.heard += outcomes


def trainer(judge: Judge, shape: str = "greedy", budget: Budget | None = None, seed: int = 0,
            goal: float | None = None, racing: bool = False,
            unseen: Callable[[Outcome], bool] | None = None) -> Trainer:  # fmt: skip
    baseline = judge.one(Job({}, trace=True))
    task = Task({"m.py": Source(judge.start, "m.py")}, {"m.py": "m"}, baseline, 1,
                lambda _: [], lambda *_: [], seed)  # fmt: skip
    budget = budget or Budget(100, None, None)
    races = Racing(task, judge.evaluate, budget, 2) if racing else None
    judge.jobs.clear()
    judge.cases = 0
    return Trainer(
        task, judge, budget, goal, lambda _: None, lambda _: None, races, Shape.of(shape), unseen
    )


def run(shape: str, start: str = "00000000", evaluations: int = 100, goal: float | None = None,
        seed: int = 0, **options) -> tuple[Trainer, Flipper, Judge]:  # fmt: skip
    judge = Judge(start)
    found = trainer(judge, shape, Budget(evaluations, None, None), seed, goal)
    optimizer = Flipper(**options)
    optimizer.start = judge.start
    found.run(optimizer)
    return found, optimizer, judge


SHAPES = ["greedy", "sequential", "beam:width=3", "pareto", "ucb", "pareto:minibatch=2",
          "sequential:minibatch=3", "beam:minibatch=1,patience=9,restarts=3"]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_every_trainer_keeps_the_best_and_starts_from_programs_that_were_judged(shape):
    found, optimizer, _ = run(shape, many=3)
    values = {outcome.number: outcome.value for outcome in optimizer.heard}
    whole = {outcome.number for outcome in optimizer.heard if outcome.evaluation.complete}
    assert found.best.value == max(values.values()) > 0
    assert {state.base.number for state in optimizer.states} <= {0} | whole


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_run_goes_the_same_way(shape):
    first, second = (run(shape, many=2)[1] for _ in range(2))
    assert first.states == second.states
    assert first.heard == second.heard


@pytest.mark.parametrize("shape", ["pareto", "ucb", "pareto:minibatch=2"])
def test_another_seed_goes_another_way(shape):
    first, second = (run(shape, seed=seed, many=2)[1] for seed in (1, 2))
    assert first.states != second.states


def test_the_loop_of_the_paper_goes_on_from_what_is_worse():
    _, optimizer, judge = run("sequential", "11111111", evaluations=5)
    numbers = [state.base.number for state in optimizer.states]
    assert numbers == [0, 1, 2, 3, 4]
    assert all(job.beat is None for job in judge.jobs)


def test_greedy_stops_what_cannot_win_and_starts_with_what_fails():
    found, _, judge = run("greedy", "11110000")
    assert judge.jobs[0].first == ("c4", "c5", "c6", "c7")
    assert judge.jobs[0].beat == 0.5
    assert judge.jobs[-1].beat == found.best.evaluation.score  # it rises with the best


def test_the_best_rises_within_a_batch():
    judge = Judge("00000000")
    _trainer = trainer(judge, budget=Budget(None, 1, None))
    optimizer = Flipper(many=9)  # one more than goes to the judge in one call
    optimizer.start = judge.start
    _trainer.run(optimizer)
    assert {job.beat for job in judge.jobs[:8]} == {0.0}
    assert judge.jobs[8].beat == 0.125


class TestTraces:
    @pytest.mark.parametrize("shape", SHAPES)
    def test_a_base_that_is_traced_is_the_base_until_something_is_made_of_it(self, shape):
        _, optimizer, judge = run(shape, tracing=True)
        traced = [state.base.number for state in optimizer.states if state.base.evaluation.trace]
        assert len(traced) > 20
        for before, after in zip(optimizer.states, optimizer.states[1:], strict=False):
            if before.base.evaluation.trace is None:
                assert after.base.number == before.base.number
                assert after.base.evaluation.trace is not None
                assert after.cases == before.cases
        assert not judge.jobs[0].trace  # the program as it stands has its trace from the beginning

    def test_a_trace_changes_neither_verdict_nor_number(self):
        start = Outcome(Proposal({}, ""), Evaluation("ok", 1.0, trace=TraceFacts()), 1.0)
        plain = Outcome(Proposal({"m.py": "a"}, ""), Evaluation("ok", 2.0, graph=None), 2.0, 7)
        seen = dataclasses.replace(
            plain, evaluation=Evaluation("ok", 1.9, trace=TraceFacts(), graph="{}"), number=8
        )
        traces = Traces(start)
        traces.note([seen])
        found = traces.on(plain)
        assert (found.number, found.value, found.evaluation.score) == (7, 2.0, 2.0)
        assert (found.evaluation.trace, found.evaluation.graph) == (TraceFacts(), "{}")
        assert traces.on(bare(start)).evaluation.trace is not None
        assert bare(seen).evaluation.trace is bare(seen).evaluation.graph is None

    def test_few_are_kept(self):
        traces = Traces(Outcome(Proposal({}, ""), Evaluation("ok", 1.0), 1.0))
        programs = [
            Outcome(Proposal({"m.py": str(i)}, ""),
                    Evaluation("ok", 1.0, trace=TraceFacts(), graph="x" * 2**22), 1.0, i)
            for i in range(40)
        ]  # fmt: skip
        traces.note(programs)
        kept = [x.number for x in programs if traces.on(bare(x)).evaluation.trace is not None]
        assert kept == list(range(32, 40))


def start_of(scores: Sequence[float]) -> Outcome:
    cases = tuple(Case(f"c{i}", score) for i, score in enumerate(scores))
    return Outcome(Proposal({}, ""), Evaluation("ok", 0.5, cases=cases), 0.5)


class TestMinibatches:
    def test_half_of_one_is_where_the_base_fails_and_that_comes_first(self):
        start = start_of([1, 0, 1, 1, 0, 1, 0, 1])
        minibatches = Minibatches(4, start, 1, "s")
        for _ in range(10):
            taken = minibatches.take(start)
            assert len(set(taken)) == 4
            assert {"c1", "c4", "c6"} >= set(taken[:2])

    @given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=3, max_size=20), st.integers(2, 6),
           st.integers())  # fmt: skip
    def test_every_case_comes_in_turn(self, scores, size, seed):
        start = start_of(scores)
        minibatches = Minibatches(size, start, 1, str(seed))
        if not minibatches.needed:
            assert minibatches.take(start) == ()
            return
        taken = Counter(name for _ in range(len(scores)) for name in minibatches.take(start))
        assert set(taken) == {f"c{i}" for i in range(len(scores))}

    def test_what_the_base_loses_is_what_a_candidate_must_be_better_than(self):
        start = start_of([1, 0, 0.25])
        assert lost(start, ("c0", "c1", "c2")) == 1.75
        assert lost(start, ("c0",)) is None  # nothing can be better
        assert lost(start, ("c0", "c9")) is None

    def test_who_is_no_better_there_is_judged_no_further(self):
        judge = Judge("1" * 40 + "0" * 20)
        found = trainer(judge, "pareto:minibatch=2")
        optimizer = Flipper()
        optimizer.start = judge.start
        found.run(optimizer)
        assert {outcome.evaluation.complete for outcome in optimizer.heard} == {True, False}
        for outcome, job in zip(optimizer.heard, judge.jobs, strict=True):
            seen = {case.name: case.score for case in outcome.evaluation.cases}
            loses = sum(1.0 - seen.get(name, 1.0) for name in job.first)
            assert outcome.evaluation.complete == (job.gate is None or loses < job.gate)
        assert judge.cases < 0.8 * 60 * len(judge.jobs)
        assert found.best.value > 45 / 60

    def test_the_loop_of_the_paper_judges_all_and_is_told_which_cases_count(self):
        _, optimizer, judge = run("sequential:minibatch=2", "00001111")
        assert all(len(state.cases) == 2 for state in optimizer.states)
        assert all(job.gate is None for job in judge.jobs)

    def test_a_noisy_objective_turns_nobody_away(self):
        judge = Judge("00001111")
        found = trainer(judge, "pareto:minibatch=2", racing=True)
        optimizer = Flipper()
        optimizer.start = judge.start
        found.run(optimizer)
        assert all(job.gate is None for job in judge.jobs)
        assert all(len(state.cases) == 2 for state in optimizer.states)

    def test_what_is_made_of_another_program_is_judged_on(self):
        judge = Judge("00001111")
        found = trainer(judge, "greedy:minibatch=2", Budget(4, None, None))

        class Elsewhere(Flipper):
            def propose(self, state: State) -> Sequence[Proposal]:
                (one,) = super().propose(state)
                return [dataclasses.replace(one, parent=5), dataclasses.replace(one, parent=None)]

        found.run(Elsewhere())
        first, second, *_ = judge.jobs
        assert (first.gate, first.first) == (None, ("c0", "c1", "c2", "c3"))
        assert second.gate == 1.0
        assert len(second.first) == 2

    def test_a_probe_asks_the_cases_that_fail(self):
        judge = Judge("00001111")
        found = trainer(judge, "pareto:minibatch=2", Budget(2, None, None))

        class Asking(Flipper):
            def propose(self, state: State) -> Sequence[Proposal]:
                (one,) = super().propose(state)
                return [dataclasses.replace(one, probe=True, trace=True)]

        found.run(Asking())
        (job, _) = judge.jobs
        assert (job.first, job.beat, job.gate) == (("c0", "c1", "c2", "c3"), 0.5, None)

    @pytest.mark.parametrize(("start", "words"), {"1": "1 case", "11": "2 cases"}.items())
    def test_where_they_are_not_needed_that_is_said(self, start, words):
        found, optimizer, _ = run("pareto:minibatch=2", start, evaluations=3)
        assert found.notes == [f"minibatches of 2 were not needed: the objective has {words}"]
        assert optimizer.states[0].cases == ()


class TestPatience:
    def test_the_search_ends_where_nothing_better_came_for_long(self):
        found, _, _ = run("greedy:patience=7", "11111111", evaluations=1000)
        assert found.budget.spent == 7
        assert found.notes == ["the search ended after 7 evaluations without a better candidate"]

    def test_a_new_best_begins_the_wait_anew(self):
        found, optimizer, _ = run("greedy:patience=30", evaluations=1000)
        (last,) = [x.number for x in optimizer.heard if x.value == found.best.value][:1]
        assert found.best.value == 1.0
        assert found.budget.spent == last + 30

    def test_a_restart_begins_with_the_program_as_it_stands_and_keeps_the_winner(self):
        found, optimizer, judge = run("greedy:patience=25,restarts=1", evaluations=1000)
        bases = [bits(state.base.proposal.sources.get("m.py", judge.start))
                 for state in optimizer.states]  # fmt: skip
        starts = [i for i, base in enumerate(bases) if base == "00000000" and bases[i - 1] != base]
        assert len(starts) == 2  # the first among them
        assert found.best.value == 1.0
        assert found.notes == [
            "the search ended after 25 evaluations without a better candidate, after 1 restart"
        ]
        # After a restart a candidate has to beat what came since.
        first = starts[1]
        assert judge.jobs[first].beat == 0.0

    def test_further_restarts_begin_with_the_best_that_no_search_began_from(self):
        class Stuck(Flipper):
            """Two steps up, and then no more."""

            def flipped(self, text: str, state: State) -> Proposal:
                new = {0: "10000000", 1: "11000000"}.get(state.base.number, "00000001")
                return Proposal({"m.py": f"BITS = '{new}'"}, "", parent=state.base.number)

        judge = Judge("00000000")
        found = trainer(judge, "greedy:patience=3,restarts=4", Budget(1000, None, None))
        optimizer = Stuck()
        found.run(optimizer)
        firsts = {state.restarts: state.base.number for state in reversed(optimizer.states)}
        assert firsts == {0: 0, 1: 0, 2: 1, 3: 0, 4: 0}
        assert found.best.number == 2

    def test_who_proposes_nothing_is_asked_again_from_elsewhere(self):
        class Silent(Flipper):
            """Has nothing to say of any program but the second best."""

            def propose(self, state: State) -> Sequence[Proposal]:
                if len(self.states) > 2 and state.base.number != 2:
                    self.states.append(state)
                    return []
                return super().propose(state)

        judge = Judge("00000000")
        optimizer = Silent(seed=1)
        found = trainer(judge, "greedy:patience=50,restarts=2", Budget(20, None, None))
        found.run(optimizer)
        assert [(state.restarts, state.base.number) for state in optimizer.states[3:6]] == [
            (0, 3), (1, 0), (2, 2),
        ]  # fmt: skip
        assert found.budget.spent > 4

    def test_a_new_best_that_is_none_on_what_is_held_out_is_no_news(self):
        asked: list[Outcome] = []

        def unseen(outcome: Outcome) -> bool:
            asked.append(outcome)
            return outcome.value <= 0.25  # what comes later only suits the training cases

        budget = Budget(1000, None, None)
        found = trainer(Judge("00000000"), "greedy:patience=20", budget, unseen=unseen)
        optimizer = Flipper()
        found.run(optimizer)
        (last,) = [one.number for one in asked if one.value == 0.25]
        assert found.budget.spent == last + 20
        assert found.best.value > 0.25
        assert found.notes == [
            "the search ended after 20 evaluations without a better candidate on what is held out"
        ]

    def test_the_goal_ends_a_run_without_a_word(self):
        found, _, _ = run("greedy:patience=500", evaluations=1000, goal=1.0)
        assert found.reached()
        assert found.notes == []

    def test_what_was_spent_before_does_not_count(self):
        judge = Judge("1111")
        budget = Budget(1000, None, None)
        found = trainer(judge, "greedy:patience=5", budget)
        budget.spent = 100
        optimizer = Flipper()
        optimizer.start = judge.start
        found.run(optimizer)
        assert budget.spent == 105


def test_an_optimizer_that_gives_the_base_back_does_not_keep_it_for_ever():
    class Idle(Flipper):
        def propose(self, state: State) -> Sequence[Proposal]:
            self.states.append(state)
            sources = state.base.proposal.sources if state.base.number else {"m.py": other}
            return [Proposal(sources, "the same")]

    other = "BITS = '11110000'"
    optimizer = Idle()
    trainer(Judge("00001111"), "beam:width=2", Budget(7, None, None)).run(optimizer)
    assert [state.base.number for state in optimizer.states] == [0, 0, 1, 0, 1, 0, 1]


def test_candidates_without_a_verdict_are_no_base():
    class Broken(Flipper):
        def flipped(self, text: str, state: State) -> Proposal:
            return Proposal({"m.py": f"BITS = ({len(self.states)}"}, "broken")

    for shape in SHAPES:
        judge = Judge("0000")
        optimizer = Broken()
        optimizer.start = judge.start
        trainer(judge, shape, Budget(9, None, None)).run(optimizer)
        assert {state.base.number for state in optimizer.states} == {0}
