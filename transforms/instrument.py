"""Rewrites a module so that it reports what it does; values and control flow stay what they are.

What is inserted is in `instrument_syntax`; names in it cannot be met by the program, and the
recorder itself is put in once the code is compiled (`recorder/native/bind.c`).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from pathlib import PurePath

from tracepy.transforms.effects import imports_of
from tracepy.transforms.instrument_compound import Rewriter
from tracepy.transforms.instrument_facts import Site, Sites
from tracepy.transforms.instrument_syntax import BASE
from tracepy.transforms.outline import Outline
from tracepy.transforms.scope import blocks
from tracepy.transforms.source import Source

__all__ = ["Instrumented", "Site", "instrument"]


@dataclass(frozen=True)
class Instrumented:
    """A rewritten module and what is known of it without running it.

    Attributes:
        tree: To be compiled and bound to the recorder.
        sites: Static facts about each kind of event, in the order of their ids.
        first: The id of the first site.
        module: Dotted name.
        path: File.
        lines: The source, line by line.
        names: Where the module binds its names: name -> (line, end line, is a plain value).
        attributes: Class constants: name -> (qualified class name, line, end line) of each class
            that has it.
        bases: The classes' bases, as far as they are names: qualified class name -> names.
        imports: What the names stand for that `import` binds: name -> (module, name in it or "").
    """

    tree: ast.Module
    sites: tuple[Site, ...]
    first: int
    module: str
    path: str
    lines: tuple[str, ...]
    names: dict[str, tuple[int, int, bool]]
    attributes: dict[str, list[tuple[str, int, int]]]
    bases: dict[str, tuple[str, ...]]
    imports: dict[str, tuple[str, str]]

    def without_tree(self) -> Instrumented:
        """The facts alone, once the tree is compiled."""
        return replace(self, tree=ast.Module([], []))


def instrument(source: Source, module: str, first: int = BASE) -> Instrumented:
    """Rewrite a module.

    Args:
        source: The module's text.
        module: Its dotted name.
        first: The id that its first site gets; the caller keeps ids apart.

    Raises:
        SyntaxError, RecursionError, ValueError: the text is no module, or too deep to walk.
    """
    tree = ast.parse(source.text, source.path)
    names, attributes, bases = _module_names(tree)
    sites = Sites(first)
    is_package = PurePath(source.path).stem == "__init__"
    imports = imports_of(tree, module if is_package else module.rpartition(".")[0])
    rewriter = Rewriter(tree, sites, Outline(source), imports=imports)
    rewriter.plain.update(_bodies(ast.parse(source.text, source.path)))
    rewriter.module(tree)
    lines = tuple(source.line(number + 1) for number in range(len(source.starts)))
    return Instrumented(
        tree,
        tuple(sites.rows),
        first,
        module,
        source.path,
        lines,
        names,
        attributes,
        bases,
        imports,
    )


def _bodies(tree: ast.Module) -> dict[tuple[int, int], list[ast.stmt]]:
    """The bodies of all functions, by where they begin."""
    found: dict[tuple[int, int], list[ast.stmt]] = {}
    stack: list[list[ast.stmt]] = [tree.body]
    while stack:
        for node in stack.pop():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found[node.lineno, node.col_offset] = node.body
            stack += blocks(node)
    return found


def _module_names(
    tree: ast.Module,
) -> tuple[
    dict[str, tuple[int, int, bool]],
    dict[str, list[tuple[str, int, int]]],
    dict[str, tuple[str, ...]],
]:
    names: dict[str, tuple[int, int, bool]] = {}
    attributes: dict[str, list[tuple[str, int, int]]] = {}
    bases: dict[str, tuple[str, ...]] = {}

    def bind(stmt: ast.stmt, prefix: str) -> None:
        line, end = stmt.lineno, stmt.end_lineno or stmt.lineno
        if isinstance(stmt, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = stmt.targets if isinstance(stmt, ast.Assign) else [stmt.target]
            for target in targets:
                for name in (n.id for n in ast.walk(target) if isinstance(n, ast.Name)):
                    if prefix:
                        attributes.setdefault(name, []).append((prefix, line, end))
                    elif not isinstance(target, ast.Attribute | ast.Subscript):
                        names.setdefault(name, (line, end, True))
        elif isinstance(stmt, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not prefix:
                names.setdefault(stmt.name, (line, line, False))
            if isinstance(stmt, ast.ClassDef):
                inner = f"{prefix}.{stmt.name}" if prefix else stmt.name
                bases[inner] = tuple(base.id for base in stmt.bases if isinstance(base, ast.Name))
                for part in stmt.body:
                    bind(part, inner)
        else:
            for child in ast.iter_child_nodes(stmt):
                if isinstance(child, ast.stmt):
                    bind(child, prefix)

    for stmt in tree.body:
        bind(stmt, "")
    return names, attributes, bases
