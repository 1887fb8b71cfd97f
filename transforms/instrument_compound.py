"""Puts events into the arms of compound statements and round whole bodies."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Sequence

from tracepy.transforms.instrument_facts import Cell, Read, Site
from tracepy.transforms.instrument_functions import Mode, wrapped
from tracepy.transforms.instrument_statements import Statements
from tracepy.transforms.instrument_syntax import (
    SERIAL,
    excepted,
    guarded,
    name,
    nothing,
    put,
    turned,
)
from tracepy.transforms.scope import (
    Function,
    beginning,
    blocks,
    bound_names,
    own_statements,
    parameter_names,
    target_names,
)

_LINGERS = sys.version_info < (3, 12)
"""Whether what the compiler adds of its own has the line of the statement before it."""


class Rewriter(Statements):
    """Rewrites one scope; nested functions and classes get a rewriter of their own."""

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
        written = self.plain[node.lineno, node.col_offset][head:]
        self.deferred = _returns_through_cleanup(body)
        parameters = parameter_names(node.args)
        rewritten = self.body(body, ())
        _definitions_as_rewritten(written, rewritten)
        declarations: list[ast.stmt] = []
        if self.scope.globals_ or self.scope.nonlocals:
            declarations = [*_undeclared(written), *_undeclared(rewritten)]
        names = wrapped(self, written, rewritten, parameters, node)
        node.body[head:] = [*declarations, *names]

    def body(self, statements: Sequence[ast.stmt], controls: tuple[int, ...]) -> list[ast.stmt]:
        """Rewritten statements of one block."""
        return self.block(statements, controls)[0]

    def block(
        self, statements: Sequence[ast.stmt], controls: tuple[int, ...]
    ) -> tuple[list[ast.stmt], tuple[int, ...]]:
        """Rewritten statements of one block, and the groups that what follows it depends on."""
        result: list[ast.stmt] = []
        guards: tuple[int, ...] = ()
        for statement in statements:
            new, found = self.statement(statement, (*controls, *guards) if guards else controls)
            result += new
            guards = (*guards, *found) if guards else found
        return result, guards

    def statement(
        self, node: ast.stmt, controls: tuple[int, ...]
    ) -> tuple[list[ast.stmt], tuple[int, ...]]:
        """What stands for a statement, and the groups that what follows it depends on."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return self._definition(node, controls), ()
            case ast.If():
                return self._if(node, controls)
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._loop(node, controls)
            case ast.With() | ast.AsyncWith():
                return self._with(node, controls)
            case ast.Try() | ast.TryStar():
                return self._try(node, controls)
            case ast.Match():
                return self._match(node, controls)
            case ast.Return():
                return self._return(node, controls), ()
            case ast.Raise() | ast.Break() | ast.Continue():
                site, _ = self._site(node, controls)
                self._read_children(node, site, set())
                number = self.sites.add(site)
                if isinstance(node, ast.Raise):
                    site.event = "silent"
                    return [node], ()
                site.event, site.group = "jump", self.loops[-1]
                again: list[ast.stmt] = []
                if isinstance(node, ast.Break):
                    again = self.regain(self.gaps[-1:], self.turns[:-1], node)
                return [*again, *self.event(number, (), node), node], ()
            case ast.Global() | ast.Nonlocal() | ast.Pass():
                return [node], ()
            case _:
                return self._simple(node, controls), ()

    def _definition(
        self, node: Function | ast.ClassDef, controls: tuple[int, ...]
    ) -> list[ast.stmt]:
        site, _ = self._site(node, controls, node.lineno)
        site.event, site.kind = "define", "assign"
        walker = self.expressions(site, set())
        walker.frozen = 1
        outside: list[ast.expr | None] = list(node.decorator_list)
        if isinstance(node, ast.ClassDef):
            outside += [*node.bases, *(keyword.value for keyword in node.keywords)]
        else:
            outside += [*node.args.defaults, *node.args.kw_defaults]
        for expression in outside:
            if expression is not None:
                walker.read(expression, alias=isinstance(expression, ast.Name))
        inner = Rewriter(node, self.sites, self.outline, self)
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
        return [node, *self.event(number, (), node)]

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
        site.maybe = self._variables(sorted(self.outline.bound(missed)))
        site.maybe_cells = tuple(self._cells(missed))
        return site

    def _cells(self, statements: Sequence[ast.stmt]) -> Iterable[Cell]:
        """Heap cells of plain variables' objects that these statements could write."""
        for text, attribute, stored in self.outline.touched(statements):
            variable = self.scope.variable(text)
            yield Cell(variable, ("attribute" if stored else "method", attribute, ""))

    def _if(
        self, node: ast.If, controls: tuple[int, ...]
    ) -> tuple[list[ast.stmt], tuple[int, ...]]:
        group = self.sites.group()
        end = node.test.end_lineno or node.lineno
        then = self._arm(node, controls, group, end, "then", node.orelse)
        node.test = self.expressions(then, self.outline.bound_within(node.test)).read(node.test)
        other = self._arm(node, controls, group, end, "else", node.body)
        other.reads, other.loads, other.calls = then.reads, then.loads, then.calls
        other.mutates = then.mutates
        jumps = self.outline.jumps([*node.body, *node.orelse])
        body, within = self.block(node.body, (group,))
        orelse, otherwise = self.block(node.orelse, (group,))
        at = _beginning(node.orelse, node)
        node.body = [*self.event(self.sites.add(then), (), node), *body]
        node.orelse = [*self.event(self.sites.add(other), (), at), *orelse]
        return [node], (group, *within, *otherwise) if jumps else ()

    def _loop(
        self, node: ast.For | ast.AsyncFor | ast.While, controls: tuple[int, ...]
    ) -> tuple[list[ast.stmt], tuple[int, ...]]:
        group = self.sites.group()
        names: list[str] = []
        jumps = self.outline.jumps(node.body)
        if isinstance(node, ast.While):
            end = node.test.end_lineno or node.lineno
            turn = self._arm(node, controls, group, end, "turn")
            node.test = self.expressions(turn, self.outline.bound_within(node.test)).read(node.test)
        else:
            end = node.iter.end_lineno or node.lineno
            turn = self._arm(node, controls, group, end, "turn")
            walker = self.expressions(turn, set(target_names(node.target)))
            node.iter = walker.read(node.iter)
            walker.store(node.target)
            names = self._valued(target_names(node.target))
            turn.slots = self._variables(names)
        if jumps:
            turn.controls = (*controls, group)
        done = self._arm(node, turn.controls, group, end, "done", node.body)
        done.reads, done.loads, done.calls = turn.reads, turn.loads, turn.calls
        gap = self._gap(done, names)
        number = self.sites.add(turn)
        self.turns.append(number)
        self.gaps.append(gap)
        self.all_gaps.append(gap)
        self.loops.append(group)
        body, guards = self.block(node.body, (group,))
        self.loops.pop()
        self.turns.pop()
        self.gaps.pop()
        # Whether there is another turn depends on what could have left this one.
        turn.controls = done.controls = (*turn.controls, *guards)
        self._read_in_turns(gap, number)
        # The test of a `while` jumps back to its body, and a tracer sees the line it jumps to.
        at = _beginning(node.body, node) if isinstance(node, ast.While) else node
        node.body = [*self._turn(number, self.event(number, names, at), at), *body]
        at = _beginning(node.orelse, node)
        again = self.regain((gap,), self.turns, at)
        orelse, otherwise = self.block(node.orelse, (group,))
        node.orelse = [*again, *self.event(self.sites.add(done), (), at), *orelse]
        return [node], (group, *otherwise) if jumps else otherwise

    def _gap(self, done: Site, names: Sequence[str]) -> int:
        """The site that tells of turns that were not recorded."""
        site = Site("gap", "loop", self.function, done.line, done.end_line, controls=done.controls)
        site.reads, site.loads = done.reads, done.loads
        site.maybe = (*self._variables(names), *done.maybe)
        site.serial = self.mode is Mode.SERIAL
        site.width = int(site.serial)
        return self.sites.add(site)

    def _read_in_turns(self, gap: int, turn: int) -> None:
        """Turns that were not recorded may have used whatever is read in the loop."""
        first = self.sites.first
        inside = [
            site for site in self.sites.rows[turn - first :] if site.function == self.function
        ]
        reads = {read.variable: Read(read.variable, True, ()) for s in inside for read in s.reads}
        cells = {(c.base, c.key): Cell(c.base, c.key) for s in inside for c in s.loads}
        site = self.sites.rows[gap - first]
        site.reads, site.loads = list(reads.values()), list(cells.values())

    def _turn(self, number: int, event: list[ast.stmt], at: ast.AST) -> list[ast.stmt]:
        """A turn of a loop, which falls silent once it has had its share."""
        if not self.silent:
            return event
        site = self.sites.rows[number - self.sites.first]
        body = [turned(-number, at)]
        if site.width:
            guard = event[0]
            assert isinstance(guard, ast.If)
            body = [*guard.body, turned(number, at)]
        return [guarded(*body, at=at)]

    def _with(
        self, node: ast.With | ast.AsyncWith, controls: tuple[int, ...]
    ) -> tuple[list[ast.stmt], tuple[int, ...]]:
        end = max(item.context_expr.end_lineno or 0 for item in node.items)
        site = self._arm(node, controls, -1, end, "statement")
        targets = [item.optional_vars for item in node.items if item.optional_vars is not None]
        walker = self.expressions(
            site, {text for target in targets for text in target_names(target)}
        )
        for item in node.items:
            item.context_expr = walker.read(item.context_expr)
        for target in targets:
            walker.store(target)
        names = self._valued(text for target in targets for text in target_names(target))
        site.slots = self._variables(names)
        number = self.sites.add(site)
        loops = len(self.all_gaps)
        body, guards = self.block(node.body, controls)
        node.body = [*self.event(number, names, node), *body]
        # What it manages may have swallowed an exception that left a loop.
        return [node, *self.regain(self.all_gaps[loops:], self.turns, node)], guards

    def _try(
        self, node: ast.Try | ast.TryStar, controls: tuple[int, ...]
    ) -> tuple[list[ast.stmt], tuple[int, ...]]:
        loops = len(self.all_gaps)
        node.body, guards = self.block(node.body, controls)
        left = self.all_gaps[loops:]
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
            body, within = self.block(handler.body, (group,))
            if self.outline.jumps(handler.body):
                guards = (*guards, group, *within)
            again = self.regain(left, self.turns, handler)
            handler.body = [*again, self._caught(number, names, handler), *body]
        node.orelse, otherwise = self.block(node.orelse, (*controls, *guards))
        last = node.finalbody[-1] if _LINGERS and _ends_without_a_line(node.finalbody) else None
        node.finalbody, finally_ = self.block(node.finalbody, controls)
        if last is not None:
            node.finalbody.append(put(ast.Expr(put(ast.List([], ast.Load()), last)), last))
        return [node], (*guards, *otherwise, *finally_)

    def _caught(self, number: int, names: Sequence[str], at: ast.AST) -> ast.stmt:
        site = self.sites.rows[number - self.sites.first]
        values = [name(text, at) for text in names]
        site.serial = self.mode is Mode.SERIAL
        site.width = len(values) + 1 + site.serial
        report = excepted(number, name(SERIAL, at) if site.serial else None, values, at)
        return guarded(report, at=at) if self.silent else report

    def _match(
        self, node: ast.Match, controls: tuple[int, ...]
    ) -> tuple[list[ast.stmt], tuple[int, ...]]:
        group = self.sites.group()
        earlier: list[int] = []
        guards: tuple[int, ...] = ()
        head = self._arm(node, controls, group, node.subject.end_lineno or node.lineno, "then")
        node.subject = self.expressions(head, set()).read(node.subject)
        for case in node.cases:
            others = [part for other in node.cases if other is not case for part in other.body]
            site = self._arm(node, controls, group, case.pattern.end_lineno or 0, "then", others)
            site.earlier = tuple(earlier)
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
            earlier.append(number - self.sites.first)
            body, within = self.block(case.body, (group,))
            guards = (*guards, *within)
            case.body = [*self.event(number, names, _beginning(case.body, case.pattern)), *body]
        jumps = any(self.outline.jumps(case.body) for case in node.cases)
        return [node], (group, *guards) if jumps else ()


