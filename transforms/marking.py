"""Which pragma, decorator or call speaks of which piece of source."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from tracepy.errors import UserError
from tracepy.transforms.pragmas import Constraint, Pragma, checked_constraint, pragmas
from tracepy.transforms.source import Source

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Definition = FunctionNode | ast.ClassDef


class Marking:
    """The marks of one module, and who has been asked for which.

    Attributes:
        param_names: Names that `tracepy.param` is imported under.
        train_names: Names that `tracepy.train` is imported under.
        package_names: Names that `tracepy` itself is imported under.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.trailing: dict[int, Pragma] = {}
        self.preceding: dict[int, Pragma] = {}
        self.open: dict[int, Pragma] = {}
        for pragma in pragmas(source):
            if pragma.verb == "instrument":
                continue
            self.open[pragma.line] = pragma
            if pragma.alone:
                self.preceding[self._next_code(pragma.line)] = pragma
            else:
                self.trailing[pragma.line] = pragma
        self.param_names: set[str] = set()
        self.train_names: set[str] = set()
        self.package_names: set[str] = set()
        if "tracepy" in source.text.replace("tracepy:", ""):
            self._imports()

    def at_statement(self, node: ast.stmt) -> Pragma | None:
        """The pragma of a simple statement: on its first or last line, or the line before."""
        return self._take(
            "train",
            [self.trailing.get(node.end_lineno or node.lineno), self.trailing.get(node.lineno)],
            [self.preceding.get(node.lineno)],
        )

    def at_definition(self, node: Definition) -> Pragma | None:
        """The pragma or decorator of a function or class."""
        first = _first_line(node)
        heads = [*range(first, node.lineno + 1), self._last_head_line(node)]
        own: list[Pragma | None] = [self.trailing.get(line) for line in heads]
        # What a default in the head has taken does not speak of the whole.
        own = [pragma for pragma in own if pragma is not None and pragma.line in self.open]
        mark = self._take(
            "train", own, [self.preceding.get(n) for n in range(first, node.lineno + 1)]
        )
        if mark is not None and (mark.constraint.choices or mark.constraint.low is not None):
            raise UserError(
                f"{self.source.path}:{mark.line}: a range or choice is for a literal, "
                f"and {node.name} is a {'class' if isinstance(node, ast.ClassDef) else 'function'}"
            )
        if mark is None and any(self._is(name, "train") for name in node.decorator_list):
            return Pragma(node.lineno, "train")
        return mark

    def objective(self, node: FunctionNode) -> bool:
        """Whether a function carries `# tracepy: objective`."""
        first = _first_line(node)
        heads = [*range(first, node.lineno + 1), self._last_head_line(node)]
        own = [self.trailing.get(n) for n in heads]
        before = [self.preceding.get(n) for n in range(first, node.lineno + 1)]
        return self._take("objective", own, before) is not None

    def at_defaults(
        self, node: FunctionNode, literals: Iterable[tuple[str, ast.expr]]
    ) -> dict[str, Pragma]:
        """Pragmas of those defaults of a function that are literals, by argument name.

        A pragma on the line of `def` itself speaks of the function, unless it states a range or
        choice, which only a default can have.
        """
        last: dict[int, list[str]] = {}
        for name, value in literals:
            last.setdefault(value.end_lineno or value.lineno, []).append(name)
        marks: dict[str, Pragma] = {}
        for line, names in last.items():
            pragma = self.trailing.get(line)
            if pragma is not None and line == node.lineno:
                ranged = pragma.constraint.choices or pragma.constraint.low is not None
                pragma = pragma if ranged and len(names) == 1 else None
            if pragma is None and line != node.lineno:
                pragma = self.preceding.get(line)
            if pragma is not None and (mark := self._take("train", [pragma], [])) is not None:
                marks.update(dict.fromkeys(names, mark))
        return marks

    def span(self, node: FunctionNode) -> tuple[int, int]:
        """Characters of a function with its decorators."""
        start, end = self.source.span(node)
        if node.decorator_list:
            decorator, _ = self.source.span(node.decorator_list[0])
            start = self.source.text.rindex("@", 0, decorator)
        return start, end

    def is_param(self, call: ast.Call) -> bool:
        """Whether a call is one of `tracepy.param`."""
        return self._is(call.func, "param")

    def check_all_used(self) -> None:
        """Raise UserError where a pragma speaks of nothing."""
        for pragma in self.open.values():
            if pragma.verb == "objective":
                raise UserError(
                    f"{self.source.path}:{pragma.line}: `# tracepy: objective` belongs at a function"
                )
            raise UserError(
                f"{self.source.path}:{pragma.line}: `# tracepy: {pragma.verb}` stands at nothing "
                "that can be trained; it belongs at the end of the line, or on the line before, of "
                "a def, a class, an assignment to a literal or a default that is a literal"
            )

    def _take(
        self, verb: str, own: list[Pragma | None], before: list[Pragma | None]
    ) -> Pragma | None:
        verbs = ("train", "freeze") if verb == "train" else (verb,)
        mark = None
        for pragma in [*before, *own]:
            if pragma is not None and pragma.verb in verbs:
                mark = pragma
                self.open.pop(pragma.line, None)
        return mark

    def _is(self, node: ast.expr, what: str) -> bool:
        if isinstance(node, ast.Name):
            return node.id in (self.param_names if what == "param" else self.train_names)
        return (
            isinstance(node, ast.Attribute)
            and node.attr == what
            and isinstance(node.value, ast.Name)
            and node.value.id in self.package_names
        )

    def _imports(self) -> None:
        for node in ast.walk(self.source.tree):
            if isinstance(node, ast.Import):
                for name in node.names:
                    if name.name in {"tracepy", "tracepy.marks"} and (
                        name.asname or name.name == "tracepy"
                    ):
                        self.package_names.add(name.asname or name.name)
            elif isinstance(node, ast.ImportFrom) and node.module in {"tracepy", "tracepy.marks"}:
                for name in node.names:
                    names = {"param": self.param_names, "train": self.train_names}.get(name.name)
                    if names is not None:
                        names.add(name.asname or name.name)

    def _next_code(self, line: int) -> int:
        """The line after a comment and those that follow it."""
        while line < len(self.source.starts):
            line += 1
            if not self.source.line(line).lstrip().startswith("#"):
                break
        return line

    def _last_head_line(self, node: Definition) -> int:
        """The line on which the colon of a `def` or `class` stands."""
        line = _first_line(node.body[0]) - 1
        while line > node.lineno and self.source.line(line).strip()[:1] in {"", "#"}:
            line -= 1
        return max(line, node.lineno)


