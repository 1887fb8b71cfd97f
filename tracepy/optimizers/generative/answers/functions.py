"""A model's source for a function: unwrapped, and put under the head that the function has."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from tracepy.optimizers.generative.answers.healing import rejoined
from tracepy.optimizers.generative.answers.names import shown
from tracepy.optimizers.generative.answers.python import parsed, strictly_parsed
from tracepy.optimizers.generative.answers.records import Refused
from tracepy.parameters import Parameter
from tracepy.transforms.indent import dedent
from tracepy.transforms.marking import FunctionNode, defaults
from tracepy.transforms.source import Source

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True)
class Function:
    """A function's source, taken apart.

    Attributes:
        text: The source, not indented, line ends `\\n`.
        node: Its tree.
        colon: Offset of the colon that ends its head.
    """

    text: str
    node: FunctionNode
    colon: int

    @property
    def signature(self) -> str:
        """`def` to the colon, on one line."""
        head = self.text[: self.colon + 1]
        return " ".join(head[head.index("async" if self.is_async else "def ") :].split())

    @property
    def is_async(self) -> bool:
        return isinstance(self.node, ast.AsyncFunctionDef)

    @property
    def docstring(self) -> str | None:
        """The source of its docstring."""
        if ast.get_docstring(self.node, clean=False) is None:
            return None
        return Source(self.text).segment(self.node.body[0])

    @property
    def inline(self) -> bool:
        """Whether the body stands on the line of the colon."""
        return bool(self.behind) and not self.behind.startswith("#")

    @property
    def behind(self) -> str:
        """What stands behind the colon on its line."""
        return self.text[self.colon + 1 :].partition("\n")[0].strip()


def taken_apart(text: str, node: FunctionNode) -> Function:
    """A function from source that is that function only."""
    source = Source(text)
    first = node.body[0]
    decorators = getattr(first, "decorator_list", ())
    limit = source.span(decorators[0] if decorators else first)[0]
    colon = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        offset = source.starts[token.start[0] - 1] + token.start[1]
        if offset >= limit:
            break
        if token.type == tokenize.OP and token.string == ":":
            colon = offset
    return Function(text, node, colon)


def rebuilt(
    parameter: Parameter, given: object, trainable: Collection[str]
) -> tuple[str, dict[str, Any]]:
    """A function's new source under its old head, and the defaults that the new head changes.

    Decorators, annotations and docstring that were dropped are put back, since the head is the old
    one. Imports before the function are moved into it.

    Args:
        parameter: The function.
        given: What the model gave as its source.
        trainable: Names of all parameters, for defaults that may change.

    Raises:
        Refused: it is not that function.
    """
    if not isinstance(given, str):
        raise Refused(
            f"`{parameter.name}` is a function: give its whole source as a string, "
            f"not `{shown(repr(given))}`."
        )
    old_tree = parsed(parameter.value)
    if old_tree is None or not isinstance(old_tree.body[0], _DEFINITIONS):
        raise Refused(f"`{parameter.name}` cannot be changed: it is too long to be checked.")
    old = taken_apart(parameter.value, old_tree.body[0])
    new, imports = _function(parameter, old, given)
    changed = _checked(parameter, old, new, trainable)
    return _composed(old, new, imports), changed


def _function(
    parameter: Parameter, old: Function, given: str
) -> tuple[Function, list[ast.Import | ast.ImportFrom]]:
    """The one function that a source defines, and the imports before it."""
    text = _unwrapped(given)
    tree = _parsed(parameter, old, text)
    body = tree.body
    if len(body) == 1 and isinstance(body[0], ast.ClassDef):
        body = body[0].body  # a method shown within its class
    functions = [node for node in body if isinstance(node, _DEFINITIONS)]
    named = [node for node in functions if node.name == old.node.name]
    imports = [node for node in tree.body if isinstance(node, _IMPORTS)]
    name = parameter.name
    if not named:
        said = f", not `{shown(functions[0].name)}`" if functions else ""
        raise Refused(
            f"The new source of `{name}` must be one function called `{old.node.name}`{said}: give "
            f"all of it, from `{shown(old.signature, 150)}` on."
        )
    if len(named) > 1:
        raise Refused(f"The new source of `{name}` defines it {len(named)} times: give it once.")
    rest = [node for node in body if node is not named[0] and not _idle(node)]
    if rest:
        what = getattr(rest[0], "name", ast.unparse(rest[0]).partition("\n")[0])
        raise Refused(
            f"The new source of `{name}` must be that function only: move `{shown(what)}` into "
            f"`{old.node.name}`, or leave it out."
        )
    for node in imports:
        if isinstance(node, ast.ImportFrom) and (
            node.module == "__future__" or any(alias.name == "*" for alias in node.names)
        ):
            raise Refused(
                f"`{shown(ast.unparse(node))}` cannot stand in `{name}`: import the names that it "
                "needs inside the function."
            )
    return _alone(text, named[0]), imports


def _parsed(parameter: Parameter, old: Function, text: str) -> ast.Module:
    if not text.strip():
        raise Refused(f"The new source of `{parameter.name}` is empty: give the whole function.")
    tree = parsed(text)
    if tree is not None:
        return tree
    try:
        strictly_parsed(text)
    except SyntaxError as error:
        line = (error.text or "").strip()
        where = f" in line {error.lineno}, `{shown(line)}`" if error.lineno else ""
        raise Refused(
            f"The new source of `{parameter.name}` has a syntax error{where}: "
            f"{shown(error.msg, 100)}; give the whole function, from "
            f"`{shown(old.signature, 100)}` on."
        ) from None
    except (ValueError, MemoryError, RecursionError):
        pass
    raise Refused(f"The new source of `{parameter.name}` cannot be parsed: make it simpler.")


def _unwrapped(given: str) -> str:
    """Source without a fence round it and without the indentation of its place."""
    text = given.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
    if text.lstrip().startswith("```") and text.endswith("```"):
        text = text.lstrip().partition("\n")[2][:-3].strip("\n").rstrip()
    text = rejoined(text)
    first = next((line for line in text.split("\n") if line.strip()), "")
    prefix = first[: len(first) - len(first.lstrip())]
    try:
        return dedent(text, prefix)
    except SyntaxError:
        return text


def _alone(text: str, node: FunctionNode) -> Function:
    source = Source(text)
    start, end = source.span(node)
    if node.decorator_list:
        start = source.text.rindex("@", 0, source.span(node.decorator_list[0])[0])
    head = source.starts[source.line_at(start) - 1]
    own = dedent(text[head:end], text[head:start])
    tree = parsed(own)
    assert tree is not None
    assert isinstance(tree.body[0], _DEFINITIONS)
    return taken_apart(own, tree.body[0])


def _idle(node: ast.stmt) -> bool:
    """Whether a statement beside the function may be left out: a docstring, an import."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    return isinstance(node, (*_IMPORTS, ast.Pass))


