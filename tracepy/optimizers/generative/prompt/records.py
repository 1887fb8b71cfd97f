"""What is shown of one program: plain frozen data, some kilobytes, whatever the run's size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variable:
    """A parameter.

    Attributes:
        name: As the contract has it: `module:qualname`, `module:NAME`, ...
        type: `code` for a function, else the name of the value's Python type.
        text: The function's source without its indentation, or the value's `repr`.
        line: The line of the module that the source begins at.
        head: Of a function its signature on one line, else empty.
        constraint: What it may become, in few words; empty where it may become anything.
        distance: Steps between it and the judged output; None where it is not in the slice.
    """

    name: str
    type: str
    text: str
    line: int
    head: str
    constraint: str
    distance: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of source that ran, or that holds one that did.

    Attributes:
        number: From 1.
        text: As it stands, indentation included.
        runs: How often it ran; 0 where that is not known, as of an `else`.
        distance: Steps between it and the judged output.
    """

    number: int
    text: str
    runs: int
    distance: int = 0


@dataclass(frozen=True, slots=True)
class Routine:
    """A function of the slice, or the top level of a module.

    Attributes:
        module: Its module's dotted name.
        name: Its qualified name; empty for the top level.
        head: Its signature on one line.
        line: Its first line.
        calls: How often it was called.
        lines: Those of the slice; empty where the function is a parameter, whose source is shown.
        shown: Whether it is a parameter.
        distance: Steps between it and the judged output.
    """

    module: str
    name: str
    head: str
    line: int
    calls: int
    lines: tuple[Line, ...]
    shown: bool
    distance: int


@dataclass(frozen=True, slots=True)
class Value:
    """What something was, each time that it was seen.

    Attributes:
        name: `name@line`, or the name alone of what has no line of its own.
        type: The name of the Python type of the first one; empty where it is not known.
        texts: Renderings in the order of time; None where some are left out.
        count: How often it was seen.
        distance: Steps between it and the judged output.
    """

    name: str
    type: str
    texts: tuple[str | None, ...]
    count: int
    distance: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that did not pass.

    Attributes:
        name: The test's or the example's.
        score: What it was given.
        text: What was said of it.
    """

    name: str
    score: float
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """What is shown of one program.

    Attributes:
        instruction: What is wanted: the context ω of the objective, in words.
        code: What ran, in order; nearest to the output is what has the least distance.
        documentation: Of each name that the code uses, a line that explains it.
        variables: The parameters, in the order of the source.
        inputs: Values that do not depend on a parameter, and that the slice reads.
        others: Values between the parameters and the output.
        outputs: What was judged.
        score: What the objective said; None without a verdict.
        better: `higher` or `lower`: which scores are better.
        passed: How many cases pass, and how many there are.
        words: The objective's words.
        failures: Cases that did not pass, the worst first.
        notes: What else is to be known of the run, such as that it was recorded only in part.
    """

    instruction: str
    code: tuple[Routine, ...]
    documentation: tuple[tuple[str, str], ...]
    variables: tuple[Variable, ...]
    inputs: tuple[Value, ...]
    others: tuple[Value, ...]
    outputs: tuple[Value, ...]
    score: float | None
    better: str
    passed: tuple[int, int] | None
    words: str
    failures: tuple[Failure, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something that was tried before.

    Attributes:
        suggestion: New values and sources, by the name of the parameter.
        score: What it got; None without a verdict.
        feedback: The objective's words.
        note: What else there is to say, such as why it was refused.
    """

    suggestion: Mapping[str, str]
    score: float | None
    feedback: str
    note: str = ""
