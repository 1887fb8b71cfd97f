"""What every family of edits yields, and what it may know of the program's run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tracepy.transforms.edit import Edit
from tracepy.transforms.source import Source


@dataclass(frozen=True, slots=True)
class Mutation:
    """One typed edit of one statement.

    Attributes:
        family: The file it comes from (`operators`, `names`, …).
        edits: What changes in the module's text.
        line: First line of the statement it changes.
        weight: How often real fixes look like this, relative to the others; higher goes first.
        note: The edit in words, for the progress line and the report.
    """

    family: str
    edits: tuple[Edit, ...]
    line: int
    weight: float
    note: str


@dataclass(frozen=True)
class Facts:
    """What a traced run showed.

    Attributes:
        types: For a line, the type names that each name held when the line ran.
        values: For a line, bounded renderings of the values that each name held.
        raised: For a line, the names of the exceptions that it raised in failing cases.
        awaited: Exceptions that failing cases wait for.
        said: For a line, the messages of the exceptions that it raised in failing cases.
        outputs: Pairs of plain values: what came out of failing cases, and what was wanted.
    """

    types: Mapping[int, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    values: Mapping[int, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    raised: Mapping[int, frozenset[str]] = field(default_factory=dict)
    awaited: tuple[str, ...] = ()
    said: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    outputs: tuple[tuple[Any, Any], ...] = ()


@dataclass(frozen=True)
class Site:
    """A statement that may change, with its surroundings.

    Attributes:
        source: The module.
        statement: The statement; of a compound one only the head (test, iterable, …) counts.
        function: The innermost function around it, if any.
        parents: Enclosing nodes from the module down to the statement's parent.
        facts: What a traced run showed (empty without one).
    """

    source: Source
    statement: ast.stmt
    function: ast.FunctionDef | ast.AsyncFunctionDef | None
    parents: tuple[ast.AST, ...]
    facts: Facts = field(default_factory=Facts)


@dataclass(frozen=True, slots=True)
class Draft:
    """An edit as a family proposes it, before the repertoire checks and weighs it.

    Attributes:
        kind: A key of `priors.PRIORS`; the statement's edits of one kind share its weight.
        edits: What changes in the module's text.
        score: How likely this is among its kind at this statement (any positive scale).
        note: The edit in words.
    """

    kind: str
    edits: tuple[Edit, ...]
    score: float
    note: str


class Family(Protocol):
    """A family of edits: a module of this package with a function of this shape."""

    def __call__(self, site: Site) -> Iterator[Draft]: ...
