"""Examples in tests: assertions that compare a call with a value, and what failing ones say."""

from __future__ import annotations

import ast
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

from tracepy.evaluation.records import Evaluation
from tracepy.objective.wanted_values import Call, Unreadable, compared, equal, value
from tracepy.transforms.source import Source

_ASSERTED = re.compile(r"^E\s+(?:AssertionError: )?assert (?P<test>.+)$")
_WHERE = re.compile(r"^E\s+\+\s+where (?P<value>.+) = (?P<call>[\w.]+\(.*\))$")
_EQUAL = ("assertEqual", "assertEquals", "assertIs", "assertListEqual", "assertAlmostEqual")
_TRUE = {"assertTrue": True, "assertFalse": False}
_ROUNDS = 100  # of one loop in a test, and sets of parameters of one test

Found = tuple[Call, Any]


def in_tests(
    baseline: Evaluation, functions: Mapping[str, Set[str]], project: Path
) -> Iterator[Found]:
    """What the source of the baseline's tests says of calls.

    Args:
        baseline: A verdict whose cases are named by pytest.
        functions: Names of the target's functions, by module.
        project: What the names are relative to.
    """
    cases: dict[str, Counter[str]] = {}
    for case in baseline.cases:
        path, _, rest = case.name.partition("::")
        cases.setdefault(path, Counter())[rest.partition("[")[0]] += 1
    for path, tests in cases.items():
        try:
            source = Source.read(project / path)
            yield from _Tests(source, functions, tests).found()
        except (OSError, SyntaxError, ValueError, RecursionError):
            continue


class _Tests:
    """The tests of one file, read from above to below."""

    def __init__(
        self, source: Source, functions: Mapping[str, Set[str]], tests: Mapping[str, int]
    ) -> None:
        self._tree = source.tree
        self._functions = functions
        self._tests = tests
        self._names = _imported(source.tree, functions)

    def found(self) -> Iterator[Found]:
        known: dict[str, Any] = {}
        for node in self._tree.body:
            if isinstance(node, ast.FunctionDef):
                yield from self._test(node, "", known)
            elif isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef):
                        yield from self._test(inner, f"{node.name}::", known)
            else:
                self._assign(node, known)

    def _test(self, node: ast.FunctionDef, prefix: str, known: dict[str, Any]) -> Iterator[Found]:
        number = self._tests.get(prefix + node.name, 0)
        sets = self._parameters(node, known) if number else []
        if len(sets) != number:  # some of its cases do not count, and which is not known
            return
        own = {argument.arg for argument in node.args.args}
        outer = {name: found for name, found in known.items() if name not in own}
        for parameters in sets:
            yield from self._block(node.body, {**outer, **parameters})

    def _parameters(self, node: ast.FunctionDef, known: dict[str, Any]) -> list[dict[str, Any]]:
        """The sets of parameters that a test is run with; none where they cannot be read."""
        lists: list[list[dict[str, Any]]] = []
        for decorator in node.decorator_list:
            if not isinstance(decorator, ast.Call):
                continue
            if not ast.unparse(decorator.func).endswith("parametrize") or len(decorator.args) < 2:
                continue
            try:
                names = value(decorator.args[0], known, self._named)
                rows = self._rows(decorator.args[1], known)
            except Unreadable:
                return []
            names = [x.strip() for x in names.split(",")] if isinstance(names, str) else names
            single = len(names) == 1
            try:
                lists.append([_bound(names, [row] if single else row) for row in rows])
            except (TypeError, ValueError):
                return []
        sets = itertools.islice(itertools.product(*lists), _ROUNDS)
        return [{k: v for part in parts for k, v in part.items()} for parts in sets]

    def _rows(self, node: ast.expr, known: dict[str, Any]) -> list[Any]:
        if not isinstance(node, (ast.List, ast.Tuple)):
            found = value(node, known, self._named)
            return list(found) if isinstance(found, (list, tuple)) else []
        rows = []
        for item in node.elts:
            if isinstance(item, ast.Call) and ast.unparse(item.func).endswith("param"):
                row = [value(x, known, self._named) for x in item.args]
                rows.append(row[0] if len(row) == 1 else row)
            else:
                rows.append(value(item, known, self._named))
        return rows

    def _block(self, body: list[ast.stmt], known: dict[str, Any]) -> Iterator[Found]:
        for node in body:
            if isinstance(node, ast.Assert):
                yield from compared(node.test, known, self._named)
            elif isinstance(node, ast.Expr):
                yield from self._method(node.value, known)
            elif isinstance(node, ast.With):
                raises = any("raises" in ast.unparse(item.context_expr) for item in node.items)
                if not raises:
                    yield from self._block(node.body, known)
            elif isinstance(node, ast.For):
                yield from self._loop(node, known)
            else:
                self._assign(node, known)

    def _loop(self, node: ast.For, known: dict[str, Any]) -> Iterator[Found]:
        try:
            items = value(node.iter, known, self._named)
        except Unreadable:
            return
        if not isinstance(items, (list, tuple)):
            return
        for item in items[:_ROUNDS]:
            try:
                inner = {**known, **_unpacked(node.target, item)}
            except (TypeError, ValueError):
                return
            yield from self._block(node.body, inner)

    def _method(self, node: ast.expr, known: dict[str, Any]) -> Iterator[Found]:
        """unittest's assertions."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return
        name = node.func.attr
        if name in _EQUAL and len(node.args) >= 2:
            yield from equal(node.args[0], node.args[1], known, self._named)
        elif name in _TRUE and node.args:
            for call, _ in compared(node.args[0], known, self._named):
                yield call, _TRUE[name]

    def _assign(self, node: ast.stmt, known: dict[str, Any]) -> None:
        """Learn what a name is bound to; what is not readable is not known any more."""
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                known.pop(part.id, None)
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            try:
                found = value(node.value, known, self._named)
                known |= _unpacked(node.targets[0], found)
            except (Unreadable, TypeError, ValueError):
                return

    def _named(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Name):
            return self._names.get(node.id)
        if isinstance(node, ast.Attribute):
            module = self._names.get(ast.unparse(node.value), "")
            if module.endswith(":") and node.attr in self._functions[module[:-1]]:
                return module + node.attr
        return None


def _imported(tree: ast.Module, functions: Mapping[str, Set[str]]) -> dict[str, str]:
    """What names of a file stand for: `module:` a module of the target, `module:f` a function."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in functions:
                    names[alias.asname or alias.name] = f"{alias.name}:"
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if inner in functions:
                    names[alias.asname or alias.name] = f"{inner}:"
                elif alias.name == "*":
                    names |= {x: f"{node.module}:{x}" for x in functions.get(node.module, ())}
                elif alias.name in functions.get(node.module, ()):
                    names[alias.asname or alias.name] = f"{node.module}:{alias.name}"
    return names


