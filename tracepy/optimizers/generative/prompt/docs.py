"""#Documentation: what the names in the code mean, as the source itself says it."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping

from tracepy.optimizers.generative.prompt.fence import inline
from tracepy.optimizers.generative.prompt.outline import Function, Outline

_NAMES = 200
_WIDTH = 240
_SMALL = 100


def explained(
    outlines: Mapping[str, Outline],
    told: Collection[tuple[str, str]],
    opened: Collection[tuple[str, str]],
    code: Iterable[str],
    known: Collection[str] = (),
) -> tuple[tuple[str, str], ...]:
    """A line for each name that the code uses and that the modules define.

    Args:
        outlines: The modules, by dotted name.
        told: Parameters (module, qualified name), whose whole source is shown: no words for them.
        opened: Functions of which lines are shown.
        code: Source of what is shown, a text a function.
        known: Constants whose values are shown elsewhere.
    """
    names = used(code)
    found: list[tuple[str, str]] = []
    for module, outline in outlines.items():
        if imports := _given(outline.tree, names, known):
            found.append((module, imports))
        for name, node in outline.classes.items():
            methods = {f"{name}.{each.name}" for each in node.body if isinstance(each, Function)}
            if node.name in names or any((module, method) in told for method in methods):
                found.append((name, _class(node)))
        for part in outline.parts:
            if (module, part.name) in told or isinstance(part.node, ast.Module):
                continue
            if (module, part.name) in opened:
                words = summary(part.node)
            else:
                words = _function(part.node, part.head) if part.node.name in names else ""
            if words:
                found.append((part.name, words))
    return tuple((name, inline(text, _WIDTH)) for name, text in found[:_NAMES])


def summary(node: Function | ast.ClassDef | ast.Module) -> str:
    """The first line of a docstring; empty without one."""
    text = (ast.get_docstring(node) or "").strip()
    return text.partition("\n")[0].strip()


def _function(node: Function, head: str) -> str:
    body = [each for each in node.body if not _is_text(each)]
    source = ast.unparse(body[0]) if len(body) == 1 else ""
    words = summary(node)
    if source and "\n" not in source and len(source) <= _SMALL:
        return f"{head}: {source}"
    return f"{head}: {words}" if words else ""


def _class(node: ast.ClassDef) -> str:
    bases = ", ".join(map(ast.unparse, node.bases))
    fields = [ast.unparse(each) for each in node.body if isinstance(each, ast.AnnAssign)]
    words = f"class {node.name}({bases}):" if bases else "class:"
    words += f" {summary(node)}" if summary(node) else ""
    return f"{words} Fields: {'; '.join(fields)}" if fields else words


def _given(tree: ast.Module, names: Collection[str], known: Collection[str]) -> str:
    """The imports and the constants that the code uses, but for those whose values are shown."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound = {(name.asname or name.name).partition(".")[0] for name in node.names}
        elif isinstance(node, ast.Assign):
            bound = {
                each.id
                for target in node.targets
                for each in ast.walk(target)
                if isinstance(each, ast.Name)
            }
            bound = set() if bound <= set(known) else bound
        else:
            continue
        if not bound.isdisjoint(names):
            found.append(inline(ast.unparse(node), _SMALL))
    return "; ".join(found)


def used(code: Iterable[str]) -> set[str]:
    """Names and attributes in some source."""
    found: set[str] = set()
    for text in code:
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.Attribute):
                found.add(node.attr)
    return found


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
