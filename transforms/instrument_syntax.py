"""The syntax that instrumentation inserts, placed where a real statement stands."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeVar

GATE = "\0tracepy recorder\0"
LOG = "@log"
SERIAL = "@id"
RESULT = "@value"

Node = TypeVar("Node", bound=ast.AST)


def place(node: Node, at: ast.AST) -> Node:
    """Give a new node, and what is new in it, the position of an existing one."""
    stack: list[ast.AST] = [node]
    while stack:
        part = stack.pop()
        if "lineno" in part._attributes and not hasattr(part, "lineno"):
            ast.copy_location(part, at)
            stack.extend(ast.iter_child_nodes(part))
        elif part is node:
            stack.extend(ast.iter_child_nodes(part))
    return node


def name(text: str) -> ast.Name:
    """A use of a variable."""
    return ast.Name(text, ast.Load())


def gate(function: str, *arguments: ast.expr) -> ast.Call:
    """A call of one of the recorder's functions."""
    return ast.Call(ast.Attribute(ast.Constant(GATE), function, ast.Load()), list(arguments), [])


def record(site: int, values: Sequence[ast.expr]) -> ast.stmt:
    """Write a site and values to the log, all or (where `of` fails) nothing."""
    entries: list[ast.expr] = [ast.Constant(site), *(gate("of", value) for value in values)]
    method = "extend" if values else "append"
    argument = ast.Tuple(entries, ast.Load()) if values else entries[0]
    return ast.Expr(ast.Call(ast.Attribute(name(LOG), method, ast.Load()), [argument], []))


def assign(target: str, value: ast.expr) -> ast.stmt:
    """`target = value`."""
    return ast.Assign([ast.Name(target, ast.Store())], value)


def guarded(*body: ast.stmt) -> ast.stmt:
    """`if @log: ...`."""
    return ast.If(name(LOG), list(body), [])
