"""Candidates that cannot win are told soon, where the program and its tests are in memory.

Most candidates of a search fail the first test. Preparing a process for each of them, importing the
program and collecting its tests, takes ten times as long as that test. Here that is done once (see
`primed`), and a candidate is turned away as soon as it cannot beat the best; whoever is not turned
away is judged from the beginning, in a process of its own, and only that verdict counts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from tracepy.errors import TracepyError
from tracepy.evaluation.records import Evaluation, Job, Told
from tracepy.evaluation.splice import Module, modules
from tracepy.target import Target

if TYPE_CHECKING:
    from tracepy.evaluation.judge import Judge

# Candidates that were judged before it pays to load the program for more; fewer where they take
# long, so many times as the program itself takes seconds.
_PAYS_AFTER = 24
_PAYS_AFTER_SECONDS = 10.0
# It is given up where so many of the last candidates that it was asked about were not turned away.
_LOST = 64


class Sieve:
    """Turns candidates away.

    Args:
        make: Makes a judge whose workers have the program loaded.
        target: What is being improved.
    """

    def __init__(self, make: Callable[[], Judge], target: Target) -> None:
        self._make = make
        self._target = target
        self._modules: dict[str, Module] = {}
        self._judge: Judge | None = None
        self._seen = 0
        self._in_vain = 0
        self._off = False

    def close(self) -> None:
        """End its server."""
        if self._judge is not None:
            self._judge.close()
            self._judge = None

    def turned_away(
        self,
        jobs: Sequence[Job],
        baseline: Evaluation | None,
        habits: Collection[str],
        told: Told | None,
    ) -> dict[int, Evaluation]:
        """The verdicts on those jobs that cannot win.

        Args:
            jobs: What is to be judged.
            baseline: The verdict on the program as it stands.
            habits: What that program does of what candidates may not begin to do.
            told: Hears of the verdicts.
        """
        asked = [i for i, x in enumerate(jobs) if x.sources and not x.trace and x.stops]
        self._seen += len(asked)
        if self._off or baseline is None or not asked or not self._pays(baseline):
            return {}
        if self._judge is None:
            self._start(baseline, habits)
        chosen = [i for i in asked if self._changes_functions(jobs[i])]
        if self._judge is None or not chosen:
            return {}
        found = self._judge.evaluate([jobs[i] for i in chosen])
        done = {i: e for i, e in zip(chosen, found, strict=True) if _decided(e)}
        self._in_vain = 0 if done else self._in_vain + len(chosen)
        if self._in_vain > _LOST:
            self._off = True
            self.close()
        if told is not None:
            for index, evaluation in done.items():
                told(index, evaluation)
        return done

    def _pays(self, baseline: Evaluation) -> bool:
        long = self._seen * baseline.seconds >= _PAYS_AFTER_SECONDS
        return self._seen >= _PAYS_AFTER or long

    def _start(self, baseline: Evaluation, habits: Collection[str]) -> None:
        """Load the program; only where it then does as it did is it of use."""
        self._off = True  # until it has shown itself
        self._judge = judge = self._make()
        try:
            judge.knows(baseline, habits)
            again = judge.evaluate([Job({})])[0]
            if _scores(again) == _scores(baseline):
                self._modules = modules(map(str, self._target.modules.values()), judge.ran)
                self._off = False
        except (TracepyError, OSError, SyntaxError, ValueError, RecursionError):
            pass  # all are judged from the beginning, which is only slower
        if self._off:
            self.close()

    def _changes_functions(self, job: Job) -> bool:
        return all(
            path in self._modules and self._modules[path].change(text) is not None
            for path, text in job.sources.items()
        )


def _decided(evaluation: Evaluation) -> bool:
    """Whether a verdict would be the same from the beginning: it fails in what is the candidate's."""
    if evaluation.status == "timeout":
        return True
    return evaluation.status == "ok" and not evaluation.complete


def _scores(evaluation: Evaluation) -> dict[str, float]:
    return {case.name: case.score for case in evaluation.cases}
