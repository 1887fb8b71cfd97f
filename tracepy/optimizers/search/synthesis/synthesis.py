"""The arm of `search` that writes programs: for each function that one could stand in for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from tracepy.optimizers.base import Proposal, Task
from tracepy.optimizers.search.edits import Base
from tracepy.optimizers.search.synthesis.bounded import small
from tracepy.optimizers.search.synthesis.goal import Goal
from tracepy.optimizers.search.synthesis.programs import Program, Programs
from tracepy.optimizers.search.synthesis.targets import Target, filled, suspects, targets
from tracepy.optimizers.search.synthesis.terms import statement, written
from tracepy.optimizers.search.synthesis.variants import variants
from tracepy.optimizers.search.synthesis.vocabulary import leaves, own_constants

# Expressions worked out for one function, and programs proposed for it.
_LIMIT = 120_000
_MOST = 8
# Examples that programs are held against here; the judge looks at all.
_EXAMPLES = 40
# Turns without a proposal that are taken at once where nothing but a stub stands there: edits of a
# stub are worth less than the time.
_PATIENCE = 200


class Synthesis:
    """Proposes programs for functions whose results the objective states.

    Candidates are worked out in this process, by operations of a closed vocabulary on plain data;
    no code of the target runs here. What it finds is judged like any other candidate.

    Args:
        task: The run's task.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._targets = self._found() if task.baseline.cases else []
        self._current: Iterator[Program | None] | None = None
        self._target: Target | None = None
        self._goal: Goal | None = None
        self._told = 0

    @property
    def running(self) -> bool:
        """Whether there may be more to come."""
        return self._current is not None or bool(self._targets)

    @property
    def eager(self) -> bool:
        """Whether it deals with a stub, of which nothing is worth editing."""
        target = self._target or (self._targets[0] if self._targets else None)
        return target is not None and target.shape == "stub"

    def propose(self, base: Base) -> list[Proposal]:
        """The next program, written into a base; none where it takes longer to find one."""
        for _ in range(_PATIENCE if self.eager else 1):
            if self._current is None and not self._next():
                return []
            found = self._step(base)
            if found is not None:
                return [found]
        return []

    def won(self) -> None:
        """The last program was better than what stood there: on to the next function."""
        self._current = self._target = None

    def _step(self, base: Base) -> Proposal | None:
        assert self._current is not None
        try:
            program = next(self._current)
        except StopIteration:
            self._current = self._target = None
            return None
        proposal = self._proposal(base, program) if program is not None else None
        self._told += proposal is not None
        if self._told >= _MOST:
            self._current = self._target = None
        return proposal

    def _next(self) -> bool:
        """Turn to the next function."""
        if not self._targets:
            return False
        self._target = self._targets.pop(0)
        self._told = 0
        tree = self._task.originals[self._target.path].tree
        inputs, expected = self._known(self._target)
        self._goal = Goal(variants(inputs), expected)
        own = own_constants(tree, self._target.node)
        terms = leaves(self._goal.inputs, expected, own)
        self._current = Programs(self._goal, terms, _LIMIT).found()
        return True

    def _known(self, target: Target) -> tuple[Mapping[str, Sequence[Any]], Sequence[Any]]:
        """Examples that are small enough to be worked with."""
        inputs, expected = target.bound(self._task.examples())
        good = (
            i
            for i, wanted in enumerate(expected)
            if small(wanted) and all(small(values[i]) for values in inputs.values())
        )
        chosen = list(islice(good, _EXAMPLES))
        return (
            {name: [values[i] for i in chosen] for name, values in inputs.items()},
            [expected[i] for i in chosen],
        )

    def _found(self) -> list[Target]:
        """Functions with examples: stubs first, in the order in which they stand."""
        task, found = self._task, []
        names = [p.name for p in task.find({}) if p.kind == "function"]
        for path, source in task.originals.items():
            module = task.modules[path]
            frozen = task.frozen(source, module)
            trainable = {name.partition(":")[2] for name in names if name.startswith(f"{module}:")}
            for target in targets(source, module, trainable, suspects(task.baseline, path)):
                start, end = source.span(target.node)
                if any(start < last and first < end for first, last in frozen):
                    continue
                _, expected = self._known(target)
                if len(expected) > 1:
                    found.append(target)
        return sorted(found, key=lambda target: target.shape != "stub")

    def _proposal(self, base: Base, program: Program) -> Proposal | None:
        target, goal = self._target, self._goal
        assert target is not None and goal is not None
        expression = program.tree.expression()
        expression = written(expression) if expression else ""
        lines = [_line(line) for line in program.tree.lines()]
        source = self._task.source(target.path, base.sources)
        text = filled(source, target.name, lines, expression)
        if text is None:
            return None
        return Proposal(
            {**base.sources, target.path: text},
            f"line {target.node.lineno}: {target.name} gives {expression or '; '.join(lines)}",
            origin=base,
            parent=base.number,
            reason=(
                f"a program of cost {program.cost}, right on {program.right} of {goal.number} "
                f"examples, found after {program.known} expressions"
            ),
        )


def _line(line: str) -> str:
    """A statement without parentheses that it does not need."""
    text = line.lstrip()
    head = text.endswith(":")
    plain = statement(f"{text} pass" if head else text)
    return line[: len(line) - len(text)] + (plain.splitlines()[0] if head else plain)
