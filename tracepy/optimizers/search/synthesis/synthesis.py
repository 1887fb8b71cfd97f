"""The arm of `search` that writes programs: for each function that one could stand in for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from tracepy.objective.wanted import Example
from tracepy.optimizers.base import Proposal, Task
from tracepy.optimizers.search.edits import Base
from tracepy.optimizers.search.synthesis.bounded import small
from tracepy.optimizers.search.synthesis.goal import Goal
from tracepy.optimizers.search.synthesis.guesses import guesses, recorded
from tracepy.optimizers.search.synthesis.programs import Program, Programs
from tracepy.optimizers.search.synthesis.targets import Target, filled, suspects, targets
from tracepy.optimizers.search.synthesis.variants import variants
from tracepy.optimizers.search.synthesis.vocabulary import leaves, own_constants
from tracepy.optimizers.search.synthesis.writing import quotes, written

# Expressions worked out for one function, and programs proposed for it.
_LIMIT = 120_000
_MOST = 8
# The same where the judge has to tell which of them is right, and how many go to it at once.
_GUESSED = 20_000
_MOST_GUESSES = 600
_TOGETHER = 16
# Examples that programs are held against here; the judge looks at all.
_EXAMPLES = 40
# Turns without a proposal that are taken at once where nothing but a stub stands there: edits of a
# stub are worth less than the time.
_PATIENCE = 200
_BREATHS = 4


@dataclass
class _Job:
    """What is done about one function.

    Attributes:
        target: The function.
        examples: How many examples say what it should give; 0 where only the judge knows.
        programs: What it could be; None now and then.
        told: How many programs have been proposed.
    """

    target: Target
    examples: int
    programs: Iterator[Program | None]
    told: int = 0


class Synthesis:
    """Proposes programs for functions that are stubs or one expression.

    Candidates are worked out in this process, by operations of a closed vocabulary on plain data;
    no code of the target runs here. What it finds is judged like any other candidate. Where the
    objective does not state what a function should give, expressions that differ on recorded
    inputs are left to the judge.

    Args:
        task: The run's task.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._targets = self._found()
        self._job: _Job | None = None

    @cached_property
    def _examples(self) -> Sequence[Example]:
        """Read where there is a function that they could be of: tests are long."""
        return self._task.examples()

    @property
    def running(self) -> bool:
        """Whether there may be more to come."""
        return self._job is not None or bool(self._targets)

    @property
    def eager(self) -> bool:
        """Whether it deals with a stub that there are examples for: nothing else is as good."""
        if self._job is not None:
            return self._job.target.shape == "stub" and self._job.examples > 0
        return bool(self._targets) and self._targets[0][1] == 0

    @property
    def stubs(self) -> bool:
        """Whether a stub is still to come."""
        return any(target.shape == "stub" for target, _ in self._targets)

    def propose(self, base: Base) -> list[Proposal]:
        """The next programs, written into a base; none where it takes longer to find one."""
        for _ in range(_PATIENCE if self.eager else _BREATHS):
            if self._job is None and not self._next():
                return []
            assert self._job is not None
            found = self._step(base, self._job)
            if found:
                return found
        return []

    def won(self) -> None:
        """The last program was better than what stood there: where it is known to be right, on to
        the next function."""
        if self._job is not None and self._job.examples:
            self._job = None

    def _step(self, base: Base, job: _Job) -> list[Proposal]:
        """Programs until there is one, or enough of them, or a breath to be taken."""
        found: list[Proposal] = []
        while len(found) < (1 if job.examples else _TOGETHER):
            try:
                program = next(job.programs)
            except StopIteration:
                self._job = None
                break
            if program is None:
                break
            proposal = self._proposal(base, program, job)
            found += [proposal] if proposal is not None else []
        job.told += len(found)
        if job.told >= (_MOST if job.examples else _MOST_GUESSES):
            self._job = None
        return found

    def _next(self) -> bool:
        """Turn to the next function."""
        if not self._targets:
            return False
        target = self._targets.pop(0)[0]
        own = own_constants(self._task.originals[target.path].tree, target.node)
        inputs, expected = self._known(target)
        if len(expected) > 1:
            goal = Goal(variants(inputs), expected)
            terms = leaves(goal.inputs, expected, own)
            self._job = _Job(target, goal.number, Programs(goal, terms, _LIMIT).found())
            return True
        terms = leaves(recorded(target, self._task.baseline), (), own)
        self._job = _Job(target, 0, guesses(terms, target, _GUESSED))
        return True

    def _known(self, target: Target) -> tuple[Mapping[str, Sequence[Any]], Sequence[Any]]:
        """Examples that are small enough to be worked with."""
        inputs, expected = target.bound(self._examples)
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

    def _found(self) -> list[tuple[Target, int]]:
        """Functions and how late they come: stubs with examples first, then expressions with
        examples, then stubs that only the judge can tell about."""
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
                stub = target.shape == "stub"
                if target.parameters and len(self._known(target)[1]) > 1:
                    found.append((target, 0 if stub else 1))
                elif stub and recorded(target, task.baseline):
                    found.append((target, 2))
        return sorted(found, key=lambda item: item[1])

    def _proposal(self, base: Base, program: Program, job: _Job) -> Proposal | None:
        target = job.target
        source = self._task.source(target.path, base.sources)
        quote = quotes(source.text)
        expression = program.tree.expression()
        expression = written(expression, quote) if expression else ""
        lines = [_line(line, quote) for line in program.tree.lines()]
        text = filled(source, target.name, lines, expression)
        if text is None:
            return None
        known = (
            f"right on {program.right} of {job.examples} examples"
            if job.examples
            else "unlike all before it on recorded inputs"
        )
        return Proposal(
            {**base.sources, target.path: text},
            f"line {target.node.lineno}: {target.name} gives {expression or '; '.join(lines)}",
            origin=base,
            parent=base.number,
            reason=(
                f"a program of cost {program.cost}, {known}, found after {program.known} expressions"
            ),
        )


def _line(line: str, quote: str) -> str:
    """A statement without parentheses that it does not need."""
    text = line.lstrip()
    head = text.endswith(":")
    plain = written(f"{text} pass" if head else text, quote)
    return line[: len(line) - len(text)] + (plain.splitlines()[0] if head else plain)
