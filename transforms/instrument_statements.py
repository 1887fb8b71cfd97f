"""Puts events after simple statements, into the arms of compound ones, and round whole bodies."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from tracepy.transforms.instrument_expressions import Expressions
from tracepy.transforms.instrument_facts import Cell, Read, Site, Sites, Variable
from tracepy.transforms.instrument_functions import Mode, mode_of, wrapped
from tracepy.transforms.instrument_syntax import (
    LOG,
    RESULT,
    SERIAL,
    assign,
    gate,
    guarded,
    name,
    place,
    record,
)
from tracepy.transforms.scope import (
    Function,
    Scope,
    bound_names,
    own_nodes,
    parameter_names,
    target_names,
)

_FRESH = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_JUMPS = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_KINDS: dict[type[ast.stmt], str] = {
    ast.Assign: "assign", ast.AnnAssign: "assign", ast.AugAssign: "augassign", ast.Expr: "call",
    ast.Import: "import", ast.ImportFrom: "import", ast.Raise: "raise", ast.Return: "return",
    ast.For: "loop", ast.AsyncFor: "loop", ast.While: "loop", ast.If: "branch",
    ast.Match: "branch", ast.Assert: "branch",
}  # fmt: skip


class Rewriter:
    """Rewrites one scope's statements; nested functions and classes get a rewriter of their own."""

    def __init__(
        self,
        root: ast.Module | ast.ClassDef | Function,
        sites: Sites,
        outer: Rewriter | None = None,
    ) -> None:
        self.sites = sites
        self.scope = Scope.of(root, outer.scope if outer else None)
        self.modules: set[str] = outer.modules if outer else _imported_only(root)
        self.mode: Mode = mode_of(root, outer.mode if outer else None)
        # A class body runs in the frame that surrounds it.
        in_class = isinstance(root, ast.ClassDef) and outer is not None
        self.function: str = outer.function if in_class and outer else self.scope.qualname
        self.deferred = False

    # Whole bodies

    def module(self, tree: ast.Module) -> None:
        """Rewrite a module in place."""
        head = _preamble(tree.body)
        if len(tree.body) > head:
            body = tree.body[head:]
            tree.body[head:] = wrapped(self, body, self.body(body, ()), ())

    def callable(self, node: Function) -> None:
        """Rewrite a function's body in place."""
        if self.mode is Mode.PLAIN:
            return
        head = 1 if ast.get_docstring(node, clean=False) is not None else 0
        if len(node.body) == head:
            return
        body = node.body[head:]
        self.deferred = _returns_through_cleanup(body)
        parameters = parameter_names(node.args)
        node.body[head:] = wrapped(self, body, self.body(body, ()), parameters, node)

    def body(self, statements: Sequence[ast.stmt], controls: tuple[int, ...]) -> list[ast.stmt]:
        """Rewritten statements of one block."""
        result: list[ast.stmt] = []
        for statement in statements:
            new, guard = self.statement(statement, controls)
            result += new
            if guard is not None:
                controls = (guard,)
        return result

    def statement(
        self, node: ast.stmt, controls: tuple[int, ...]
    ) -> tuple[list[ast.stmt], int | None]:
        """What stands for a statement, and the group that what follows it depends on, if any."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return self._definition(node, controls), None
            case ast.If():
                return self._if(node, controls)
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._loop(node, controls)
            case ast.With() | ast.AsyncWith():
                return self._with(node, controls), None
            case ast.Try() | ast.TryStar():
                return self._try(node, controls)
            case ast.Match():
                return self._match(node, controls)
            case ast.Return():
                return self._return(node, controls), None
            case ast.Raise() | ast.Break() | ast.Continue():
                site, _ = self._site(node, controls)
                self._read_children(node, site, set())
                number = self.sites.add(site)
                if isinstance(node, ast.Raise):
                    site.event = "silent"
                    return [node], None
                return [self.event(number, (), node), node], None
            case ast.Global() | ast.Nonlocal() | ast.Pass():
                return [node], None
            case _:
                return self._simple(node, controls), None

    # Pieces

    def event(self, number: int, names: Iterable[str], at: ast.AST) -> ast.stmt:
        """A statement that reports a site and the values of variables."""
        site = self.sites.rows[number - self.sites.first]
        values: list[ast.expr] = [name(text) for text in names]
        site.width = len(values)
        if self.mode is Mode.FAST:
            return place(guarded(record(number, values)), at)
        if self.mode is Mode.SERIAL:
            site.serial = True
            site.width += 1
            return place(ast.Expr(gate("gevent", name(SERIAL), ast.Constant(number), *values)), at)
        return place(ast.Expr(gate("event", ast.Constant(number), *values)), at)

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
        serial = self.mode is Mode.SERIAL
        return Expressions(site, self.sites, self.scope, rebound, self.modules, serial)

    def _variables(self, names: Iterable[str]) -> tuple[Variable, ...]:
        walker = self.expressions(Site("", "", "", 0, 0), set())
        return tuple(walker.variable(text) for text in names)

    def _read_children(self, node: ast.stmt, site: Site, rebound: set[str]) -> None:
        walker = self.expressions(site, rebound)
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                setattr(node, field, walker.read(value))

    def _valued(self, names: Iterable[str]) -> list[str]:
        """Names whose values may be read back: never in a class, whose namespace may be anything."""
        return [] if self.scope.kind == "class" else list(dict.fromkeys(names))

    # Statements

    def _simple(self, node: ast.stmt, controls: tuple[int, ...]) -> list[ast.stmt]:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return [node]
        if isinstance(node, ast.AnnAssign) and node.value is None:
            return [node]
        site, _ = self._site(node, controls)
        names: list[str] = []
        rebound = bound_names([node])
        walker = self.expressions(site, rebound)
        match node:
            case ast.Assign():
                alias = isinstance(node.value, ast.Name)
                site.fresh = isinstance(node.value, _FRESH)
                node.value = walker.read(node.value, alias=alias)
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
                    site.reads.append(Read(walker.variable(node.target.id), True, ()))
                walker.store(node.target)
                site.loads += [Cell(cell.base, cell.key) for cell in site.stores]
            case ast.Delete():
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
        return [node, self.event(number, names, node)]

    def _definition(
        self, node: Function | ast.ClassDef, controls: tuple[int, ...]
    ) -> list[ast.stmt]:
        site, _ = self._site(node, controls, node.lineno)
        site.event, site.kind = "define", "assign"
        walker = self.expressions(site, set())
        walker.frozen = 1
        outside: list[ast.expr | None] = [*node.decorator_list]
        if isinstance(node, ast.ClassDef):
            outside += [*node.bases, *(keyword.value for keyword in node.keywords)]
        else:
            outside += [*node.args.defaults, *node.args.kw_defaults]
        for part in outside:
            if part is not None:
                walker.read(part, alias=isinstance(part, ast.Name))
        inner = Rewriter(node, self.sites, self)
        if not isinstance(node, ast.ClassDef):
            inner.callable(node)
        elif inner.mode is not Mode.PLAIN:
            head = 1 if ast.get_docstring(node, clean=False) is not None else 0
            if len(node.body) > head:
                node.body[head:] = inner.body(node.body[head:], controls)
        else:
            for part in node.body:
                if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    inner._definition(part, ())
        site.defines = self._variables([node.name])
        number = self.sites.add(site)
        site.parameters = (inner.scope.qualname,)
        if self.mode is Mode.PLAIN:
            return [node]
        return [node, self.event(number, (), node)]

    def _arm(
        self,
        node: ast.stmt,
        controls: tuple[int, ...],
        group: int,
        end: int,
        event: str,
        missed: Sequence[ast.stmt] = (),
    ) -> Site:
        site, _ = self._site(node, controls, end)
        site.event, site.group = event, group
        site.maybe = self._variables(sorted(bound_names(missed)))
        site.maybe_cells = tuple(self._cells(missed))
        return site

    def _cells(self, statements: Sequence[ast.stmt]) -> Iterable[Cell]:
        """Heap cells of plain variables' objects that these statements could write."""
        for node in own_nodes(statements):
            base = getattr(node, "value", None)
            if not isinstance(base, ast.Name):
                continue
            variable = self._variables([base.id])[0]
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                yield Cell(variable, ("attribute", node.attr, ""))
            elif isinstance(node, ast.Attribute) or (
                isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load)
            ):
                yield Cell(variable, ("method", getattr(node, "attr", ""), ""))

    def _if(self, node: ast.If, controls: tuple[int, ...]) -> tuple[list[ast.stmt], int | None]:
        group = self.sites.group()
        end = node.test.end_lineno or node.lineno
        then = self._arm(node, controls, group, end, "then", node.orelse)
        node.test = self.expressions(then, bound_names([node.test])).read(node.test)
        other = self._arm(node, controls, group, end, "else", node.body)
        other.reads, other.loads, other.calls = then.reads, then.loads, then.calls
        other.mutates = then.mutates
        guard = group if _jumps([*node.body, *node.orelse]) else None
        body = self.body(node.body, (group,))
        orelse = self.body(node.orelse, (group,))
        at = node.orelse[0] if node.orelse else node
        node.body = [self.event(self.sites.add(then), (), node), *body]
        node.orelse = [self.event(self.sites.add(other), (), at), *orelse]
        return [node], guard

    def _loop(
        self, node: ast.For | ast.AsyncFor | ast.While, controls: tuple[int, ...]
    ) -> tuple[list[ast.stmt], int | None]:
        group = self.sites.group()
        names: list[str] = []
        jumps = _jumps(node.body)
        if isinstance(node, ast.While):
            end = node.test.end_lineno or node.lineno
            turn = self._arm(node, controls, group, end, "turn")
            node.test = self.expressions(turn, bound_names([node.test])).read(node.test)
        else:
            end = node.iter.end_lineno or node.lineno
            turn = self._arm(node, controls, group, end, "turn")
            walker = self.expressions(turn, bound_names([node.target]))
            node.iter = walker.read(node.iter)
            walker.store(node.target)
            names = self._valued(target_names(node.target))
            turn.slots = self._variables(names)
        if jumps:
            turn.controls = (*controls, group)
        done = self._arm(node, turn.controls, group, end, "done", node.body)
        done.reads, done.loads, done.calls = turn.reads, turn.loads, turn.calls
        body = self.body(node.body, (group,))
        orelse = self.body(node.orelse, (group,))
        first = self.event(self.sites.add(turn), names, node)
        check = [] if self.mode is not Mode.FAST else [place(self._tick(), node)]
        node.body = [*check, first, *body]
        at = node.orelse[0] if node.orelse else node
        node.orelse = [self.event(self.sites.add(done), (), at), *orelse]
        return [node], group if jumps else None

    def _tick(self) -> ast.stmt:
        return guarded(ast.Expr(gate("tick", name(LOG))))

    def _with(self, node: ast.With | ast.AsyncWith, controls: tuple[int, ...]) -> list[ast.stmt]:
        end = max(item.context_expr.end_lineno or 0 for item in node.items)
        site = self._arm(node, controls, -1, end, "statement")
        targets = [item.optional_vars for item in node.items if item.optional_vars is not None]
        walker = self.expressions(site, bound_names(targets))
        for item in node.items:
            item.context_expr = walker.read(item.context_expr)
        for target in targets:
            walker.store(target)
        names = self._valued(text for target in targets for text in target_names(target))
        site.slots = self._variables(names)
        number = self.sites.add(site)
        body = self.body(node.body, controls)
        node.body = [self.event(number, names, node), *body]
        return [node]

    def _try(
        self, node: ast.Try | ast.TryStar, controls: tuple[int, ...]
    ) -> tuple[list[ast.stmt], int | None]:
        guard = None
        node.body = self.body(node.body, controls)
        for handler in node.handlers:
            group = self.sites.group()
            end = handler.type.end_lineno if handler.type else None
            site = Site("except", "except", self.function, handler.lineno, end or handler.lineno,
                        controls=controls, group=group)  # fmt: skip
            if handler.type is not None:
                walker = self.expressions(site, set())
                walker.frozen = 1
                walker.read(handler.type, alias=True)
            names = self._valued([handler.name] if handler.name else [])
            site.slots = self._variables(names)
            number = self.sites.add(site)
            if _jumps(handler.body):
                guard = group
            body = self.body(handler.body, (group,))
            handler.body = [self._caught(number, names, handler), *body]
        node.orelse = self.body(node.orelse, controls)
        node.finalbody = self.body(node.finalbody, controls)
        return [node], guard

    def _caught(self, number: int, names: Sequence[str], at: ast.AST) -> ast.stmt:
        site = self.sites.rows[number - self.sites.first]
        values: list[ast.expr] = [name(text) for text in names]
        site.serial = self.mode is Mode.SERIAL
        site.width = len(values) + 1 + site.serial
        serial: ast.expr = name(SERIAL) if site.serial else ast.Constant(None)
        call = ast.Expr(gate("caught", serial, ast.Constant(number), *values))
        return place(guarded(call) if self.mode is Mode.FAST else call, at)

    def _match(
        self, node: ast.Match, controls: tuple[int, ...]
    ) -> tuple[list[ast.stmt], int | None]:
        group = self.sites.group()
        head = self._arm(node, controls, group, node.subject.end_lineno or node.lineno, "then")
        node.subject = self.expressions(head, set()).read(node.subject)
        for case in node.cases:
            site = self._arm(node, controls, group, case.pattern.end_lineno or 0, "then")
            site.line = case.pattern.lineno
            site.reads, site.loads = [*head.reads], [*head.loads]
            site.calls, site.mutates = head.calls, head.mutates
            names = self._valued(sorted(bound_names([case.pattern])))
            site.slots = self._variables(names)
            if case.guard is not None:
                walker = self.expressions(site, set(names))
                walker.frozen = 1
                walker.read(case.guard)
            number = self.sites.add(site)
            body = self.body(case.body, (group,))
            case.body = [self.event(number, names, case.body[0]), *body]
        jumps = any(_jumps(case.body) for case in node.cases)
        return [node], group if jumps else None

    def _return(self, node: ast.Return, controls: tuple[int, ...]) -> list[ast.stmt]:
        site, _ = self._site(node, controls)
        site.event, site.deferred = "return", self.deferred
        if node.value is None:
            number = self.sites.add(site)
            return [self._returned(number, ast.Constant(None), node), node]
        alias = isinstance(node.value, ast.Name)
        node.value = self.expressions(site, set()).read(node.value, alias=alias)
        number = self.sites.add(site)
        if isinstance(node.value, ast.Constant):
            return [self._returned(number, node.value, node), node]
        if self.mode is Mode.FAST:
            keep = place(assign(RESULT, node.value), node)
            event = self._returned(number, name(RESULT), node)
            node.value = place(name(RESULT), node)
            return [keep, event, node]
        self._returned(number, ast.Constant(None), node)
        call = ast.Constant(number)
        if self.mode is Mode.SERIAL:
            node.value = place(gate("gvalue", name(SERIAL), call, node.value), node)
        else:
            node.value = place(gate("via", call, node.value), node)
        return [node]

    def _returned(self, number: int, value: ast.expr, at: ast.AST) -> ast.stmt:
        event = self.event(number, (), at)
        site = self.sites.rows[number - self.sites.first]
        site.width += 1
        if self.mode is Mode.FAST:
            assert isinstance(event, ast.If)
            event.body = [record(number, [value])]
        else:
            assert isinstance(event, ast.Expr) and isinstance(event.value, ast.Call)
            event.value.args.append(place(value, at))
        return place(event, at)


def _jumps(statements: Sequence[ast.stmt]) -> bool:
    """Whether control may leave these statements other than by running off their end."""
    return any(isinstance(node, _JUMPS) for node in own_nodes(statements))


def _returns_through_cleanup(body: Sequence[ast.stmt]) -> bool:
    """Whether a `return` stands where more statements of the function run before it is left."""
    for node in own_nodes(body):
        cleanup = isinstance(node, ast.With | ast.AsyncWith) or (
            isinstance(node, ast.Try | ast.TryStar) and node.finalbody
        )
        if cleanup and any(isinstance(part, ast.Return) for part in own_nodes([node])):
            return True
    return False


def _preamble(body: Sequence[ast.stmt]) -> int:
    """How many statements have to stay first: a docstring and imports from `__future__`."""
    count = 0
    for index, node in enumerate(body):
        text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not (future or (text and index == 0)):
            break
        count += 1
    return count


def _imported_only(root: ast.AST) -> set[str]:
    """Names that the file binds by `import` and in no other way."""
    imported: set[str] = set()
    bound: set[str] = set()
    for node in ast.walk(root):
        if isinstance(node, ast.Import | ast.ImportFrom):
            imported |= bound_names([node])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
    return imported - bound
