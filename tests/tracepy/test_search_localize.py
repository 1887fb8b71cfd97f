"""Suspicion: lines that failing cases share and passing ones avoid, near the judged output."""

from tracepy.evaluation.records import Case, Evaluation, TraceFacts
from tracepy.optimizers.search.localize import suspicion


def evaluation(trace: TraceFacts | None, **scores: float) -> Evaluation:
    cases = tuple(Case(name, score) for name, score in scores.items())
    return Evaluation("ok", 0.5, cases=cases, trace=trace)


def test_a_line_only_in_the_failing_case_ranks_above_one_in_both() -> None:
    trace = TraceFacts(cases={"good": {"m.py": [1, 2]}, "bad": {"m.py": [1, 3]}})
    ranks = suspicion(evaluation(trace, good=1.0, bad=0.0))["m.py"]
    assert ranks[3] > ranks[1]
    assert 2 not in ranks


def test_a_line_in_the_slice_ranks_above_one_outside_and_nearer_above_farther() -> None:
    trace = TraceFacts(cases={"bad": {"m.py": [1, 2, 3]}}, sliced={"m.py": {2: 1.0, 3: 0.2}})
    ranks = suspicion(evaluation(trace, bad=0.0))["m.py"]
    assert ranks[2] > ranks[3] > ranks[1] > 0


def test_an_objective_without_cases_suspects_all_that_ran() -> None:
    trace = TraceFacts(cases={"objective": {"m.py": [4, 5]}})
    assert set(suspicion(evaluation(trace))["m.py"]) == {4, 5}


def test_without_a_trace_nothing_is_known() -> None:
    assert suspicion(evaluation(None, bad=0.0)) == {}
