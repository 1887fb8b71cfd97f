"""Pragmas: comments of the form `# tracepy: VERB …` and the constraints that they state."""

from __future__ import annotations

import ast
import io
import math
import re
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from tracepy.errors import UserError
from tracepy.transforms.source import Source

Verb = Literal["train", "freeze", "instrument", "objective"]

ALLOWED = (
    "train, train in [0, 1], train in {16, 32, 64}, train log in [1e-5, 1], "
    'train "at most 80 words", freeze, instrument, objective'
)

# After another comment on the same line too, but not where prose quotes a pragma in backticks.
_PRAGMA = re.compile(r"(?:[^`]*\s)?#\s*tracepy:\s*(?P<body>.*)", re.DOTALL)
_LIMIT = re.compile(r"at most (\d+) (words?|characters?|lines?)\b")


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a parameter may become; the paper's Θ for one parameter.

    Attributes:
        low: Least number allowed (itself allowed too).
        high: Greatest number allowed (itself allowed too).
        log: Whether the range is to be searched on a logarithmic scale.
        integer: Whether only whole numbers are allowed.
        choices: The only values allowed, in the order written; empty where any is.
        words: The constraint in words, for a reader or a model.
    """

    low: float | None = None
    high: float | None = None
    log: bool = False
    integer: bool = False
    choices: tuple[Any, ...] = ()
    words: str = ""

    def violation(self, value: Any) -> str | None:
        """What is wrong with a value, in words; None where it is allowed.

        A range holds for every number in a list, tuple, set or the values of a dict. Of `words`
        only "at most N words" (characters, lines) is checked.
        """
        if self.choices and not any(_same(value, choice) for choice in self.choices):
            return f"{value!r} is not one of {', '.join(map(repr, self.choices))}"
        if self.low is not None or self.high is not None:
            for number in _numbers(value):
                if (problem := self._out_of_range(number)) is not None:
                    return problem
        if self.integer and (isinstance(value, bool) or not _whole(value)):
            return f"{value!r} is not a whole number"
        return self._too_long(value) if isinstance(value, str) else None

    def _out_of_range(self, number: Any) -> str | None:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            return f"{number!r} is not a number"
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        # Written so that NaN, which compares false with everything, is out of range.
        return None if low <= number <= high else f"{number!r} is not in [{low!r}, {high!r}]"

    def _too_long(self, value: str) -> str | None:
        for limit, unit in _LIMIT.findall(self.words):
            parts = {"w": value.split(), "c": value, "l": value.splitlines()}[unit[0]]
            if len(parts) > int(limit):
                return f"has {len(parts)} {unit.rstrip('s')}s, at most {limit} are allowed"
        return None

    def __str__(self) -> str:
        """As a pragma writes it; empty where nothing is constrained."""
        parts = []
        if self.choices:
            parts.append("in {" + ", ".join(map(repr, self.choices)) + "}")
        elif self.low is not None or self.high is not None:
            low = "-inf" if self.low is None else repr(self.low)
            high = "inf" if self.high is None else repr(self.high)
            parts.append(f"{'log ' if self.log else ''}in [{low}, {high}]")
        if self.words:
            parts.append(f'"{self.words}"')
        return " ".join(parts)


UNCONSTRAINED = Constraint()


def _same(value: Any, choice: Any) -> bool:
    return isinstance(value, bool) == isinstance(choice, bool) and bool(value == choice)


def _whole(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _numbers(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from _numbers(item)
    else:
        yield value


@dataclass(frozen=True, slots=True)
class Pragma:
    """One pragma.

    Attributes:
        line: The line that it stands on.
        verb: What it asks for.
        constraint: What it allows (only with `train`).
        alone: Whether its line holds nothing else, so that it speaks of the next line of code.
    """

    line: int
    verb: Verb
    constraint: Constraint = UNCONSTRAINED
    alone: bool = False


def pragmas(source: Source) -> list[Pragma]:
    """The pragmas of a module in the order of their lines.

    Raises:
        UserError: one is malformed; the message names file and line and says what is allowed.
        SyntaxError: the module cannot be tokenized.
    """
    if "tracepy:" not in source.text:
        return []
    found = []
    # Line ends as Python reads them: a lone \r ends a line for `ast` and must do so here.
    lines = io.StringIO(source.text.replace("\r\n", "\n").replace("\r", "\n"))
    try:
        for token in tokenize.generate_tokens(lines.readline):
            match = token.type == tokenize.COMMENT and _PRAGMA.fullmatch(token.string)
            if match:
                line, column = token.start
                alone = not token.line[:column].strip()
                found.append(_parse(match["body"].strip(), source.path, line, alone))
    except tokenize.TokenError as error:
        raise SyntaxError(error.args[0], (source.path, *error.args[1], None)) from error
    return found


def _parse(body: str, path: str, line: int, alone: bool) -> Pragma:
    def malformed(why: str) -> UserError:
        return UserError(
            f"{path}:{line}: bad pragma `# tracepy: {body}`: {why}; allowed: {ALLOWED}"
        )

    verb, _, rest = body.partition(" ")
    # A second comment on the same line (`# tracepy: freeze  # noqa`) is none of our business.
    if verb not in get_args(Verb):
        raise malformed(f"no such verb {verb!r}" if verb else "a verb is missing")
    rest = rest.strip()
    if verb != "train":
        if rest and not rest.startswith("#"):
            raise malformed(f"nothing may follow {verb!r}")
        return Pragma(line, verb, alone=alone)  # type: ignore[arg-type]
    try:
        return Pragma(line, "train", parse_constraint(rest), alone)
    except ValueError as error:
        raise malformed(str(error)) from error


def parse_constraint(text: str) -> Constraint:
    """Read `[log] [in [LOW, HIGH] | in {A, B, …}] ["words"]`.

    Raises:
        ValueError: it is anything else; the message says what is wrong.
    """
    words = text.split(None, 1)
    log = bool(words) and words[0] == "log"
    if log:
        text = words[1] if len(words) > 1 else ""
    low = high = None
    choices: tuple[Any, ...] = ()
    if (match := re.match(r"in\b\s*", text)) is not None:
        node, text = _prefix(text[match.end() :], "]}")
        if isinstance(node, ast.Set):
            choices = tuple(ast.literal_eval(item) for item in node.elts)
        elif isinstance(node, ast.List) and len(node.elts) == 2:
            low, high = (_bound(item) for item in node.elts)
        else:
            raise ValueError("a range is [LOW, HIGH], a choice {A, B, …}")
    if log and low is None:
        raise ValueError("log needs a range: log in [LOW, HIGH]")
    said = ""
    if text[:1] in {'"', "'"}:
        node, text = _prefix(text, text[0])
        said = str(ast.literal_eval(node))
    if text and not text.startswith("#"):
        raise ValueError(f"{text!r} is not understood")
    return checked_constraint(Constraint(low, high, log, False, choices, said))


def checked_constraint(constraint: Constraint) -> Constraint:
    """The same constraint, if it makes sense. Raises ValueError."""
    low, high = constraint.low, constraint.high
    if low is not None and high is not None and not low < high:
        raise ValueError(f"the range [{low!r}, {high!r}] is empty")
    if constraint.log and (low is None or high is None or low <= 0):
        raise ValueError("a logarithmic range must begin above 0")
    return constraint


def _prefix(text: str, ends: str) -> tuple[ast.expr, str]:
    """The shortest expression at the start of a text that ends with one of `ends`."""
    for position in range(2, len(text) + 1):
        if text[position - 1] in ends:
            try:
                node = ast.parse(text[:position], mode="eval").body
                ast.literal_eval(node)
            except (SyntaxError, ValueError, TypeError):
                continue
            return node, text[position:].strip()
    raise ValueError(f"{text!r} is not a range, a choice or a string")


def _bound(node: ast.expr) -> float:
    value = ast.literal_eval(node)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"the bound {value!r} is not a number")
    return value
