"""Events of simple statements: one after each, with the values of the names it bound."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from types import MappingProxyType

from tracepy.transforms.effects import Imports
from tracepy.transforms.instrument_expressions import Expressions
from tracepy.transforms.instrument_facts import Cell, Read, Site, Sites, Variable
from tracepy.transforms.instrument_functions import Mode, mode_of
from tracepy.transforms.instrument_syntax import (
    SERIAL,
    guarded,
    name,
    passed,
    regained,
    written,
)
from tracepy.transforms.outline import Outline
from tracepy.transforms.scope import Function, Scope, beginning, own_statements, target_names

_DEEPEST = 5  # functions in functions: each level compiles what is in it twice as often
_FRESH = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_HANDED_ON = (ast.Name, ast.Attribute, ast.Subscript)
_PLAIN = (ast.Constant, ast.JoinedStr, ast.Compare)
_KINDS: dict[type[ast.stmt], str] = {
    ast.Assign: "assign", ast.AnnAssign: "assign", ast.AugAssign: "augassign", ast.Expr: "call",
    ast.Import: "import", ast.ImportFrom: "import", ast.Raise: "raise", ast.Return: "return",
    ast.For: "loop", ast.AsyncFor: "loop", ast.While: "loop", ast.If: "branch",
    ast.Match: "branch", ast.Assert: "branch",
}  # fmt: skip


PlainBodies = dict[tuple[int, int], list[ast.stmt]]
"""Bodies of functions as they were written, by the place of the function's name."""


