"""What a module offers to edits: names by scope, attributes, literals, functions."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache

from tracepy.transforms.mutate.base import Site
from tracepy.transforms.mutate.guess import guess
from tracepy.transforms.source import Source

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Name:
    """A name that an expression could use.

    Attributes:
        text: How it is written (`total`, `self.total`).
        kind: `parameter`, `local`, `closure`, `attribute` or `global`.
        line: The first line that binds it.
        callable: Whether the module defines it as a function or class, or imports it.
    """

    text: str
    kind: str
    line: int
    callable: bool = False


def parameters(function: Function | ast.Lambda) -> list[ast.arg]:
    """All parameters in the order of the signature."""
    args = function.args
    found = [*args.posonlyargs, *args.args]
    found += [args.vararg] if args.vararg else []
    found += args.kwonlyargs
    return [*found, args.kwarg] if args.kwarg else found


def _bound(node: ast.AST) -> dict[str, tuple[int, bool]]:
    """Names that the body of a scope binds (nested scopes apart): first line, callable or not."""
    found: dict[str, tuple[int, bool]] = {}
    stack: list[ast.AST] = list(ast.iter_child_nodes(node))[::-1]
    while stack:
        item = stack.pop()
        if isinstance(item, Function | ast.ClassDef):
            found.setdefault(item.name, (item.lineno, True))
            continue
        if isinstance(item, ast.Lambda):
            continue
        if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store):
            found.setdefault(item.id, (item.lineno, False))
        elif isinstance(item, ast.Import | ast.ImportFrom):
            for alias in item.names:
                name = alias.asname or alias.name.partition(".")[0]
                found.setdefault(name, (item.lineno, True))
        elif isinstance(item, ast.ExceptHandler) and item.name:
            found.setdefault(item.name, (item.lineno, False))
        stack.extend(list(ast.iter_child_nodes(item))[::-1])
    found.pop("*", None)
    return found


class Survey:
    """Facts about one module that families share; built once, each part when first asked for."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._idle: dict[Function, frozenset[str]] = {}
        self._names: dict[ast.AST | None, tuple[Name, ...]] = {}

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.source.tree))

    @cached_property
    def raises(self) -> list[ast.Raise]:
        return [node for node in self.nodes if isinstance(node, ast.Raise)]

    @cached_property
    def simple(self) -> list[tuple[ast.stmt, str, list[ast.Name]]]:
        """Short one-line assignments and calls, each with its text and the names in it."""
        found: list[tuple[ast.stmt, str, list[ast.Name]]] = []
        for node in self.nodes:
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr | ast.Delete):
                text = self.source.segment(node)
                if "\n" not in text and len(text) <= 60 and text.isascii() and text[0] not in "\"'":
                    names = [item for item in ast.walk(node) if isinstance(item, ast.Name)]
                    found.append((node, text, names))
        return found

    @cached_property
    def globals(self) -> tuple[Name, ...]:
        bound = _bound(self.source.tree)
        return tuple(Name(name, "global", *where) for name, where in bound.items())

    @cached_property
    def unused(self) -> frozenset[str]:
        """Private names and imports of the module's own level that nothing in the module reads."""
        read = {
            node.id
            for node in self.nodes
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        imported = {
            alias.asname or alias.name.partition(".")[0]
            for node in self.source.tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        names = {name.text for name in self.globals}
        private = {name for name in names if name[0] == "_" and name[:2] != "__"}
        return frozenset((private | imported & names) - read - self.exported)

    @cached_property
    def exported(self) -> frozenset[str]:
        """What `__all__` names."""
        return frozenset(
            item.value
            for node in self.source.tree.body
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
            and any(
                isinstance(target, ast.Name) and target.id == "__all__"
                for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            )
            for item in ast.walk(node)
            if isinstance(item, ast.Constant) and isinstance(item.value, str)
        )

    @cached_property
    def classes(self) -> list[str]:
        """Names of the module's own classes."""
        return [node.name for node in self.source.tree.body if isinstance(node, ast.ClassDef)]

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Functions and methods of the module by bare name (the first of each name)."""
        found: dict[str, Function] = {}
        for node in self.nodes:
            if isinstance(node, Function):
                found.setdefault(node.name, node)
        return found

    @cached_property
    def attributes(self) -> dict[str, Counter[str]]:
        """For an object's text (`self`, `node`), the attributes that the module reads or sets."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for node in self.nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found[node.value.id][node.attr] += 1
        return found

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Attributes that the module sets on `self`, and fields of its data classes."""
        found = dict[str, None]()
        for node in self.nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                found[node.attr] = None
            elif isinstance(node, ast.ClassDef):
                for item in node.body:
                    if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                        found[item.target.id] = None
        return tuple(found)

    @cached_property
    def methods(self) -> Counter[str]:
        """Attributes that the module calls."""
        return Counter(
            node.func.attr
            for node in self.nodes
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        )

    @cached_property
    def keywords(self) -> dict[str, Counter[str]]:
        """For a callee's last name, the keyword arguments (as written) it is given."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for node in self.nodes:
            if isinstance(node, ast.Call):
                for keyword in node.keywords:
                    if keyword.arg:
                        found[callee(node)][self.source.segment(keyword)] += 1
        return found

    @cached_property
    def strings(self) -> Counter[str]:
        """Short string literals, as written."""
        found: Counter[str] = Counter()
        for node in self.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = repr(node.value)
                if len(text) <= 40 and "\n" not in node.value:
                    found[text] += 1
        return found

    @cached_property
    def numbers(self) -> Counter[str]:
        """Numeric literals, as `repr` writes them."""
        return Counter(
            repr(node.value)
            for node in self.nodes
            if isinstance(node, ast.Constant) and type(node.value) in (int, float)
        )

    def names(self, site: Site) -> tuple[Name, ...]:
        """Names in scope at a site: own ones first, then closures', self's attributes, globals."""
        key = site.function
        if key not in self._names or key is None:
            self._names[key] = self._collect(site)
        return self._names[key]

    def idle(self, function: Function | None) -> frozenset[str]:
        """Parameters and locals of a function that it never reads, but for those named `_…`."""
        if function is None:
            return frozenset()
        if function not in self._idle:
            read = {
                node.id
                for node in ast.walk(function)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
            }
            own = {argument.arg for argument in parameters(function)} | set(_bound(function))
            own -= read | {"self", "cls"}
            self._idle[function] = frozenset(name for name in own if name[0] != "_")
        return self._idle[function]

    def _collect(self, site: Site) -> tuple[Name, ...]:
        found: dict[str, Name] = {}
        around = [node for node in site.parents if isinstance(node, Function)]
        if site.function is not None and site.function not in around:
            around.append(site.function)
        for depth, function in enumerate(reversed(around)):
            for argument in parameters(function):
                kind = "closure" if depth else "parameter"
                found.setdefault(argument.arg, Name(argument.arg, kind, function.lineno))
            for name, where in _bound(function).items():
                found.setdefault(name, Name(name, "closure" if depth else "local", *where))
        classes = [node for node in site.parents if isinstance(node, ast.ClassDef)]
        if classes and not around:
            for name, where in _bound(classes[-1]).items():
                found.setdefault(name, Name(name, "local", *where))
        if classes and around:
            for own in self._own(classes[-1], around[0]):
                found.setdefault(own.text, own)
        for known in self.globals:
            found.setdefault(known.text, known)
        return tuple(found.values())

    def _own(self, owner: ast.ClassDef, method: Function) -> list[Name]:
        first = method.args.args[0].arg if method.args.args else ""
        if first not in ("self", "cls"):
            return []
        calls = dict.fromkeys(item.name for item in owner.body if isinstance(item, Function))
        seen = dict.fromkeys(
            node.attr
            for node in ast.walk(owner)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == first
        )
        for node in owner.body:  # constants of the class, fields of a data class
            targets = (
                node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            )
            seen.update(dict.fromkeys(t.id for t in targets if isinstance(t, ast.Name)))
        names = [*seen, *(name for name in calls if name not in seen and name[:2] != "__")]
        return [Name(f"{first}.{n}", "attribute", owner.lineno, n in calls) for n in names]


def types_of(site: Site, name: str) -> frozenset[str]:
    """Type names that a run saw in a name: at the statement, else anywhere in its function."""
    types = site.facts.types
    here = types.get(site.statement.lineno, {}).get(name)
    if here or site.function is None:
        return here or frozenset()
    last = site.function.end_lineno or site.function.lineno
    found: set[str] = set()
    for line in range(site.function.lineno, last + 1):
        found |= types.get(line, {}).get(name, frozenset())
    return frozenset(found)


def kinds_of(site: Site, name: str) -> frozenset[str]:
    """Type names of a name: those that a run saw, else those that its function's text suggests."""
    return types_of(site, name) or guess(site, name)


def callee(call: ast.Call) -> str:
    """The last name of what is called (`append` of `self.items.append(x)`), or ''."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


@lru_cache(maxsize=4)
def survey(source: Source) -> Survey:
    """The survey of a module, kept for the modules last asked about."""
    return Survey(source)


@lru_cache(maxsize=65536)
def similarity(one: str, other: str) -> float:
    """How alike two names are, 0 to 1: shared letter pairs (Dice), case apart."""
    one, other = one.lower().strip("_"), other.lower().strip("_")
    if one == other:
        return 1.0
    if not one or not other:
        return 0.0
    first = {one[i : i + 2] for i in range(len(one) - 1)} | {one[0]}
    second = {other[i : i + 2] for i in range(len(other) - 1)} | {other[0]}
    return 2 * len(first & second) / (len(first) + len(second))


def names_near(site: Site, like: str = "", callables: bool = False) -> list[tuple[float, Name]]:
    """Names in scope with a score (0 to 1) for how well each could stand where `like` stands."""
    line, idle = site.statement.lineno, survey(site.source).idle(site.function)
    unused = survey(site.source).unused
    types = site.facts.types.get(line, {})
    wanted = types.get(like)
    found: list[tuple[float, Name]] = []
    for name in survey(site.source).names(site):
        if name.text == like or (name.callable and not callables) or name.text in ("self", "cls"):
            continue
        score = _KIND[name.kind] * (0.35 + 0.65 * similarity(like, name.text) if like else 1.0)
        if name.kind in ("parameter", "local"):
            score *= max(0.6, 1 - abs(line - name.line) / 50)
            if name.line > line:
                score *= 0.4  # perhaps not bound yet
        known = types.get(name.text)
        if wanted and known:
            score *= 1.5 if wanted & known else 0.2
        if name.text in idle:
            score *= 2.0  # bound and never read: perhaps this is where it is missing
        if name.text in unused:
            score *= 4.0
        if name.kind == "global" and like and like.isupper() != name.text.isupper():
            score *= 0.3
        found.append((score, name))
    found.sort(key=lambda item: -item[0])
    return found


_KIND = {"parameter": 1.0, "local": 1.0, "closure": 0.5, "attribute": 0.45, "global": 0.2}
