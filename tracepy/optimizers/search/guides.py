"""The guides of a search: one for each program that is edited, and the questions still to ask."""

from __future__ import annotations

from collections.abc import Sequence

from tracepy.optimizers.base import Outcome, Proposal, Task
from tracepy.optimizers.search.edits import Base, suspects
from tracepy.optimizers.search.guide import Guide
from tracepy.optimizers.search.inquiry import Inquiry, answered, inquire, proposal
from tracepy.optimizers.search.settings import Ablations


class Guides:
    """Hands out guides, asks for what they need, and tells them the verdicts.

    Args:
        task: The run's task.
        ablations: Without probing, guides know nothing and learn nothing.
    """

    def __init__(self, task: Task, ablations: Ablations) -> None:
        self._task = task
        self._ablations = ablations
        self._guides: dict[int, Guide] = {}
        self._waiting: Base | None = None
        self._due = False
        self._asking: tuple[Inquiry, Guide] | None = None

    def of(self, base: Base) -> Guide:
        """The guide for the edits of a base. One whose trace is its own is asked about as well."""
        guide = self._guides[base.number] = Guide(base.evaluation)
        trace = base.evaluation.trace
        failing = any(case.score < 1 for case in base.evaluation.cases)
        first = self._waiting is None or not base.lost  # the best does not wait for one that lost
        if trace is not None and failing and first and not self._ablations.probing:
            self._waiting, self._due = base, False
        return guide

    def asking(self) -> Proposal | None:
        """The candidate that asks about the newest base; None where there is nothing to ask.

        The first edits of a base are tried unasked: what most fixes look like is found before the
        questions are made.
        """
        base, self._asking = self._waiting, None
        if base is None or not self._due:
            return None
        self._waiting = None
        guide = self._guides[base.number]
        sites = [(path, site) for _, path, site in suspects(self._task, base, self._ablations)]
        sources = {path: self._task.source(path, base.sources) for path in self._task.originals}
        inquiry = inquire(guide, sites, sources)
        if inquiry is None:
            return None
        self._asking = inquiry, guide
        return proposal(inquiry, base.sources, base.number)

    def observe(self, outcomes: Sequence[Outcome]) -> bool:
        """Take in verdicts. True where they answer what was asked, and say nothing else."""
        asking, self._asking = self._asking, None
        if asking is not None:
            for outcome in outcomes:
                answered(asking[0], outcome.evaluation, asking[1])
            return True
        if not self._ablations.probing:
            newest = self._waiting.number if self._waiting is not None else None
            self._due = self._due or any(o.proposal.parent == newest for o in outcomes)
            for outcome in outcomes:
                parent = outcome.proposal.parent
                guide = self._guides.get(parent) if parent is not None else None
                if guide is not None:
                    guide.observe(outcome)
        return False
