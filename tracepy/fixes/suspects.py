"""What in a fix's source speaks against it: it suits the tests, or it takes something away.

The signs are those that studies of generated patches name: special cases for the tests' inputs,
exceptions that are swallowed, and functionality deleted (Qi et al., "An analysis of patch
plausibility and correctness for generate-and-validate patch generation systems", ISSTA 2015).
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from tracepy.fixes.literals import telling

_Node = TypeVar("_Node", bound=ast.AST)


@dataclass(frozen=True, slots=True)
class Signs:
    """What was seen in a fix.

    Attributes:
        warnings: Why it may only suit the tests, in words.
        removed: Pieces of functionality that it takes away: statements dropped, conditions forced,
            parts of conditions left out, constants returned.
        from_tests: New literals that the tests have, too.
        tokens: Names, literals and operators that come or go.
    """

    warnings: tuple[str, ...] = ()
    removed: int = 0
    from_tests: int = 0
    tokens: int = 0


def signs(before: Mapping[str, str], after: Mapping[str, str], tests: Collection[str]) -> Signs:
    """Compare the changed modules of a fix with what they were.

    Args:
        before: The original texts, by path.
        after: The changed texts, by path.
        tests: `literals.of_tests(...)`.
    """
    warnings: list[str] = []
    removed = literals = tokens = 0
    for path, text in sorted(after.items()):
        old, new = ast.parse(before[path]), ast.parse(text)
        known = {repr(node.value) for node in ast.walk(old) if isinstance(node, ast.Constant)}
        fresh = _fresh(old, new, ast.Constant)
        own = {repr(node.value) for node in fresh if telling(node.value)} & set(tests) - known
        warnings += _special_cases(old, new, own)
        if _handlers(new) > _handlers(old):
            warnings.append("it swallows an exception and does nothing about it")
        removed += _removed(old, new)
        literals += len(own)
        tokens += _tokens(old, new)
    return Signs(tuple(dict.fromkeys(warnings)), removed, literals, tokens)


def _special_cases(old: ast.Module, new: ast.Module, own: Collection[str]) -> Iterator[str]:
    """Comparisons for equality with a literal that only the tests have; such a literal returned
    for one input."""
    for node in _fresh(old, new, ast.Compare):
        equal = all(isinstance(op, (ast.Eq, ast.NotEq, ast.In, ast.Is)) for op in node.ops)
        named = sorted(_literals(node) & set(own))
        if equal and named:
            yield f"it makes a special case of {', '.join(named)}, which the tests use"
    for choice in _fresh(old, new, ast.If):
        picks = isinstance(choice.test, ast.Compare) and isinstance(choice.test.ops[0], ast.Eq)
        for statement in choice.body if picks else ():
            given = statement.value if isinstance(statement, ast.Return) else None
            if isinstance(given, ast.Constant) and repr(given.value) in own:
                yield f"it returns {given.value!r} for one input, as the tests expect"


def _literals(node: ast.AST) -> set[str]:
    return {repr(item.value) for item in ast.walk(node) if isinstance(item, ast.Constant)}


def _fresh(old: ast.AST, new: ast.AST, kind: type[_Node]) -> list[_Node]:
    """The nodes of a kind that the old tree does not have as often."""
    known = Counter(ast.dump(node) for node in ast.walk(old) if isinstance(node, kind))
    found = []
    for node in ast.walk(new):
        if isinstance(node, kind):
            key = ast.dump(node)
            if known[key]:
                known[key] -= 1
            else:
                found.append(node)
    return found


def _handlers(tree: ast.AST) -> int:
    """Handlers that do nothing about what they catch."""
    return sum(
        all(_does_nothing(statement) for statement in node.body)
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
    )


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Return):
        return statement.value is None or isinstance(statement.value, ast.Constant)
    return isinstance(statement, (ast.Pass, ast.Continue, ast.Break))


def _removed(old: ast.Module, new: ast.Module) -> int:
    """How many pieces of functionality are gone."""
    before, after = _pieces(old), _pieces(new)
    less = sum(max(before[name] - after[name], 0) for name in ("statements", "parts"))
    return less + sum(max(after[name] - before[name], 0) for name in ("forced", "constants"))


def _pieces(tree: ast.Module) -> Counter[str]:
    found: Counter[str] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not isinstance(node, ast.Pass):
            found["statements"] += 1
        if isinstance(node, ast.BoolOp):
            found["parts"] += len(node.values)
            found["forced"] += sum(isinstance(value, ast.Constant) for value in node.values)
        if isinstance(node, (ast.If, ast.IfExp)):
            found["forced"] += isinstance(node.test, ast.Constant)
        if isinstance(node, ast.Return):
            found["constants"] += isinstance(node.value, ast.Constant)
    return found


def _tokens(old: ast.Module, new: ast.Module) -> int:
    before, after = _words(old), _words(new)
    return (before - after).total() + (after - before).total()


def _words(tree: ast.Module) -> Counter[str]:
    """Nodes by kind, with what each says itself: their multiset changes as little as the code."""
    found: Counter[str] = Counter()
    for node in ast.walk(tree):
        said = [getattr(node, name, None) for name in ("id", "attr", "arg", "value", "name")]
        plain = [x for x in said if not isinstance(x, ast.AST)]
        found[f"{type(node).__name__} {plain!r}"] += 1
    return found
