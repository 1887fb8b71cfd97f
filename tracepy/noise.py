"""Finding out whether an objective is noisy, at the price of one evaluation."""

from __future__ import annotations

from dataclasses import replace

from tracepy.budget import Budget
from tracepy.comparison import REPEATS, STARTING, Draws, looks
from tracepy.evaluation import Job
from tracepy.evaluation.records import Evaluation
from tracepy.trainers.loop import Judging

# Of the evaluations that are left, one in so many at most is kept back for the last comparison.
_KEPT = 3


def agree(first: Evaluation, second: Evaluation) -> bool:
    """Whether two judgements of one program say the same; what they say in words does not count."""
    return (first.status, first.score, _cases(first)) == (
        second.status,
        second.score,
        _cases(second),
    )


def _cases(evaluation: Evaluation) -> list[tuple[str, float]]:
    return sorted((case.name, case.score) for case in evaluation.cases)


def listen(
    baseline: Evaluation, judge: Judging, budget: Budget, repeats: int | None
) -> Evaluation | None:
    """Judge the program as it stands again; where that says otherwise, what it scores on average.

    The first judgement is traced, which makes it slower and so tells an objective that measures
    time from others. Of a noisy objective it does not count. Two that agree make an objective
    count as deterministic; where the user gave a number of repeats, that many have to agree.

    Args:
        baseline: The first judgement, traced.
        judge: Judges jobs.
        budget: What may be spent.
        repeats: What the user said: 1 asks for no second judgement.

    Returns:
        The baseline with the mean score of its untraced draws, or None for a deterministic
        objective.
    """
    number = 1 if repeats is None else repeats - 1
    left = budget.left
    if left is not None:
        number = min(number, left - 1)
    if number < 1:
        return None
    found = _judged(judge, budget, number)
    if all(agree(baseline, other) for other in found):
        return None
    more = STARTING - len(found)
    if more > 0 and (left is None or left > 4 * STARTING):
        found += _judged(judge, budget, more)
    scores = Draws(tuple(x.score for x in found if x.status == "ok" and x.score is not None))
    if budget.evaluations is not None:
        last = 2 * looks(repeats or REPEATS)[-1]
        budget.reserve += min(last, (budget.left or 0) // _KEPT)
    return replace(baseline, score=scores.mean) if len(scores) else baseline


def _judged(judge: Judging, budget: Budget, number: int) -> list[Evaluation]:
    found = judge.evaluate([Job({}, draw=1)] * number)
    budget.spent += len(found)
    return found
