"""From the marks that a candidate's answers got to its verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tracepy.evaluation.records import Case, Evaluation, Job
from tracepy.objective.examples import Sheet
from tracepy.objective.metrics import order, summed
from tracepy.objective.record import Objective
from tracepy.objective.stages import failure

_NONE = "no answer to it came"


class Tally:
    """What is known of one evaluation. The verdict does not depend on when it became known.

    Args:
        objective: What judges, with its stages.
        sheets: Its data sets, by their numbers.
        job: The candidate.
    """

    def __init__(self, objective: Objective, sheets: Mapping[int, Sheet], job: Job) -> None:
        staged = bool(job.sources) and not job.trace
        self._stages = dict(enumerate(objective.stages, 1)) if staged else {}
        self._sheets = sheets
        self._job = job
        self._cases: dict[int, dict[int, Case]] = {number: {} for number in sheets}
        self._failure: Evaluation | None = None
        self.objects = ""  # the first type that a metric of the user's would not get whole

    @property
    def may_end_early(self) -> bool:
        """Whether a verdict may come before the last answer."""
        whole = 0 in self._sheets and self._job.stops and self._sheets[0].bounded
        return whole or any(number in self._sheets for number in self._stages)

    def fail(self, failure: Evaluation) -> None:
        """Its answers cannot be marked: that is its verdict."""
        self._failure = self._failure or failure

    def add(self, mark: Any) -> None:
        """Take one mark: what a scorer says, which may be anything. Raises ValueError, TypeError."""
        part, index, score, text, objects = mark
        known = self._cases[part]
        name = self._sheets[part].names[index]
        if type(score) not in {int, float} or not math.isfinite(score) or index < 0:
            raise ValueError("a mark is no finite number")
        if not isinstance(text, str) or not isinstance(objects, str):
            raise TypeError("a field is of another type")
        if not self._sheets[part].bounded:
            self.objects = self.objects or objects
        known.setdefault(index, Case(name, float(score), text))  # its first answer counts

    def decided(self) -> Evaluation | None:
        """The verdict where no further answer can change it, and there are some to come."""
        if self._failure is not None:
            return self._failure
        for number, stage in self._stages.items():
            if number not in self._sheets:
                continue
            found = self._of(number)
            if not found.complete:
                return None
            if (wrong := failure(stage, found)) is not None:
                return wrong
        return self._beaten() if 0 in self._sheets else None

    def final(self, found: Evaluation) -> Evaluation:
        """The verdict.

        Args:
            found: What the worker came to, and how it ended.
        """
        verdict = self.decided()
        if verdict is None and found.status == "ok":
            for number, sheet in self._sheets.items():
                if number == 0 or number in self._stages:
                    for index, name in enumerate(sheet.names):
                        self._cases[number].setdefault(index, Case(name, 0.0, _NONE))
            verdict = self.decided() or (self._of(0) if 0 in self._sheets else None)
        if verdict is None:
            return found
        said = [verdict.feedback, found.feedback if found.status == "ok" else ""]
        return replace(
            found,
            status=verdict.status,
            score=verdict.score,
            feedback="\n".join(filter(None, said)),
            cases=verdict.cases,
            complete=verdict.complete,
        )

    def _of(self, number: int) -> Evaluation:
        """The verdict on the cases of a data set that have been answered, in order."""
        names = self._sheets[number].names
        first = self._job.first if number == 0 else ()
        known = self._cases[number]
        cases = [known[index] for index in order(names, first) if index in known]
        return summed(cases, len(names))

    def _beaten(self) -> Evaluation | None:
        """As soon as the mean can no longer exceed what is to be beaten, or the gate is shut."""
        beat, gate, sheet = self._job.beat, self._job.gate, self._sheets[0]
        if not self._job.stops or not sheet.bounded:
            return None
        minibatch = set(self._job.first)
        lost = 0.0
        cases = []
        for index in order(sheet.names, self._job.first):
            case = self._cases[0].get(index)
            if case is None:
                return None
            cases.append(case)
            lost += 1.0 - case.score
            shut = gate is not None and case.name in minibatch and lost >= gate
            if shut or (beat is not None and 1.0 - lost / len(sheet.names) <= beat):
                return summed(cases, len(sheet.names))
        return None
