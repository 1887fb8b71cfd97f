"""What a program's output depends on, found by trying.

A statement's value is changed in one run (`Run`), and the output looked at. Where it differs, the output
depends on that statement, whatever a slicer says. Three kinds are told apart (`KINDS`):
data: the changed run went the same way and wrote to the same places; a slice must have the line.
control: the run went another way; a slice must have the line where what decides is in sight.
address: the run wrote to another item or attribute; no dynamic slice has those lines, by definition.
Runs that raise what the first did not, or do not end, say nothing.
"""

from __future__ import annotations

import ast
import re
import threading
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

FILE = "program.py"
KINDS = ("data", "control", "address")
_LONGEST = 4000
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_RUNS = 500
_NUMBERS = (1, -1, 10, -7, 100)
_SIZED = (str, list, tuple, dict, set)
_KEYED = frozenset({"setdefault", "pop", "remove", "discard", "add", "insert", "__setitem__"})


class TooLong(BaseException):
    """A run that does not end, or only late."""


# --- the program with hooks in it


class _Hooks(ast.NodeTransformer):
    """Wraps values: `__value__(site, x)`, tests, loops, keys, handlers; `lines` is each site's line."""

    def __init__(self) -> None:
        self.lines: list[int] = []
        self.line = 0

    def site(self) -> int:
        self.lines.append(self.line)
        return len(self.lines) - 1

    def wrap(self, name: str, value: ast.expr) -> ast.expr:
        call = ast.Call(ast.Name(name, ast.Load()), [ast.Constant(self.site()), value], [])
        return ast.copy_location(call, value)

    def value(self, value: ast.expr) -> ast.expr:
        if isinstance(value, ast.Starred):
            return value
        return self.wrap("__value__", value)

    def visit(self, node: ast.AST) -> Any:
        before = self.line
        if isinstance(node, ast.stmt):
            self.line = node.lineno
        elif isinstance(node, ast.match_case):
            self.line = node.pattern.lineno
        result = super().visit(node)
        self.line = before
        return result

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        node.value = self.value(node.value)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.value(self.visit(node.value))
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        node.value = self.value(node.value)
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        if node.value is not None:
            node.value = self.value(node.value)
        return node

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.AST:
        self.generic_visit(node)
        node.value = self.value(node.value)
        return node

    def visit_Yield(self, node: ast.Yield) -> ast.AST:
        self.generic_visit(node)
        if node.value is not None:
            node.value = self.value(node.value)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self.generic_visit(node)
        node.body = self.value(node.body)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "sleep":
            return node
        node.args = [self.value(arg) for arg in node.args]
        for keyword in node.keywords:
            if keyword.arg not in (None, "timeout"):
                keyword.value = self.value(keyword.value)
        keyed = isinstance(node.func, ast.Attribute) and node.func.attr in _KEYED
        named = isinstance(node.func, ast.Name) and node.func.id == "setattr"
        if node.args and (keyed or named) and not isinstance(node.args[0], ast.Starred):
            place = 1 if named else 0
            node.args[place] = self.wrap("__key__", node.args[place])
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Store) and not isinstance(node.slice, ast.Slice):
            node.slice = self.wrap("__key__", node.slice)
        return node

    def visit_If(self, node: ast.If) -> Any:
        node.test = self.wrap("__test__", self.visit(node.test))
        return self._bodies(node)

    def visit_While(self, node: ast.While) -> Any:
        node.test = self.wrap("__test__", self.visit(node.test))
        return self._bodies(node)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        node.test = self.wrap("__test__", node.test)
        return node

    def visit_For(self, node: ast.For) -> Any:
        node.iter = self.wrap("__items__", self.visit(node.iter))
        return self._bodies(node)

    def visit_Match(self, node: ast.Match) -> ast.AST:
        node.cases = [self.visit(case) for case in node.cases]  # a slice has cases, not subjects
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        if node.guard is not None:
            node.guard = self.wrap("__test__", self.visit(node.guard))
        node.body = [*self._note("__path__"), *[self.visit(step) for step in node.body]]
        return node

    def visit_Raise(self, node: ast.Raise) -> Any:
        self.generic_visit(node)
        return [*self._note("__raise__"), node]

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        node.body = [*self._note("__raise__"), *node.body]
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        node.ifs = [self.wrap("__test__", test) for test in node.ifs]
        return node

    def _function(self, node: Any) -> Any:
        node.args.defaults = [self.value(self.visit(value)) for value in node.args.defaults]
        node.args.kw_defaults = [v and self.value(self.visit(v)) for v in node.args.kw_defaults]
        node.body = [step for old in node.body for step in _several(self.visit(old))]
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = _function

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = [step for old in node.body for step in _several(self.visit(old))]
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node

    def _bodies(self, node: Any) -> Any:
        for name in ("body", "orelse"):
            setattr(
                node, name, [s for old in getattr(node, name) for s in _several(self.visit(old))]
            )
        return node

    def _note(self, name: str) -> list[ast.stmt]:
        return [ast.Expr(self.wrap(name, ast.Constant(None, lineno=1, col_offset=0)))]


