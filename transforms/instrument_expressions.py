"""What one statement's expressions read, and the pass-through calls put into them.

An object whose attribute or item is used is shown to the recorder where no plain local variable
holds it: `a.b.c` becomes `via(site, a.b).c`. The order of evaluation stays what it was.
"""

from __future__ import annotations

import ast

from tracepy.transforms.effects import MAKE_ANEW, MAKE_ANEW_TOO, Imports, effect_of
from tracepy.transforms.instrument_facts import (
    ITSELF,
    CallFact,
    Cell,
    Chain,
    Key,
    Read,
    Site,
    Sites,
)
from tracepy.transforms.instrument_functions import Mode
from tracepy.transforms.instrument_syntax import constant, passed
from tracepy.transforms.scope import (
    COMPREHENSIONS,
    PARTS,
    Scope,
    inner_names,
    parameter_names,
    target_names,
)

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Mod: "%",
}  # fmt: skip
_IDENTITY = frozenset({ast.Is, ast.IsNot})


class Expressions:
    """Walks the expressions of one statement and fills in the statement's site.

    Args:
        site: The statement's facts, to be filled in.
        rebound: Names that the statement itself binds, so that they no longer hold what they
            held once it has run.
        modules: Names that only ever stand for modules.
        imports: What the file's names for imported things stand for.
        mode: How the scope reports.
        silent: Whether it may fall silent in the middle of a call.
    """

    def __init__(
        self,
        site: Site,
        sites: Sites,
        scope: Scope,
        rebound: set[str],
        modules: set[str],
        imports: Imports,
        mode: Mode,
        silent: bool,
    ) -> None:
        self.site, self.sites, self.scope = site, sites, scope
        self.rebound, self.modules, self.imports = rebound, modules, imports
        self.mode, self.silent = mode, silent
        self.inner: set[str] = set()
        self.nested = 0
        self.frozen = 0
        self.perhaps = self.filtered = 0
        self.finished = 0
        self.shown_last = 0

    def read(self, node: ast.expr, chain: Chain = (), alias: bool = False) -> ast.expr:
        """Note what an expression reads; gives the expression to put in its place.

        `alias` says that the value is only handed on, so that what it holds is not read.
        """
        if isinstance(node, ast.Name):
            self._name(node, chain, not alias)
        elif isinstance(node, ast.Attribute | ast.Subscript):
            self._access(node, chain, alias)
        elif isinstance(node, ast.Call):
            self._call(node, chain)
        elif isinstance(node, ast.Compare) and type(node.ops[0]) in _IDENTITY:
            self._children(node, chain, alias=True)  # what the objects hold is not looked at
        elif isinstance(node, ast.NamedExpr):
            return self._walrus(node, chain)
        elif isinstance(node, ast.Await | ast.Yield | ast.YieldFrom):
            return self._suspension(node, chain)
        elif isinstance(node, (ast.Lambda, *COMPREHENSIONS)):
            self._within(node, chain)
        elif isinstance(node, ast.JoinedStr):
            self.frozen += 1
            self._children(node, chain)
            self.frozen -= 1
        elif isinstance(node, ast.IfExp | ast.BoolOp):
            self.perhaps += 1
            self._children(node, chain, alias=isinstance(node, ast.IfExp))
            self.perhaps -= 1
        else:
            self._children(node, chain)
        return node

    def read_pairs(self, values: ast.Tuple, targets: ast.Tuple) -> None:
        """Read what `a, b = b, a` hands on, and note which name each of the values is for."""
        site = self.site
        parts: list[tuple[int, int, int, int]] = []
        for index, value in enumerate(values.elts):
            reads, loads = len(site.reads), len(site.loads)
            values.elts[index] = self.read(value, alias=isinstance(value, ast.Name))
            parts.append((reads, len(site.reads), loads, len(site.loads)))
        names = {target.id for target in targets.elts if isinstance(target, ast.Name)}
        if len(names) == len(targets.elts):
            site.parts = tuple(parts)

    def store(self, node: ast.expr) -> None:
        """Note what an assignment's target writes besides plain names."""
        if isinstance(node, ast.Attribute | ast.Subscript):
            key = self._key(node)
            if isinstance(node.ctx, ast.Del) and isinstance(node, ast.Subscript):
                key = None  # what follows a deleted item takes its place
            if isinstance(node, ast.Subscript):
                node.slice = self.read(node.slice)
            if self._plain(node.value) or self._is_module(node.value):
                assert isinstance(node.value, ast.Name)
                base = self.scope.variable(node.value.id)
                self.site.stores.append(Cell(base, key))
                self.site.reads.append(Read(base, False, (), True))
            else:
                use = self.read(node.value, alias=True)
                node.value = self._via(use, key, (), "store", self.taken_from(use))
        elif isinstance(node, ast.Tuple | ast.List):
            for part in node.elts:
                self.store(part)
        elif isinstance(node, ast.Starred):
            self.store(node.value)

    def _children(self, node: ast.AST, chain: Chain, alias: bool = False) -> None:
        values = node.__dict__
        for field in PARTS[type(node)]:
            value = values.get(field)
            if isinstance(value, ast.expr):
                values[field] = self.read(value, chain, alias)
            elif type(value) is list:
                for index, part in enumerate(value):
                    if isinstance(part, ast.expr):
                        value[index] = self.read(part, chain, alias)
                    elif isinstance(part, ast.AST):
                        self._children(part, chain)
            elif isinstance(value, ast.AST):
                self._children(value, chain)

    def _name(self, node: ast.Name, chain: Chain, contents: bool) -> None:
        if isinstance(node.ctx, ast.Load) and node.id not in self.inner:
            variable = self.scope.variable(node.id)
            if variable[1] != "builtin":
                self.site.reads.append(Read(variable, contents, chain))

    def _plain(self, base: ast.expr) -> bool:
        """Whether the base is a local variable that still holds the same after the statement."""
        return (
            isinstance(base, ast.Name)
            and base.id not in self.inner
            and base.id not in self.rebound
            and self.scope.kind == "function"
            and self.scope.where(base.id) == "local"
        )

    def _shown(self, base: ast.expr) -> bool:
        """Whether the base's value is worth showing to the recorder."""
        if isinstance(base, ast.Constant | ast.JoinedStr | ast.Dict | ast.Lambda):
            return False
        if isinstance(base, ast.Call) and isinstance(base.func, ast.Name):
            return base.func.id != "super"
        if isinstance(base, ast.Name) and base.id not in self.inner:
            return base.id not in self.modules and self.scope.where(base.id) != "builtin"
        return True

    def _is_module(self, base: ast.expr) -> bool:
        return isinstance(base, ast.Name) and base.id in self.modules and base.id not in self.inner

    def _key(self, node: ast.Attribute | ast.Subscript) -> Key:
        if isinstance(node, ast.Attribute):
            return ("attribute", node.attr, "")
        return self._index(node.slice)

    def _index(self, index: ast.expr) -> Key:
        """An item's key, where it can be computed from variables whose values are recorded."""
        if isinstance(index, ast.Constant):
            return ("constant", index.value, "")
        if isinstance(index, ast.Name):
            known = index.id not in self.inner and index.id not in self.rebound
            return ("name", *self.scope.variable(index.id)) if known else None
        if isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub):
            whole = self._index(index.operand)
            return ("-", (("constant", 0, ""), whole), "") if whole else None
        if isinstance(index, ast.BinOp) and type(index.op) in _OPERATORS:
            parts: tuple[Key, ...] = (self._index(index.left), self._index(index.right))
            return (_OPERATORS[type(index.op)], parts, "") if None not in parts else None
        if isinstance(index, ast.Tuple):
            parts = tuple(self._index(part) for part in index.elts)
            return ("tuple", parts, "") if None not in parts else None
        return None

    def makes_anew(self, node: ast.expr) -> bool:
        """Whether an expression's value is an object that was not there before."""
        if not isinstance(node, ast.Call):
            return False
        callee = node.func
        if isinstance(callee, ast.Name):
            return callee.id in MAKE_ANEW and self._is_builtin(callee.id)
        return (
            isinstance(callee, ast.Attribute)
            and callee.attr in MAKE_ANEW_TOO
            and (isinstance(callee.value, ast.Name) and callee.value.id in self.modules)
        )

    def taken_from(self, node: ast.expr) -> Cell | None:
        """The cell that an expression, which was read just now, takes its value from."""
        if isinstance(node, ast.Name) and node.id not in self.inner:
            return Cell(self.scope.variable(node.id), ITSELF)
        if not isinstance(node, ast.Attribute | ast.Subscript):
            return None
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            return None
        if self._plain(node.value):
            assert isinstance(node.value, ast.Name)
            return Cell(self.scope.variable(node.value.id), self._key(node))
        return Cell(("@", self.shown_last, ""), self._key(node)) if self.shown_last else None

    def _access(
        self, node: ast.Attribute | ast.Subscript, chain: Chain, alias: bool = False
    ) -> None:
        key = self._key(node)
        part = False
        if isinstance(node, ast.Subscript):
            node.slice = self.read(node.slice, chain)
            part = isinstance(node.slice, ast.Slice)  # of which a new object is made
        base = node.value
        if self._plain(base) or self._is_module(base):
            assert isinstance(base, ast.Name)
            variable = self.scope.variable(base.id)
            if part:
                self.site.reads.append(Read(variable, True, chain))
            else:
                self.site.reads.append(Read(variable, False, chain, True))
                self.site.loads.append(Cell(variable, key, chain, not alias))
            self.shown_last = 0
            return
        shown = self._shown(base)
        self.shown_last = 0
        base = self.read(base, chain, alias=True)
        of = self.taken_from(base)
        self.shown_last = 0
        use = "part" if part else "load"
        node.value = self._via(base, key, chain, use, of, not alias) if shown else base

    def _via(
        self,
        base: ast.expr,
        key: Key,
        chain: Chain,
        use: str,
        of: Cell | None = None,
        contents: bool = False,
    ) -> ast.expr:
        if self.frozen:
            return base
        site = self.site
        number = self.sites.add(
            Site(
                "via",
                site.kind,
                site.function,
                site.line,
                site.end_line,
                width=1,
                via_key=key,
                via_chain=chain,
                via_use=use,
                via_of=of,
                via_contents=contents,
            )
        )
        self.shown_last = number
        return self._passed(number, base)

    def _passed(self, number: int, value: ast.expr, *, serial: bool = False) -> ast.expr:
        """An expression whose value is recorded on its way, or, by a negative site, only that."""
        return passed(number, value, serial, self.silent and not self.nested)

    def _call(self, node: ast.Call, chain: Chain) -> None:
        func = node.func
        index = len(self.site.calls)
        callee = func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")
        calls = self.site.calls
        calls.append(CallFact(callee, chain))
        effect = effect_of(node, self.imports, self._is_builtin)
        if isinstance(func, ast.Attribute):
            self._receiver(func, ((index, "self"), *chain), index)
        else:
            # What is called may read what it holds: a method its object, a function its variables.
            alias = effect == "none" or not isinstance(func, ast.Name)
            node.func = self.read(func, ((index, "callee"), *chain), alias)
        for position, argument in enumerate(node.args):
            starred = isinstance(argument, ast.Starred)
            place_ = "*" if starred else str(position)
            node.args[position] = self.read(argument, ((index, place_), *chain))
        for keyword in node.keywords:
            keyword.value = self.read(keyword.value, ((index, keyword.arg or "*"), *chain))
        starred = any(isinstance(argument, ast.Starred) for argument in node.args)
        names = tuple(keyword.arg for keyword in node.keywords if keyword.arg)
        spread = starred or len(names) < len(node.keywords)
        calls[index] = CallFact(
            callee, chain, effect, self.finished, len(node.args), names, spread,
            self.perhaps > 0 or self.filtered > 0,
        )  # fmt: skip
        self.finished += 1

    def _is_builtin(self, text: str) -> bool:
        return text not in self.inner and self.scope.where(text) == "builtin"

    def _receiver(self, func: ast.Attribute, chain: Chain, index: int) -> None:
        base = func.value
        if self._plain(base):
            assert isinstance(base, ast.Name)
            variable = self.scope.variable(base.id)
            self.site.reads.append(Read(variable, True, chain))
            self.site.mutates.append((variable, func.attr, index))
            return
        shown = self._shown(base)
        self.shown_last = 0
        base = self.read(base, chain, alias=True)
        of = self.taken_from(base)
        key: Key = ("method", func.attr, "")
        func.value = self._via(base, key, chain, "method", of) if shown else base

    def _walrus(self, node: ast.NamedExpr, chain: Chain) -> ast.expr:
        site = self.site
        reads, loads = len(site.reads), len(site.loads)
        value = self.read(node.value, chain)
        if self.frozen:
            node.value = value
            return node
        number = self.sites.add(
            Site(
                "walrus",
                "assign",
                site.function,
                site.line,
                site.end_line,
                width=1,
                slots=(self.scope.variable(node.target.id),),
                via_chain=chain,
                reads=[Read(r.variable, r.contents, ()) for r in site.reads[reads:]],
                loads=[Cell(c.base, c.key) for c in site.loads[loads:]],
            )
        )
        node.value = self._passed(number, value)
        return node

    def _suspension(self, node: ast.Await | ast.Yield | ast.YieldFrom, chain: Chain) -> ast.expr:
        if node.value is not None:
            node.value = self.read(node.value, chain)
        if self.nested or self.frozen or self.mode is not Mode.SERIAL:
            return node
        site = self.site
        if isinstance(node, ast.Yield):
            number = self.sites.add(
                Site(
                    "yield",
                    "yield",
                    site.function,
                    site.line,
                    site.end_line,
                    width=2,
                    serial=True,
                    reads=site.reads,
                    loads=site.loads,
                    calls=site.calls,
                    controls=site.controls,
                )
            )
            given = node.value or constant(None, node)
            node.value = self._passed(number, given, serial=True)
        number = self.sites.add(
            Site("resume", site.kind, site.function, site.line, site.end_line, width=1, serial=True)
        )
        return self._passed(-number, node, serial=True)

    def _within(self, node: ast.expr, chain: Chain) -> None:
        before, filtered = self.inner, self.filtered
        self.inner = before | inner_names(node)
        self.nested += 1
        if isinstance(node, ast.Lambda):
            self.site.captures = True
            self.inner |= set(parameter_names(node.args))
            defaults: list[ast.expr | None] = [*node.args.defaults, *node.args.kw_defaults]
            for part in defaults:
                if part is not None:
                    self.frozen += 1
                    self.read(part, chain)
                    self.frozen -= 1
            node.body = self.read(node.body, chain)
        else:
            for part in getattr(node, "generators", []):
                self.inner |= set(target_names(part.target))
                part.iter = self.read(part.iter, chain)
                part.ifs = [self.read(test, chain) for test in part.ifs]
                self.filtered += bool(part.ifs)
            for field in ("elt", "key", "value"):
                if hasattr(node, field):
                    setattr(node, field, self.read(getattr(node, field), chain))
            self.filtered = filtered
        self.nested -= 1
        self.inner = before
