"""The leaves: parameters, constants of the module and of the examples, numbers that are everywhere."""

from __future__ import annotations

import ast
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tracepy.optimizers.search.synthesis.bounded import small
from tracepy.optimizers.search.synthesis.terms import Term, kind_of

_COMMON: tuple[tuple[Any, int], ...] = (
    (0, 1), (1, 1), (2, 1), (-1, 1), ("", 1), (" ", 1), (10, 2), (100, 2), (3, 3), (-2, 2), (4, 3),
    (5, 3), (0.5, 3), (1000, 3), (60, 3), (True, 1), (False, 1), (None, 2), ([], 2),
)  # fmt: skip
# Constants of a module that are taken, and of the examples.
_OWN = 24
_SHOWN = 10


def leaves(
    inputs: Mapping[str, Sequence[Any]],
    expected: Sequence[Any],
    own: Iterable[tuple[str, Any]],
) -> list[Term]:
    """The terms that all others are made of.

    Args:
        inputs: The parameters' values on each input.
        expected: What the first inputs should give.
        own: Constants of the module and of the function's own text: how they are written, and what
            they are. Names come before numbers of the same value.
    """
    number = len(next(iter(inputs.values()))) if inputs else max(len(expected), 1)
    found = [
        Term(name, 1, values, kind) for name, values in inputs.items() if (kind := kind_of(values))
    ]
    constants: dict[str, tuple[str, Any, int]] = {}
    for text, value in itertools.islice(own, _OWN):
        constants.setdefault(repr(value), (text, value, 1))
    types = _types([*inputs.values(), expected])
    common = [(x, cost) for x, cost in _COMMON if _useful(x, types)]
    for value, cost in (*common, *_told(inputs, expected)):
        known = constants.get(repr(value))
        if known is None or known[2] > cost:
            constants[repr(value)] = (_literal(value), value, cost)
    for text, value, cost in constants.values():
        kind = kind_of([value])
        if kind and small(value):
            found.append(Term(text, cost, [value] * number, kind, constant=True))
    if len(inputs) > 1 and len({term.kind for term in found[: len(inputs)]}) == 1:
        rows = [list(row) for row in zip(*inputs.values(), strict=True)]
        if kind_of(rows):
            found.append(Term(f"[{', '.join(inputs)}]", 2, rows, "l"))
    return found


def _types(values: Any) -> set[type]:
    """The types in plain data."""
    found = {type(values)}
    if isinstance(values, dict):
        values = [*values, *values.values()]
    if isinstance(values, (list, tuple, set)):
        for value in values:
            found |= _types(value)
    return found


def _useful(value: Any, types: set[type]) -> bool:
    """Whether a constant of everyday can be of use where these types occur."""
    kind = type(value)
    if kind is int and abs(value) <= 2:  # an index
        return True
    if kind in (int, float):
        return int in types or float in types
    return kind is not str or str in types


def _literal(value: Any) -> str:
    return f"({value!r})" if type(value) in (int, float) and value < 0 else repr(value)


def _told(inputs: Mapping[str, Sequence[Any]], expected: Sequence[Any]) -> list[tuple[Any, int]]:
    """Constants that the examples show: results that recur, separators, what texts end in."""
    found: list[tuple[Any, int]] = []
    plain = [x for x in expected if type(x) in (int, float, str)]
    results = Counter((type(x), x) for x in plain)
    few = 2 * len(results) <= len(plain)
    found += [(x, 2) for (_, x), n in results.most_common(_SHOWN) if n > 1 or (few and n)]
    given = [x for values in inputs.values() for x in values if type(x) is str]
    for texts in (given, [x for x in plain if type(x) is str]):
        signs = Counter(char for text in texts for char in sorted(set(text)) if not char.isalnum())
        # A sign in every other text is one to split by, or to join with.
        found += [
            (char, 1 if 2 * n >= len(texts) else 2) for char, n in signs.most_common(6) if n > 1
        ]
    added: Counter[str] = Counter()
    for values in inputs.values():
        for value, wanted in zip(values, expected, strict=False):
            if type(value) is str and type(wanted) is str and value:
                before, there, after = wanted.partition(value)
                added.update({part for part in (before, after) if part and there})
    found += [(part, 2) for part, n in added.most_common(4) if n > 1]
    if len(plain) > 1 and all(type(x) is str for x in plain):
        head = _shared(plain)
        tail = _shared([x[::-1] for x in plain])[::-1]
        found += [(part, 2) for part in (head, tail) if part]
    return found


def _shared(texts: Sequence[str]) -> str:
    """What all texts begin with."""
    low, high = min(texts), max(texts)
    same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(low, high, strict=False))
    return "".join(char for char, _ in same)


def own_constants(tree: ast.Module, function: ast.FunctionDef) -> list[tuple[str, Any]]:
    """Constants that a function can name or that stand in its text, its docstring included."""
    found: list[tuple[str, Any]] = []
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            targets = [node.target]
        if len(targets) == 1 and isinstance(targets[0], ast.Name):
            value = _value(node.value)  # type: ignore[attr-defined]
            found += [(targets[0].id, value)] if value is not None else []
    words = ast.get_docstring(function)
    first = function.body[0]
    documented = first.value if words is not None and isinstance(first, ast.Expr) else None
    for part in ast.walk(function):
        value = part.value if isinstance(part, ast.Constant) and part is not documented else None
        if type(value) in (int, float, str):
            found.append((_literal(value), value))
    return found + _in_words(words or "")


def _value(node: ast.expr) -> Any:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if small(value) else None


def _in_words(text: str) -> list[tuple[str, Any]]:
    """Numbers and quoted texts in a docstring."""
    found: list[tuple[str, Any]] = []
    for word in text.replace(",", " ").split():
        word = word.strip(".;:()[]`")
        quoted = len(word) > 2 and word[0] == word[-1] and word[0] in "'\""
        value = _value(_parsed(word)) if word[:1].isdigit() or quoted else None
        if type(value) in (int, float, str):
            found.append((_literal(value), value))
    return found


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return ast.Name("_")