def _bound(names: Any, row: Any) -> dict[str, Any]:
    return dict(zip(names, row, strict=True))


def _unpacked(target: ast.expr, item: Any) -> dict[str, Any]:
    """What a target binds. Raises ValueError or TypeError where it does not fit."""
    if isinstance(target, ast.Name):
        return {target.id: item}
    if isinstance(target, (ast.Tuple, ast.List)):
        pairs = zip(target.elts, item, strict=True)
        return {k: v for inner, part in pairs for k, v in _unpacked(inner, part).items()}
    raise ValueError


def in_failures(baseline: Evaluation, functions: Mapping[str, Set[str]]) -> Iterator[Found]:
    """What pytest's explanations of failed assertions say: `assert 0 == 3`, `where 0 = f(1, 2)`."""
    owners: dict[str, list[str]] = {}
    for module, names in functions.items():
        for name in sorted(names):
            owners.setdefault(name, []).append(f"{module}:{name}")

    def named(node: ast.expr) -> str | None:
        last = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        found = owners.get(last, [])
        return found[0] if len(found) == 1 else None

    for case in baseline.cases:
        test: ast.expr | None = None
        for line in case.text.splitlines() if case.score < 1 else ():
            if (asserted := _ASSERTED.match(line)) is not None:
                test = _parsed(asserted["test"])
            elif (where := _WHERE.match(line)) is not None and isinstance(test, ast.Compare):
                call, given = _parsed(where["call"]), ast.dump(_parsed(where["value"]) or test)
                sides = [test.left, test.comparators[0]]
                shown = [ast.dump(side) == given for side in sides]
                if call is None or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
                    continue
                if shown.count(True) == 1:
                    yield from equal(call, sides[shown.index(False)], {}, named)


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