class Statements:
    """Rewrites simple statements of one scope."""

    def __init__(
        self,
        root: ast.Module | ast.ClassDef | Function,
        sites: Sites,
        outline: Outline,
        outer: Statements | None = None,
        imports: Imports = MappingProxyType({}),
    ) -> None:
        self.sites, self.outline = sites, outline
        self.scope: Scope = Scope.of(root, outer.scope if outer else None, outline.bound(root.body))
        scope_kind = self.scope.kind
        if outer is not None:
            self.modules: set[str] = outer.modules
            self.imports: Imports = outer.imports
        elif isinstance(root, ast.Module):
            self.imports = imports
            only = outline.imported_only(root)
            self.modules = {text for text in only if text in imports and not imports[text][1]}
        self.mode: Mode = mode_of(root, outer.mode if outer else None, outline)
        # A class body runs in the frame that surrounds it.
        in_class = isinstance(root, ast.ClassDef) and outer is not None
        self.function: str = outer.function if in_class and outer else self.scope.qualname
        self.deferred = False
        # Of the loops around: the sites of their turns, of what tells of turns not recorded, and
        # their groups.
        self.turns: list[int] = []
        self.gaps: list[int] = []
        self.loops: list[int] = []
        self.all_gaps: list[int] = []
        self.depth: int = outer.depth + (scope_kind == "function") if outer else 0
        if self.depth > _DEEPEST:
            self.mode = Mode.PLAIN
        self.plain: PlainBodies = outer.plain if outer else {}
        self.captured: tuple[str, ...] = outline.captured(root) if scope_kind == "function" else ()
        # Only a loop falls silent in the middle of a call.
        self.silent: bool = self.mode in (Mode.FAST, Mode.SERIAL) and _has_loop(root)

    # Pieces

    def event(self, number: int, names: Iterable[str], at: ast.AST) -> list[ast.stmt]:
        """Statements that report a site and the values of variables."""
        site = self.sites.rows[number - self.sites.first]
        values = [name(text, at) for text in names]
        site.serial = self.mode is Mode.SERIAL
        if site.serial:
            values.insert(0, name(SERIAL, at))
        site.width = len(values)
        event = written(number, values, at)
        return [guarded(event, at=at) if self.silent else event]

    def regain(self, gaps: Sequence[int], turns: Sequence[int], at: ast.AST) -> list[ast.stmt]:
        """Where loops are left: if they fell silent, the frame is recorded again.

        Args:
            gaps: Sites that tell of their turns that were not recorded.
            turns: Sites of the turns of loops that go on, and may be silent themselves.
            at: Where it stands.
        """
        if not self.silent or not gaps:
            return []
        serial = [name(SERIAL, at)] if self.mode is Mode.SERIAL else []
        return [regained([written(gap, serial, at) for gap in gaps], turns, at)]

    def _site(
        self, node: ast.stmt, controls: tuple[int, ...], end: int | None = None
    ) -> tuple[Site, set[str]]:
        kind = _KINDS.get(type(node), "assign")
        end_line = end or node.end_lineno or node.lineno
        return Site(
            "statement", kind, self.function, node.lineno, end_line, controls=controls
        ), set()

    def expressions(self, site: Site, rebound: set[str]) -> Expressions:
        """The walker of one statement's expressions."""
        return Expressions(
            site,
            self.sites,
            self.scope,
            rebound,
            self.modules,
            self.imports,
            self.mode,
            self.silent,
        )

    def _variables(self, names: Iterable[str]) -> tuple[Variable, ...]:
        return tuple(self.scope.variable(text) for text in names)

    def _read_children(self, node: ast.stmt, site: Site, rebound: set[str]) -> None:
        walker = self.expressions(site, rebound)
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                setattr(node, field, walker.read(value))

    def _valued(self, names: Iterable[str]) -> list[str]:
        """Names whose values may be read back: never in a class, whose namespace may be anything."""
        return [] if self.scope.kind == "class" else list(dict.fromkeys(names))

    def _simple(self, node: ast.stmt, controls: tuple[int, ...]) -> list[ast.stmt]:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return [node]
        if isinstance(node, ast.AnnAssign) and node.value is None:
            return [node]
        site, _ = self._site(node, controls)
        names: list[str] = []
        rebound = self.outline.bound([node])
        walker = self.expressions(site, rebound)
        match node:
            case ast.Assign():
                alias = isinstance(node.value, _HANDED_ON)
                site.fresh = isinstance(node.value, _FRESH) or walker.makes_anew(node.value)
                pair = node.targets[0] if len(node.targets) == 1 else None
                if (
                    isinstance(pair, ast.Tuple)
                    and isinstance(node.value, ast.Tuple)
                    and len(pair.elts) == len(node.value.elts)
                    and not any(isinstance(e, ast.Starred) for e in (*pair.elts, *node.value.elts))
                ):
                    walker.read_pairs(node.value, pair)
                else:
                    node.value = walker.read(node.value, alias=alias)
                site.plain = isinstance(node.value, _PLAIN)
                if isinstance(node.value, ast.Name):
                    site.holds = self.scope.variable(node.value.id)
                else:
                    site.alias = walker.taken_from(node.value)
                for target in node.targets:
                    walker.store(target)
                names = [text for target in node.targets for text in target_names(target)]
            case ast.AnnAssign():
                assert node.value is not None
                node.value = walker.read(node.value)
                walker.store(node.target)
                names = target_names(node.target)
            case ast.AugAssign():
                node.value = walker.read(node.value)
                names = target_names(node.target)
                site.in_place = True
                if isinstance(node.target, ast.Name):
                    site.reads.append(Read(self.scope.variable(node.target.id), True, ()))
                walker.store(node.target)
                site.loads += [Cell(cell.base, cell.key) for cell in site.stores]
            case ast.Delete():
                site.removes = True
                for target in node.targets:
                    walker.store(target)
            case ast.Import() | ast.ImportFrom():
                site.defines = self._variables(sorted(rebound))
            case ast.Expr() | ast.Assert():
                self._read_children(node, site, rebound)
            case _:
                # Type aliases and what later versions bring: left alone, only noted.
                site.defines = self._variables(sorted(rebound))
        number = self.sites.add(site)
        names = self._valued(names)
        site.slots = self._variables(names)
        if self.scope.kind == "class":
            site.defines = self._variables(sorted(rebound))
        if isinstance(node, ast.Assign | ast.AnnAssign) and self._may_vanish(node, names):
            assert node.value is not None
            site.serial = self.mode is Mode.SERIAL
            site.width = 1 + site.serial
            node.value = passed(number, node.value, site.serial, self.silent)
            return [node]
        return [node, *self.event(number, names, node)]

    def _may_vanish(self, node: ast.Assign | ast.AnnAssign, names: Sequence[str]) -> bool:
        """Whether the name may be gone once it is bound.

        What it held before may have a destructor that deletes it. A name that others reach is not
        read back, then, where that can be helped.
        """
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        plain = len(targets) == 1 and isinstance(targets[0], ast.Name) and bool(names)
        return plain and self.scope.where(names[0]) in ("global", "free")

    def _return(self, node: ast.Return, controls: tuple[int, ...]) -> list[ast.stmt]:
        site, _ = self._site(node, controls)
        site.event, site.deferred = "return", self.deferred
        site.width = 1
        site.serial = self.mode is Mode.SERIAL
        again = self.regain(self.gaps, (), beginning(node))
        if node.value is None:
            return [*again, *self._constant(self.sites.add(site), ast.Constant(None), node), node]
        alias = isinstance(node.value, _HANDED_ON)
        walker = self.expressions(site, set())
        value = node.value = walker.read(node.value, alias=alias)
        if isinstance(value, ast.Name):
            site.holds = self.scope.variable(value.id)
        else:
            site.alias = walker.taken_from(value)
        number = self.sites.add(site)
        site.width += site.serial
        if isinstance(value, ast.Constant):
            return [*again, *self._constant(number, value, node), node]
        node.value = passed(number, value, site.serial, self.silent)
        return [*again, node]

    def _constant(self, number: int, value: ast.Constant, at: ast.AST) -> list[ast.stmt]:
        """The event of a `return` whose value is in the source."""
        site = self.sites.rows[number - self.sites.first]
        site.constant, site.width = True, int(site.serial)
        site.value = value.value
        return self.event(number, (), at)


def _has_loop(root: ast.AST) -> bool:
    body: list[ast.stmt] = getattr(root, "body", [])
    return any(
        isinstance(node, ast.For | ast.AsyncFor | ast.While) for node in own_statements(body)
    )
