"""What `search` found out, in words for a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

from tracepy.optimizers.base import Outcome, Task
from tracepy.optimizers.generative.prompt.fence import inline, label
from tracepy.optimizers.generative.start import Start
from tracepy.optimizers.search.localize import suspicion
from tracepy.optimizers.search.progress import LATER, PASSES, progress
from tracepy.optimizers.search.reasons import Reasons

_SUSPECTS = 6
_EDITS = 6
_LINE = 100
# Less suspicious than this part of the first: not worth a line.
_LEAST = 0.05
_WON = "better"


class Findings:
    """Remembers the most telling of the edits that search tried.

    Args:
        task: The run's task.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._tried: Counter[str] = Counter()
        self._best: list[tuple[float, int, str, str]] = []

    def take(self, outcomes: Sequence[Outcome]) -> None:
        """Verdicts on what search proposed."""
        baseline = self._task.baseline
        at_first = self._task.value(baseline)
        for outcome in outcomes:
            proposal = outcome.proposal
            if proposal.probe or not proposal.sources or not proposal.note:
                continue
            self._tried[proposal.note.partition(":")[0].partition(" = ")[0]] += 1
            far = progress(baseline, outcome.evaluation)
            if outcome.value > at_first:
                what, far = f"{_WON}: {_score(outcome)}", 2.0 + outcome.value
            elif far >= PASSES:
                what = "a failing case passes, others break"
            elif far >= LATER:
                what = "a failing case comes further"
            elif far > 0:
                what = "a failing case fails otherwise"
            else:
                continue
            self._best.append((far, -outcome.number, _short(proposal.note), what))
        self._best.sort(reverse=True)
        del self._best[_EDITS:]

    def text(self, start: Start) -> str:
        """Lines that are suspected, and edits that were tried; empty where nothing is known."""
        parts = self._suspects(start)
        if self._tried:
            total = sum(self._tried.values())
            where = ", ".join(f"{place} ({n})" for place, n in self._tried.most_common(_SUSPECTS))
            parts.append(f"{total} single edits were tried, most at: {where}")
        parts += [f"tried {note}: {what}" for _, _, note, what in self._best]
        return "\n".join(f"- {_short(part)}" for part in parts)

    def _suspects(self, start: Start) -> list[str]:
        evaluation = start.evaluation
        ranks = suspicion(evaluation)
        if not any(case.score < 1 for case in evaluation.cases):
            return []
        lines = sorted(
            ((rank, path, line) for path, rows in ranks.items() for line, rank in rows.items()),
            key=lambda item: (-item[0], item[1], item[2]),
        )
        reasons = Reasons(evaluation)
        trainable = [(one.path, one.line, one.end_line) for one in start.parameters]
        found: list[str] = []
        for rank, path, line in lines:
            if rank < lines[0][0] * _LEAST or len(found) >= _SUSPECTS:
                break
            if not any(path == p and first <= line <= last for p, first, last in trainable):
                continue
            source = self._task.source(path, start.sources)
            if line > len(source.starts):
                continue
            why = (
                reasons.why(path, line, "suspect", "")
                .removeprefix("suspect: ")
                .removeprefix(f"line {line} ")
            )
            found.append(
                f"{label(PurePath(path).name)}:{line} `{source.line(line).strip()}`: {why}"
            )
        return found


def _score(outcome: Outcome) -> str:
    score = outcome.evaluation.score
    return "no score" if score is None else f"score {score:.6g}"


def _short(text: str) -> str:
    """One line, bounded; what could pass for a heading does not begin it."""
    return inline(" ".join(text.split()), 2 * _LINE + 5)
