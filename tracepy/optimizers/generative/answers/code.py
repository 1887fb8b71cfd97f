"""New sources in answers that hold plain Python: functions and assignments by their names."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from tracepy.optimizers.generative.answers.names import resolve
from tracepy.optimizers.generative.answers.python import parsed

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def definitions(text: str, names: Sequence[str]) -> dict[str, str]:
    """The parameters that a block of Python defines, with their source.

    What the block holds beside one definition (imports, helpers) goes along with it: whether that
    can be taken is for whoever applies it to say.
    """
    tree = parsed(text) if "def " in text or "=" in text else None
    if tree is None:
        return {}
    lines = text.replace("\r\n", "\n").split("\n")
    found: dict[str, str] = {}
    used: set[int] = set()
    for qualname, node, top in _statements(tree.body):
        name = resolve(qualname, names)
        if name is None:
            continue
        used.add(id(top))
        if isinstance(node, _DEFINITIONS):
            first = min([node.lineno, *(part.lineno for part in node.decorator_list)])
            found[name] = "\n".join(lines[first - 1 : node.end_lineno])
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            found[name] = ast.get_source_segment(text, node.value) or ""
    others = [
        "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in tree.body
        if id(node) not in used and isinstance(node, (*_DEFINITIONS, ast.Import, ast.ImportFrom))
    ]
    functions = [name for name, source in found.items() if "def " in source]
    if others and functions:
        for name in functions:
            found[name] = "\n".join([*others, found[name]])
    return found


def _statements(body: list[ast.stmt]) -> Iterator[tuple[str, ast.stmt, ast.stmt]]:
    for node in body:
        if isinstance(node, _DEFINITIONS):
            yield node.name, node, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                for qualname, item, _ in _statements([inner]):
                    yield f"{node.name}.{qualname}", item, node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if len(targets) == 1 and isinstance(targets[0], ast.Name):
                yield targets[0].id, node, node
