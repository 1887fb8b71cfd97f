"""The undoing of typical fixes of one statement: how a program may have looked before each.

The patterns, and how often each is met among real fixes of Python programs, are those of TSSB-3M
(Richter and Wehrheim, "TSSB-3M: Mining single statement bugs at massive scale", MSR 2022); a
pattern here turns its fix round. Each is a function from the module and a node to the ways in
which the bug may have looked, as edits of the text. Nothing here knows of `search`'s own edits.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.search.positions import Edit
from benchmarks.search.scenery import Scenery, is_number

Ways = Iterator[list[Edit]]


@dataclass(frozen=True)
class Pattern:
    """One kind of bug.

    Attributes:
        name: What somebody who repairs it has to do.
        weight: How often it is met among real fixes, in thousands.
        kinds: The nodes that it is looked for at.
        ways: The bugs that it can make of a node, by edits of the text.
    """

    name: str
    weight: float
    kinds: tuple[type[ast.AST], ...]
    ways: Callable[[Scenery, Any], Ways]


def identifier(scene: Scenery, node: ast.Name) -> Ways:
    if isinstance(node.ctx, ast.Load) and not scene.is_called(node):
        for name in scene.names(node):
            if name != node.id:
                yield [(*scene.at.span(node), name)]


def operand(scene: Scenery, node: ast.BinOp | ast.Compare) -> Ways:
    operands = [node.left, node.right] if isinstance(node, ast.BinOp) else [node.left, *node.comparators]  # fmt: skip
    for old in operands:
        if isinstance(old, (ast.Name, ast.Constant, ast.Attribute)):
            for new in [*scene.names(node), "0", "1"]:
                if new != scene.source(old):
                    yield [(*scene.at.span(old), new)]


def argument_missing(scene: Scenery, node: ast.Call) -> Ways:
    arguments: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
    for index in range(len(arguments)):
        yield [_without(scene, node, arguments, index)]


def function_name(scene: Scenery, node: ast.Call) -> Ways:
    if isinstance(node.func, ast.Name):
        start, end = scene.at.span(node.func)
        yield from ([(start, end, name)] for name in scene.functions if name != node.func.id)
    elif isinstance(node.func, ast.Attribute):
        start, end = _attribute_span(scene, node.func)
        yield from ([(start, end, name)] for name in scene.methods if name != node.func.attr)


def call_missing(scene: Scenery, node: ast.Call) -> Ways:
    if len(node.args) == 1 and not node.keywords and not isinstance(node.args[0], (ast.Starred, ast.GeneratorExp)):  # fmt: skip
        yield [(*scene.at.span(node), _bracketed(scene, node.args[0]))]


def attribute(scene: Scenery, node: ast.Attribute) -> Ways:
    if not scene.is_called(node):
        for name in scene.attributes.get(ast.unparse(node.value), ()):
            if name != node.attr:
                yield [(*_attribute_span(scene, node), name)]


def number(scene: Scenery, node: ast.Constant) -> Ways:
    if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        old = scene.source(node)
        near = [repr(node.value + 1), repr(node.value - 1), "0", "1"]
        # Half of them are small slips; the other half is a number from elsewhere in the module.
        for new in [*near * (1 + len(scene.numbers) // 4), *scene.numbers]:
            if new != old:
                yield [(*scene.at.span(node), new if not new.startswith("-") else f"({new})")]


def conjunct_missing(scene: Scenery, node: ast.If | ast.While | ast.IfExp) -> Ways:
    yield from _operand_missing(scene, node.test, ast.And)


def disjunct_missing(scene: Scenery, node: ast.If | ast.While | ast.IfExp) -> Ways:
    yield from _operand_missing(scene, node.test, ast.Or)


def method_call_missing(scene: Scenery, node: ast.Call) -> Ways:
    if isinstance(node.func, ast.Attribute) and not isinstance(scene.parents.get(node), ast.Expr):
        yield [(*scene.at.span(node), scene.source(node.func.value))]


def element_missing(scene: Scenery, node: ast.List | ast.Tuple | ast.Set) -> Ways:
    if isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)) or len(node.elts) < 2:
        return
    for index in range(len(node.elts)):
        kept = [scene.source(element) for place, element in enumerate(node.elts) if place != index]
        start, end = scene.at.span(node)
        opened = scene.text[start] if scene.text[start] in "([{" else ""
        closed = scene.text[end - 1] if opened else ""
        comma = "," if isinstance(node, ast.Tuple) and len(kept) == 1 else ""
        yield [(start, end, f"{opened}{', '.join(kept)}{comma}{closed}")]


def argument_extra(scene: Scenery, node: ast.Call) -> Ways:
    _, end = scene.at.span(node)
    if any(isinstance(argument, ast.GeneratorExp) for argument in node.args):
        return
    head = scene.text[:end].rstrip(")").rstrip()
    comma = "" if head.endswith(("(", ",")) else ", "
    for name in [*scene.names(node), "None", "True", "1"]:
        if not node.keywords:
            yield [(end - 1, end - 1, f"{comma}{name}")]
    for keyword in scene.keywords:
        yield [(end - 1, end - 1, f"{comma}{keyword}=None")]


def boolean(scene: Scenery, node: ast.Constant) -> Ways:
    if isinstance(node.value, bool):
        yield [(*scene.at.span(node), str(not node.value))]


def attribute_access_missing(scene: Scenery, node: ast.Attribute) -> Ways:
    if isinstance(node.ctx, ast.Load) and not scene.is_called(node):
        yield [(*scene.at.span(node), scene.source(node.value))]


_OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
}  # fmt: skip
_COMPARISONS = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


def operator(scene: Scenery, node: ast.BinOp | ast.BoolOp | ast.Compare) -> Ways:
    if isinstance(node, ast.BoolOp):
        word = "and" if isinstance(node.op, ast.And) else "or"
        other = "or" if word == "and" else "and"
        yield [
            _between(scene, one, two, word, other)
            for one, two in zip(node.values, node.values[1:], strict=False)
        ]
        return
    operands = [node.left, node.right] if isinstance(node, ast.BinOp) else [node.left, *node.comparators]  # fmt: skip
    kinds = [type(kind) for kind in ([node.op] if isinstance(node, ast.BinOp) else node.ops)]
    table: dict[Any, str] = {**_OPERATORS} if isinstance(node, ast.BinOp) else {**_COMPARISONS}
    for left, right, kind in zip(operands, operands[1:], kinds, strict=False):
        for other_kind, sign in table.items():
            if other_kind is not kind and kind in table:
                yield [_between(scene, left, right, table[kind], sign)]


def caller(scene: Scenery, node: ast.Call) -> Ways:
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        for name in scene.names(node):
            if name != node.func.value.id:
                yield [(*scene.at.span(node.func.value), name)]


def keyword(scene: Scenery, node: ast.keyword) -> Ways:
    if node.arg:
        start, _ = scene.at.span(node)
        for name in scene.keywords:
            if name != node.arg:
                yield [(start, start + len(node.arg), name)]


def unary(scene: Scenery, node: ast.UnaryOp | ast.If | ast.While) -> Ways:
    if isinstance(node, ast.UnaryOp):
        yield [(*scene.at.span(node), _bracketed(scene, node.operand))]
    elif not isinstance(node.test, ast.UnaryOp):
        yield [(*scene.at.span(node.test), f"not {_bracketed(scene, node.test)}")]


def arguments_swapped(scene: Scenery, node: ast.Call) -> Ways:
    plain = [argument for argument in node.args if not isinstance(argument, ast.Starred)]
    for index, one in enumerate(plain):
        for two in plain[index + 1 :]:
            if scene.source(one) != scene.source(two):
                yield [
                    (*scene.at.span(one), scene.source(two)),
                    (*scene.at.span(two), scene.source(one)),
                ]


def constant_type(scene: Scenery, node: ast.Constant) -> Ways:
    span, text = scene.at.span(node), scene.source(node)
    if is_number(node):
        yield [(*span, repr(text))]
        if isinstance(node.value, int) and text.isdecimal():
            yield [(*span, f"{text}.0")]
    elif isinstance(node.value, str) and text[:1] in "'\"" and text.isascii():
        yield [(*span, f"b{text}")]
    elif isinstance(node.value, bytes) and text[:1] == "b":
        yield [(*span, text[1:])]
    elif node.value is None:
        yield from ([(*span, new)] for new in ("''", "0", "False", "()"))


def _operand_missing(scene: Scenery, test: ast.expr, kind: type[ast.boolop]) -> Ways:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, kind):
        word = " and " if kind is ast.And else " or "
        for index in range(len(test.values)):
            kept = [value for place, value in enumerate(test.values) if place != index]
            new = word.join(_bracketed(scene, value) for value in kept)
            yield [(*scene.at.span(test), new)]


def _without(
    scene: Scenery, node: ast.Call, arguments: list[ast.expr | ast.keyword], index: int
) -> Edit:
    """Take an argument out of a call, with the comma that parted it from its neighbour."""
    start, end = scene.at.span(arguments[index])
    if index + 1 < len(arguments):
        return start, scene.at.span(arguments[index + 1])[0], ""
    if index:
        return scene.at.span(arguments[index - 1])[1], end, ""
    # The only one: brackets of its own go with it.
    return scene.at.span(node.func)[1], scene.at.span(node)[1], "()"


def _attribute_span(scene: Scenery, node: ast.Attribute) -> tuple[int, int]:
    _, end = scene.at.span(node)
    return end - len(node.attr), end


def _between(scene: Scenery, left: ast.expr, right: ast.expr, old: str, new: str) -> Edit:
    """Replace the operator between two operands; brackets may stand there too."""
    start, end = scene.at.span(left)[1], scene.at.span(right)[0]
    at = scene.text.find(old, start, end)
    return (at, at + len(old), new) if at >= 0 else (start, end, f" {new} ")


def _bracketed(scene: Scenery, node: ast.expr) -> str:
    text = scene.source(node)
    loose = (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda, ast.UnaryOp, ast.NamedExpr)
    return f"({text})" if isinstance(node, loose) or "\n" in text else text


_P = Pattern
_CONDITIONS = (ast.If, ast.While, ast.IfExp)
TYPICAL: tuple[Pattern, ...] = (
    _P("change identifier", 237, (ast.Name,), identifier),
    _P("change operand", 174, (ast.BinOp, ast.Compare), operand),
    _P("add argument", 150, (ast.Call,), argument_missing),
    _P("change function name", 134, (ast.Call,), function_name),
    _P("add call around expression", 117, (ast.Call,), call_missing),
    _P("change attribute", 104, (ast.Attribute,), attribute),
    _P("change number", 97, (ast.Constant,), number),
    _P("more specific if", 68, _CONDITIONS, conjunct_missing),
    _P("add method call", 60, (ast.Call,), method_call_missing),
    _P("add element", 57, (ast.List, ast.Tuple, ast.Set), element_missing),
    _P("drop argument", 50, (ast.Call,), argument_extra),
    _P("change boolean", 37, (ast.Constant,), boolean),
    _P("add attribute access", 32, (ast.Attribute,), attribute_access_missing),
    _P("change operator", 29, (ast.BinOp, ast.BoolOp, ast.Compare), operator),
    _P("change caller", 25, (ast.Call,), caller),
    _P("less specific if", 22, _CONDITIONS, disjunct_missing),
    _P("change keyword", 20, (ast.keyword,), keyword),
    _P("change unary operator", 15, (ast.UnaryOp, ast.If, ast.While), unary),
    _P("swap arguments", 8, (ast.Call,), arguments_swapped),
    _P("change type of constant", 6, (ast.Constant,), constant_type),
)  # fmt: skip