def _checked(
    parameter: Parameter, old: Function, new: Function, trainable: Collection[str]
) -> dict[str, Any]:
    """The changed defaults that may change. Raises Refused where heads differ otherwise."""
    wanted = f"keep its first line as it is, `{shown(old.signature, 150)}`"
    if old.is_async != new.is_async:
        kind = "is" if old.is_async else "is not"
        raise Refused(f"`{parameter.name}` {kind} async, and must stay so: {wanted}.")
    if _arguments(old.node) != _arguments(new.node):
        raise Refused(
            f"The arguments of `{parameter.name}` must stay as they are, not "
            f"`{shown(new.signature, 150)}`: {wanted}."
        )
    before = [ast.dump(node) for node in old.node.decorator_list]
    for node in new.node.decorator_list:
        if ast.dump(node) not in before:
            raise Refused(
                f"`{parameter.name}` must not get the decorator `@{shown(ast.unparse(node))}`: "
                "change its body only."
            )
    return _defaults(parameter, old, new, trainable, wanted)


def _arguments(node: FunctionNode) -> tuple[Any, ...]:
    args = node.args
    return (
        [arg.arg for arg in args.posonlyargs],
        [arg.arg for arg in args.args],
        args.vararg and args.vararg.arg,
        [arg.arg for arg in args.kwonlyargs],
        args.kwarg and args.kwarg.arg,
    )


def _defaults(
    parameter: Parameter, old: Function, new: Function, trainable: Collection[str], wanted: str
) -> dict[str, Any]:
    before = dict(defaults(old.node))
    changed: dict[str, Any] = {}
    for argument, value in defaults(new.node):
        if argument in before and ast.dump(before[argument]) == ast.dump(value):
            continue
        name = f"{parameter.name}.<{argument}>"
        if name in trainable:
            changed[name] = ast.unparse(value)
            continue
        raise Refused(
            f"The default of `{argument}` in `{parameter.name}` must stay as it is, not "
            f"`{shown(ast.unparse(value))}`: {wanted}."
        )
    return changed


def _composed(old: Function, new: Function, imports: list[ast.Import | ast.ImportFrom]) -> str:
    """The old head, what is put back or moved in, and the new body."""
    head = old.text[: old.colon + 1]
    note = f"  {old.behind}" if old.behind.startswith("#") else ""
    docstring = None if new.docstring else old.docstring
    body = new.text[new.colon + 1 :]
    if new.inline:
        if not (note or docstring or imports):
            return f"{head} {body.strip()}"
        lines = [f"    {body.strip()}"]
    else:
        lines = body.split("\n")[1:]
    first = new.node.body[0]
    front = "    "
    if not new.inline:
        row = new.text.split("\n")[first.lineno - 1]
        front = row[: len(row) - len(row.lstrip())]
    extra = [front + docstring] if docstring else []
    added = [front + ast.unparse(node) for node in imports]
    if new.docstring and added and not new.inline:
        place = (first.end_lineno or first.lineno) - new.text.count("\n", 0, new.colon) - 1
        lines[place:place] = added
        added = []
    return "\n".join([head + note, *extra, *added, *lines])
