"""Views of the programs that a run goes on from, kept: reading a long run's graph takes a second."""

from __future__ import annotations

from collections import OrderedDict

from tracepy.graph.model import Graph
from tracepy.optimizers.base import Task
from tracepy.optimizers.generative.prompt import View, view
from tracepy.optimizers.generative.start import Start

_KEPT = 32

Key = tuple[int, tuple[str, ...], bool, bool]


class Views:
    """What is shown of programs, by the number of their outcome; some kilobytes each.

    Args:
        task: The run's task.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._known: OrderedDict[Key, View] = OrderedDict()

    def of(self, start: Start, cases: tuple[str, ...] = (), graph: Graph | None = None) -> View:
        """What is shown of a program.

        Args:
            start: The program.
            cases: Names of those that feedback is about; empty: all.
            graph: Of its run, where it was read already.
        """
        evaluation = start.evaluation
        # A program that is traced later on has the same number, and more to show.
        key = start.number, cases, evaluation.graph is None, evaluation.trace is None
        found = self._known.pop(key, None)
        if found is None:
            found = view(self._task, start.sources, evaluation, graph=graph, cases=cases)
        self._known[key] = found
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return found
