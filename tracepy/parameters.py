"""The parameters θ of a program: which pieces of its source may change, and to what."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as dataclass_replace
from fnmatch import fnmatchcase
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from tracepy.errors import UserError
from tracepy.target import Target, near, syntax_message
from tracepy.transforms.discover import Found, Kind, discover
from tracepy.transforms.edit import Edit
from tracepy.transforms.indent import indent
from tracepy.transforms.literals import render
from tracepy.transforms.pragmas import Constraint
from tracepy.transforms.source import Source

__all__ = ["Constraint", "Parameter", "find", "replace"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One piece of source that may change.

    Attributes:
        name: `module:qualname` of a function, `module:NAME` of a module or class constant,
            `module:qualname.<name>` of a local or a default.
        kind: `function`, `number`, `bool`, `string` or `literal` (a container, bytes, None).
        module: Dotted name of its module.
        path: The module's file, absolute.
        line: Its first line (that of the first decorator), from 1.
        end_line: Its last line.
        start: Offset of its first character in the module's text.
        end: Offset behind its last character.
        value: The literal's value, or the function's source without its indentation.
        constraint: What it may become.
        marked: Whether the user marked it, by a pragma, in code or with `--train`.
    """

    name: str
    kind: Kind
    module: str
    path: str
    line: int
    end_line: int
    start: int
    end: int
    value: Any
    constraint: Constraint
    marked: bool


def find(
    target: Target,
    sources: Mapping[str, str] | None = None,
    train: Sequence[str] = (),
    freeze: Sequence[str] = (),
) -> list[Parameter]:
    """The parameters of a target, by file and place.

    Where anything is marked, or `train` given, only that; else every function and literal.
    A pattern (fnmatch) is held against the whole name and against its part after the colon. What
    lies inside a frozen function or class is frozen too, unless it is marked itself.

    Args:
        target: The modules.
        sources: Texts to read instead of the files, by absolute path.
        train: Patterns of names to train.
        freeze: Patterns of names to leave alone; as a pragma to freeze, they win.

    Raises:
        UserError: a pattern of `train` matches nothing, a pragma is wrong, nothing is trainable.
    """
    found: list[tuple[str, str, Found]] = []
    for module, file in target.modules.items():
        source = _source(file, sources)
        found += [(module, str(file), item) for item in _discover(source, module)]
    found = _within(found, target)
    names = [item.name for _, _, item in found]
    for pattern in train:
        if not any(matches(name, pattern) for name in names):
            ends = {name.partition(":")[2]: name for name in names}
            hint = near(pattern, names) or near(pattern, ends)
            raise UserError(f"--train {pattern} matches no parameter of {target.label}{hint}")
    wanted = [i for i in found if i[2].mark == "train" or _any(i[2].name, train)]
    chosen = wanted or [i for i in found if i[2].usual]
    result = [
        _parameter(module, path, item, marked=bool(wanted))
        for module, path, item in chosen
        if item.mark != "freeze" and not _frozen(item.name, freeze)
    ]
    if not result:
        raise UserError(_nothing(target, bool(found), bool(wanted)))
    return result


def replace(source_text: str, parameter: Parameter, new: Any) -> Edit:
    """The edit that gives a parameter a new value, or a function a new source.

    Numbers are written so that they read back the same; an int stays an int unless the constraint
    allows fractions, a float stays a float. Strings keep their kind of quotes. A function's source
    is indented to its place.

    Args:
        source_text: The text of the module that the parameter was found in.
        parameter: The parameter, with offsets in that text.
        new: The value, or the source of a function.

    Raises:
        ValueError: the value has no literal form or the wrong type, or the source is not one
            function.
    """
    old = source_text[parameter.start : parameter.end].replace("\r\n", "\n").replace("\r", "\n")
    newline = _newline(source_text)
    if parameter.kind == "function":
        text = _function(source_text, parameter, new)
    else:
        if parameter.kind == "number":
            new = _number(parameter, new)
        text = render(new, old, _encoding(source_text))
    return Edit(parameter.start, parameter.end, text.replace("\n", newline))


def _source(file: Path, sources: Mapping[str, str] | None) -> Source:
    text = (sources or {}).get(str(file))
    try:
        return Source.read(file) if text is None else Source(text, str(file))
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror}") from error
    except SyntaxError as error:
        raise UserError(syntax_message(error, str(file))) from error