def _beginning(block: Sequence[ast.stmt], otherwise: ast.AST) -> ast.AST:
    """Where a block begins to run: no code is made of declarations."""
    for node in block:
        if not isinstance(node, ast.Global | ast.Nonlocal):
            return beginning(node)
    return otherwise


def _undeclared(body: list[ast.stmt]) -> list[ast.stmt]:
    """Takes `global` and `nonlocal` out of a body: a function that has it twice declares once."""
    taken: list[ast.stmt] = []
    stack = [body]
    while stack:
        block = stack.pop()
        found = [node for node in block if isinstance(node, ast.Global | ast.Nonlocal)]
        if found:
            taken += found
            rest = [node for node in block if node not in found]
            block[:] = rest or [nothing(found[0])]
        for node in block:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                stack += blocks(node)
    return taken


def _definitions_as_rewritten(written: list[ast.stmt], rewritten: Sequence[ast.stmt]) -> None:
    """Functions and classes that a call defines are the rewritten ones, recorded or not."""
    known = {
        (node.lineno, node.col_offset): node
        for node in own_statements(rewritten)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    if not known:
        return
    stack: list[list[ast.stmt]] = [written]
    while stack:
        body = stack.pop()
        for index, node in enumerate(body):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                body[index] = known[node.lineno, node.col_offset]
                continue
            stack += blocks(node)


def _ends_without_a_line(block: Sequence[ast.stmt]) -> bool:
    """Whether the compiler gives no line to what it adds after a block that ends so.

    The event after an expression would give its own to what hands on an exception that comes up in
    a `finally`: a tracer would see it there.
    """
    while block and isinstance(last := block[-1], ast.If):
        block = last.orelse or last.body
    return bool(block) and isinstance(block[-1], ast.Expr)


def _returns_through_cleanup(body: Sequence[ast.stmt]) -> bool:
    """Whether a `return` stands where more statements of the function run before it is left."""
    for node in own_statements(body):
        cleanup = isinstance(node, ast.With | ast.AsyncWith) or (
            isinstance(node, ast.Try | ast.TryStar) and node.finalbody
        )
        if cleanup and any(isinstance(part, ast.Return) for part in own_statements([node])):
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