def _several(steps: Any) -> list[Any]:
    return steps if isinstance(steps, list) else [steps]


@dataclass
class Hooked:
    """A program's code with hooks; for each site its line."""

    code: CodeType
    lines: list[int]

    @classmethod
    def of(cls, text: str) -> Hooked:
        hooks = _Hooks()
        tree = ast.fix_missing_locations(hooks.visit(ast.parse(text)))
        return cls(compile(tree, FILE, "exec", dont_inherit=True), hooks.lines)


@dataclass
class Run:
    """One run with the value at a site changed: at one occurrence, or at all (None)."""

    site: int = -1
    occurrence: int | None = None
    change: int = 0
    output: str | None = None
    path: list[Any] = field(default_factory=list)
    keys: list[Any] = field(default_factory=list)
    raised: Counter[int] = field(default_factory=Counter)
    seen: Counter[int] = field(default_factory=Counter)
    kinds: dict[int, set[str]] = field(default_factory=dict)
    changed: bool = False
    ended: bool = True

    def go(self, hooked: Hooked, arguments: Sequence[Any]) -> Run:
        space: dict[str, Any] = {
            "__name__": "program", "__value__": self._value, "__test__": self._test,
            "__items__": self._items, "__key__": self._key, "__path__": self._step,
            "__raise__": self._raise,
        }  # fmt: skip
        others = set(threading.enumerate())
        before, threading.excepthook = threading.excepthook, self._thread_raised
        try:
            exec(hooked.code, space)
            self.output = _ADDRESS.sub("", repr(space["f"](*arguments)))
        except (Exception, TooLong):
            self.output = None
        finally:
            for thread in set(threading.enumerate()) - others:
                thread.join(1)
            threading.excepthook = before
        if not self.ended:
            self.output = None
        return self

    def _thread_raised(self, _: threading.ExceptHookArgs) -> None:
        self.ended = False

    def _step(self, site: int, _: Any = None) -> None:
        self.path.append(site)
        if len(self.path) > _LONGEST:
            self._stop()

    def _stop(self) -> None:
        self.ended = False
        raise TooLong

    def _mine(self, site: int) -> bool:
        number = self.seen[site]
        self.seen[site] += 1
        return site == self.site and self.occurrence in (None, number)

    def _value(self, site: int, value: Any) -> Any:
        self._step(site)
        if type(value) in _SIZED and len(value) > _LONGEST:
            self._stop()  # it doubles in a loop
        self.kinds.setdefault(site, set()).add(type(value).__name__)
        if self._mine(site):
            new = other(value, self.change)
            self.changed |= new is not value
            return new
        return value

    def _test(self, site: int, value: Any) -> bool:
        self._step(site)
        self.kinds.setdefault(site, set()).add("bool")
        result = bool(value)
        if self._mine(site):
            self.changed, result = True, not result
        self.path.append(result)
        return result

    def _items(self, site: int, values: Any) -> Iterator[Any]:
        for value in values:
            yield self._value(site, value)

    def _key(self, site: int, key: Any) -> Any:
        if isinstance(key, (int, str, tuple)):
            self.keys.append(key)
        return key

    def _raise(self, site: int, _: Any) -> None:
        self._step(site)
        self.raised[site] += 1