def _discover(source: Source, module: str) -> list[Found]:
    try:
        return discover(source, module)
    except (SyntaxError, ValueError) as error:
        raise UserError(syntax_message(error, source.path)) from error


def _within(found: list[tuple[str, str, Found]], target: Target) -> list[tuple[str, str, Found]]:
    """What lies inside the target's qualified name."""
    if target.qualname is None:
        return found
    known = [item.name.partition(":")[2] for _, _, item in found]
    inside = [i for i in found if _inside(i[2].name.partition(":")[2], target.qualname)]
    if not inside:
        names = {part for name in known for part in (name, name.partition(".")[0])}
        hint = near(target.qualname, sorted(names))
        raise UserError(f"{target.label}: no function, class or literal of that name{hint}")
    return inside


def _inside(name: str, outer: str) -> bool:
    return name == outer or name.startswith((f"{outer}.", f"{outer}#"))


def matches(name: str, pattern: str) -> bool:
    """Whether a pattern means a parameter, by its whole name or its part after the colon."""
    return fnmatchcase(name, pattern) or fnmatchcase(name.partition(":")[2], pattern)


def _any(name: str, patterns: Iterable[str]) -> bool:
    return any(matches(name, pattern) for pattern in patterns)


def _frozen(name: str, patterns: Sequence[str]) -> bool:
    """Whether a pattern freezes a name, or something that holds it."""
    module, _, rest = name.partition(":")
    parts = rest.split(".")
    holders = [f"{module}:{'.'.join(parts[:count])}" for count in range(1, len(parts) + 1)]
    return any(_any(holder, patterns) for holder in holders)


def _parameter(module: str, path: str, item: Found, *, marked: bool) -> Parameter:
    constraint = item.constraint
    if item.kind == "number" and isinstance(item.value, int):
        bounds = (constraint.low, constraint.high, *constraint.choices)
        # `n = 1  # tracepy: train in [0.0, 1.0]` asks for fractions in so many words.
        whole = not any(isinstance(bound, float) for bound in bounds)
        constraint = dataclass_replace(constraint, integer=whole)
    return Parameter(
        item.name, item.kind, module, path, item.line, item.end_line, item.start, item.end,
        item.value, constraint, marked,
    )  # fmt: skip


def _nothing(target: Target, found: bool, wanted: bool) -> str:
    if wanted:
        return f"{target.label}: everything that is marked is frozen, so nothing can be trained"
    if found:
        return f"{target.label}: everything is frozen, so nothing can be trained"
    return f"{target.label} has no function and no literal, so nothing can be trained"


def _number(parameter: Parameter, new: Any) -> int | float:
    if isinstance(new, bool) or not isinstance(new, Real):
        raise ValueError(f"{new!r} is not a number, and {parameter.name} is")
    if isinstance(parameter.value, float):
        return float(new)
    if isinstance(new, Integral):
        return int(new)
    if parameter.constraint.integer:
        if not float(new).is_integer():
            raise ValueError(f"{new!r} is not a whole number, and {parameter.name} is")
        return int(float(new))
    return float(new)


def _function(source_text: str, parameter: Parameter, new: Any) -> str:
    if not isinstance(new, str):
        raise ValueError(f"{parameter.name} is a function: its new value must be source")
    text = new.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    try:
        body = ast.parse(text).body
        line_start = max(source_text.rfind(end, 0, parameter.start) for end in "\r\n") + 1
        prefix = source_text[line_start : parameter.start]
        text = indent(text, prefix).removeprefix(prefix)
    except SyntaxError as error:
        raise ValueError(f"{parameter.name}: syntax error: {error}") from error
    if len(body) != 1 or not isinstance(body[0], (ast.FunctionDef, ast.AsyncFunctionDef)):
        raise ValueError(f"{parameter.name}: its new source must be one function")
    return text.rstrip()


def _newline(text: str) -> str:
    return Source(text).newline


def _encoding(text: str) -> str:
    """What the coding line of a decoded module says."""
    head = "\n".join(text[:500].splitlines()[:2]).encode("utf-8", "replace")
    try:
        return tokenize.detect_encoding(io.BytesIO(head).readline)[0]
    except SyntaxError:
        return "utf-8"
