"""What was tried before, and what came of it: what optimizers tell a model beside the problem."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping

from tracepy.evaluation.records import Evaluation
from tracepy.optimizers.base import Outcome
from tracepy.optimizers.generative.prompt import Attempt

# What is kept of an attempt's words: a prompt shows less where its budget is small.
_FEEDBACK = 600
_CASES = 3
_CASE = 160
# Candidates that are known again when they are suggested a second time.
_KNOWN = 4096


class Memory:
    """Past attempts, the oldest leave first.

    Args:
        size: How many are kept; 0 keeps none (the paper's ablation), None all that may fit.
    """

    def __init__(self, size: int | None) -> None:
        self.size = size
        self._attempts: deque[Attempt] = deque(maxlen=_KNOWN if size is None else size)
        self._known: OrderedDict[str, str] = OrderedDict()

    def attempts(self) -> tuple[Attempt, ...]:
        """What a prompt may show, the oldest first."""
        return tuple(self._attempts)

    def judged(self, outcome: Outcome, values: Mapping[str, str], note: str = "") -> None:
        """An attempt that was judged."""
        evaluation = outcome.evaluation
        self._attempts.append(Attempt(values, evaluation.score, said(evaluation), note))
        self._remember(outcome.proposal.digest(), _verdict(outcome))

    def refused(self, values: Mapping[str, str], why: Iterable[str]) -> None:
        """An attempt that was no candidate; the same one again is not shown twice."""
        if any(dict(values) == dict(one.suggestion) for one in self._attempts):
            return
        self._attempts.append(Attempt(values, None, "", " ".join(why)))

    def known(self, digest: str) -> str | None:
        """What came of a candidate that was tried, in words; None where it is new."""
        return self._known.get(digest)

    def know(self, digest: str, verdict: str) -> None:
        """Remember a candidate without showing it."""
        self._remember(digest, verdict)

    def _remember(self, digest: str, verdict: str) -> None:
        self._known[digest] = verdict
        while len(self._known) > _KNOWN:
            self._known.popitem(last=False)


def said(evaluation: Evaluation) -> str:
    """What a verdict said in words, bounded: its own words, and its first failing cases."""
    parts = []
    if evaluation.feedback.strip():
        parts.append(_cut(evaluation.feedback.strip(), _FEEDBACK))
    if evaluation.status != "ok":
        parts.insert(0, f"it ended with: {evaluation.status}")
    passed = evaluation.passed
    if passed is not None:
        parts.insert(0, f"{passed[0]} of {passed[1]} cases passed")
        failing = [case for case in evaluation.cases if case.score < 1.0]
        for case in failing[:_CASES]:
            if case.text and case.text not in evaluation.feedback:
                parts.append(f"{case.name}: {_cut(case.text.strip(), _CASE)}")
    if not evaluation.complete:
        parts.append("it was stopped there, since it was no better than what it had to beat")
    return "\n".join(parts)


def _verdict(outcome: Outcome) -> str:
    score = outcome.evaluation.score
    return f"it {'failed' if score is None else f'scored {score:.6g}'}"


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    half = (most - 5) // 2
    return f"{text[:half]} ... {text[-half:]}"
