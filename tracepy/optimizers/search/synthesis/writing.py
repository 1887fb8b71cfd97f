"""Found expressions as a person would write them."""

from __future__ import annotations

import ast
import io
import tokenize

from tracepy.transforms.edit import Edit, apply_edits
from tracepy.transforms.source import Source


def written(text: str, quote: str = "'") -> str:
    """An expression or a statement of one line without parentheses and lists that it does not need.

    Args:
        text: Its source.
        quote: The quotes that texts in it get, where they can.
    """
    plain = ast.unparse(_Plainer().visit(ast.parse(text)))
    return _dressed(plain, quote)


def quotes(source: str) -> str:
    """The quotes that a module uses more often."""
    return "'" if source.count("'") > source.count('"') else '"'


def _dressed(text: str, quote: str) -> str:
    """Quotes as the module has them, and a generator that is all of a call's arguments without
    parentheses of its own."""
    source = Source(text)
    edits: list[Edit] = []
    opened: list[tuple[int, int, bool]] = []
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    for number, token in enumerate(tokens):
        if token.type == tokenize.STRING:
            start, inner = _start(source, token), token.string[1:-1]
            if token.string[0] == "'" and quote == '"' and not set(inner) & set("'\"\\"):
                edits.append(Edit(start, start + len(token.string), f'"{inner}"'))
        elif token.type != tokenize.OP and token.string != "for":
            continue
        elif token.string in {"(", "[", "{"}:
            opened.append((_start(source, token), number, False))
        elif token.string == "for" and opened:
            opened[-1] = (*opened[-1][:2], True)
        elif token.string in {")", "]", "}"}:
            first, place, loop = opened.pop()
            called = place > 1 and tokens[place - 1].string == "("
            called = called and tokens[place - 2].type == tokenize.NAME
            if loop and token.string == ")" and called and tokens[number + 1].string == ")":
                start = _start(source, token)
                edits += [Edit(first, first + 1, ""), Edit(start, start + 1, "")]
    return apply_edits(text, edits)


def _start(source: Source, token: tokenize.TokenInfo) -> int:
    line, column = token.start
    return source.starts[line - 1] + column


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
            same = [ast.unparse(x) for x in call.args] == parameters and not call.keywords
            if same and isinstance(call.func, ast.Name):
                node.value = call.func
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in _FED or len(node.args) != 1:
            return node
        first = node.args[0]
        if isinstance(first, ast.ListComp) and name != "list" and not node.keywords:
            node.args[0] = ast.GeneratorExp(first.elt, first.generators)
        node.args[0] = _unlisted(node.args[0])
        return node


def _unlisted(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        return node.args[0] if node.func.id == "list" else node
    return node


_FED = {"sum", "any", "all", "min", "max", "sorted", "set", "list", "tuple", "join"}