def other(value: Any, change: int) -> Any:
    """Another value of the same type; the same object where none is known."""
    kind = type(value)
    if kind is int:
        return value + _NUMBERS[change]
    if kind is float:
        return value + 0.5 * _NUMBERS[change]
    if kind is bool:
        return not value
    if kind is str:
        return value + "~"
    if kind is list:
        return [*value, 7]
    if kind is tuple:
        return (*value, 7)
    if kind is dict:
        return {**value, "~": 7}
    return value


@dataclass
class Truth:
    """What trying has shown of a program.

    Attributes:
        depended: Lines that the output depends on, each with the strongest kind of evidence.
        tried: Lines whose value could be changed, with at least one run that says something.
        output: What the program returns.
    """

    depended: dict[int, str] = field(default_factory=dict)
    tried: set[int] = field(default_factory=set)
    output: str = ""


def truth(text: str, arguments: Sequence[Any]) -> Truth | None:
    """Try every statement of a program; None where the program itself raises."""
    hooked = Hooked.of(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # coroutines that nobody awaits
        first = Run().go(hooked, arguments)
        if first.output is None:
            return None
        found = Truth(output=first.output)
        left = _RUNS
        for thorough in (False, True):
            for site, count in sorted(first.seen.items()):
                line = hooked.lines[site]
                for occurrence, change in _changes(first.kinds.get(site, set()), count, thorough):
                    if found.depended.get(line) == "data" or left <= 0:
                        break
                    left -= 1
                    run = Run(site, occurrence, change).go(hooked, arguments)
                    _judge(found, line, first, run)
        return found


def _changes(kinds: set[str], count: int, thorough: bool) -> Iterator[tuple[int | None, int]]:
    """Which occurrences to change, and how: few at first, more where they have shown nothing."""
    few = sorted({0, 1, count // 2, count - 1} & set(range(count)))
    numbers = bool(kinds & {"int", "float"})
    if not thorough:
        yield from ((occurrence, 0) for occurrence in few)
        return
    yield from ((None, change) for change in range(5 if numbers else 1))
    if numbers:
        yield from ((occurrence, change) for occurrence in few for change in (1, 2, 3))


def _judge(found: Truth, line: int, first: Run, run: Run) -> None:
    if not run.changed or run.output is None or run.raised - first.raised:
        return
    found.tried.add(line)
    if run.output == first.output:
        return
    kind = "control" if run.path != first.path else "address" if run.keys != first.keys else "data"
    known = found.depended.get(line, KINDS[-1])
    found.depended[line] = min(known, kind, key=KINDS.index)


# --- what tracepy says


def sliced(text: str, arguments: Sequence[Any]) -> set[int]:
    """The lines of tracepy's slice of what `f` returns."""
    from tracepy.hook.loader import code_of
    from tracepy.recorder import record

    space: dict[str, Any] = {"__name__": "program"}
    exec(code_of(text, FILE, "program"), space)
    with record() as trace:
        kept = space["f"](*arguments)
    lines: Mapping[str, set[int]] = trace.graph().slice().lines()
    del kept
    return set(lines.get(FILE, set()))


@dataclass
class Score:
    """Lines counted over programs: of each kind those depended on, and those of them found."""

    depended: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    programs: int = 0
    kept: int = 0
    rightly: int = 0
    ran: int = 0
    ran_rightly: int = 0

    def add(self, known: Truth, lines: set[int]) -> None:
        self.programs += 1
        for line, kind in known.depended.items():
            self.depended[kind] += 1
            self.found[kind] += line in lines
        told = known.tried & lines
        self.kept += len(told)
        self.rightly += len(told & set(known.depended))
        self.ran += len(known.tried)
        self.ran_rightly += len(known.depended)

    def recall(self, kind: str) -> float | None:
        return self.found[kind] / self.depended[kind] if self.depended[kind] else None

    @property
    def precision(self) -> float | None:
        return self.rightly / self.kept if self.kept else None

    @property
    def floor(self) -> float | None:
        """The precision of a slice that is all that ran."""
        return self.ran_rightly / self.ran if self.ran else None