def defaults(node: FunctionNode) -> Iterator[tuple[str, ast.expr]]:
    """The arguments of a function that have a default, with it."""
    arguments = node.args
    plain = [*arguments.posonlyargs, *arguments.args]
    for argument, default in zip(reversed(plain), reversed(arguments.defaults), strict=False):
        yield argument.arg, default
    for argument, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if value is not None:
            yield argument.arg, value


def explicit_param(source: Source, call: ast.Call, name: str) -> tuple[ast.expr, Constraint, str]:
    """The literal, the constraint and the name that a call of `tracepy.param` states.

    Raises:
        UserError: its arguments are not literals or make no sense.
    """
    where = f"{source.path}:{call.lineno}: tracepy.param"
    if len(call.args) != 1:
        raise UserError(f"{where} takes one literal, then keywords")
    try:
        ast.literal_eval(call.args[0])
        given = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
        choices = tuple(given.pop("choices", None) or ())
        own = given.pop("name", None) or name
        known = {key: given.pop(key) for key in ("low", "high", "log", "words") if key in given}
        if given:
            raise ValueError(f"no such keyword: {', '.join(map(str, given))}")
        known = {key: value for key, value in known.items() if value is not None}
        return call.args[0], checked_constraint(Constraint(choices=choices, **known)), str(own)
    except (ValueError, TypeError, SyntaxError) as error:
        raise UserError(f"{where}: its arguments must be literals ({error})") from error


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", ())
    lines: list[int] = [decorator.lineno for decorator in decorators]
    return min([node.lineno, *lines])
