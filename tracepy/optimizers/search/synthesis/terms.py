"""Terms: expressions together with the values that they have on the inputs."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tracepy.optimizers.search.synthesis.bounded import small


class _Error:
    """Stands where an expression has no value on an input."""

    def __repr__(self) -> str:
        return "!"


ERROR = _Error()

# Kinds of values, each a letter, and the classes of kinds that operations take.
_LETTERS = {bool: "b", int: "i", float: "f", str: "s", list: "l", tuple: "t", dict: "d", set: "e"}
_LETTERS[range] = "r"
INT = "i"
NUMBER = "ifn"
BOOL = "b"
TEXT = "s"
LIST = "lt"
SEQUENCE = "slt"
ITEMS = "sltr"
DICT = "d"
SIZED = "sltde"
GROUP = "lte"
ANY = "bifnsltdo"


@dataclass(frozen=True, slots=True)
class Operation:
    """A way of making one expression of others.

    Attributes:
        text: How it is written; `{0}` stands for its first operand.
        kinds: For each operand, the kinds that it takes.
        apply: Works it out. Pure, and bounded in what it makes.
        cost: What it adds to the cost of its operands.
        commutes: Whether its two operands can be swapped.
        against: Whether it is only worth it with a constant as the last operand: the other way
            round is another operation.
    """

    text: str
    kinds: tuple[str, ...]
    apply: Callable[..., Any]
    cost: int = 1
    commutes: bool = False
    against: bool = False


class Term:
    """An expression and its values.

    Attributes:
        text: How it is written.
        cost: How long it is; cheaper ones are preferred.
        values: For each input its value, or ERROR.
        kind: The kind of its values; `o` where they are of several.
        whole: Whether it has a value on each input.
        constant: Whether it is the same whatever the input.
    """

    __slots__ = ("constant", "cost", "kind", "text", "values", "whole")

    def __init__(
        self, text: str, cost: int, values: Sequence[Any], kind: str, *, constant: bool = False
    ) -> None:
        self.text = text
        self.cost = cost
        self.values = values
        self.kind = kind
        self.whole = not any(value is ERROR for value in values)
        self.constant = constant

    def __repr__(self) -> str:
        return f"Term({self.text}, {self.cost})"


def kind_of(values: Sequence[Any]) -> str:
    """The kind of values; nothing where all are errors or one is too large.

    None does not count where there is something else: what may be None is used like what it is
    when it is not.
    """
    types = {type(value) for value in values}
    types.discard(_Error)
    if len(types) > 1:
        types.discard(type(None))
    if not types or not all(map(small, (value for value in values if value is not ERROR))):
        return ""
    if len(types) == 1:
        return _LETTERS.get(types.pop(), "o")
    return "n" if types == {int, float} else "o"


def key_of(values: Sequence[Any]) -> str:
    """Equal for values that are equal in type too. The order in a set does not count."""
    if any(type(value) is set for value in values):
        return repr([("set", *sorted(map(repr, x))) if type(x) is set else x for x in values])
    return repr(values)


def worked_out(operation: Operation, parts: Sequence[Term]) -> list[Any]:
    """What an operation gives on each input."""
    apply = operation.apply
    if all(part.whole for part in parts):
        try:
            return list(map(apply, *(part.values for part in parts)))
        except Exception:  # on one of the inputs: which, is found out below
            pass
    return [_one(apply, args) for args in zip(*(part.values for part in parts), strict=True)]


def _one(apply: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    if ERROR in args:
        return ERROR
    try:
        return apply(*args)
    except Exception:
        return ERROR


class _Plainer(ast.NodeTransformer):
    """Lists that only feed a call or a loop become generators or what they are made of."""

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        node.iter = _unlisted(node.iter)
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        self.generic_visit(node)
        made = node.value
        if isinstance(made, ast.Lambda) and isinstance(made.body, ast.Call):
            parameters, call = [x.arg for x in made.args.args], made.body
            if [ast.unparse(x) for x in call.args] == parameters and not call.keywords:
                if isinstance(call.func, ast.Name):
                    node.value = call.func
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in _FED or len(node.args) != 1:
            return node
        first = node.args[0]
        if isinstance(first, ast.ListComp):
            if name != "list" and not node.keywords:
                node.args[0] = ast.GeneratorExp(first.elt, first.generators)
        node.args[0] = _unlisted(node.args[0])
        return node


def _unlisted(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        return node.args[0] if node.func.id == "list" else node
    return node


_FED = {"sum", "any", "all", "min", "max", "sorted", "set", "list", "tuple", "join"}


def written(text: str) -> str:
    """An expression as a person would write it: no parentheses and lists that it does not need."""
    return ast.unparse(_Plainer().visit(ast.parse(text, mode="eval")))
