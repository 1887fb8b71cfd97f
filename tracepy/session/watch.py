"""Whoever watches a run is told where it stands."""

from __future__ import annotations

from collections.abc import Callable

from tracepy.budget import Budget
from tracepy.progress import Progress
from tracepy.session.standing import Standing


class Watch:
    """Tells one watcher, or nobody.

    Args:
        budget: What is spent.
        on_progress: Called often, with where the run stands.

    Attributes:
        phase: What the run is at.
        standing: What it has come to; None until the baseline is judged.
    """

    def __init__(self, budget: Budget, on_progress: Callable[[Progress], None] | None) -> None:
        self.phase = "baseline"
        self.standing: Standing | None = None
        self._budget = budget
        self._on_progress = on_progress

    def tell(self, trying: str, asking: str = "", paid: str = "", waiting: str = "") -> None:
        """Say what is tried, what is asked of models and paid for it, and what is waited for."""
        if self._on_progress is None:
            return
        standing, budget = self.standing, self._budget
        self._on_progress(
            Progress(
                self.phase,
                budget.spent,
                budget.evaluations,
                standing.task.baseline.score if standing else None,
                standing.best.evaluation.score if standing else None,
                trying,
                budget.elapsed,
                budget.seconds,
                asking,
                paid,
                waiting,
            )
        )
