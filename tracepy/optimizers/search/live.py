"""Which constants a program used when it ran: to turn the others changes nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from tracepy.evaluation.records import Evaluation
from tracepy.parameters import Parameter
from tracepy.transforms.source import Source


def asleep(
    parameters: Sequence[Parameter], evaluation: Evaluation, sources: Mapping[str, Source]
) -> set[str]:
    """The names of parameters that no case can have used, by the lines that ran.

    A constant of a module or class is asleep where it is read in functions only and none of the
    statements that read it ran; a local one where its own statement did not run, a default where
    nothing of its function did. In doubt a parameter is awake: without a trace, where nothing
    reads its name, or where the file left no trace.

    Args:
        parameters: What may be tuned.
        evaluation: An evaluation of the program, traced.
        sources: Its modules by absolute path.
    """
    trace = evaluation.trace
    if trace is None:
        return set()
    ran: dict[str, set[int]] = {}
    for files in trace.cases.values():
        for path, lines in files.items():
            ran.setdefault(path, set()).update(lines)
    readers = [
        (path, *reader) for path, source in sources.items() for reader in _readers(source.tree)
    ]
    found = set()
    for parameter in parameters:
        if not ran.get(parameter.path):
            continue
        local, name = _local(parameter.name)
        if local:
            uses = [(parameter.path, line) for line in _own(sources[parameter.path], parameter)]
        else:
            known = [(path, line) for path, read, line in readers if read == name]
            uses = [(path, line) for path, line in known if line is not None]
            if len(uses) < len(known):
                continue  # read as the module is imported
        if uses and not any(line in ran.get(path, ()) or path not in ran for path, line in uses):
            found.add(parameter.name)
    return found


def _local(name: str) -> tuple[bool, str]:
    """Whether a parameter belongs to a function, and its own name."""
    last = name.rpartition(":")[2].rpartition(".")[2].partition("#")[0]
    return last.startswith("<"), last.strip("<>")


def _readers(tree: ast.Module) -> Iterator[tuple[str, int | None]]:
    """Each name and attribute that is read, and its statement's line; None outside functions."""

    def walk(node: ast.AST, line: int | None) -> Iterator[tuple[str, int | None]]:
        for child in ast.iter_child_nodes(node):
            here = line
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                # Defaults and decorators belong to the scope around it.
                here = child.lineno if isinstance(child, ast.stmt) else line
            elif line is not None and isinstance(child, ast.stmt):
                here = child.lineno
            if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load):
                yield child.id, here
            elif isinstance(child, ast.Attribute) and isinstance(child.ctx, ast.Load):
                yield child.attr, here
            yield from walk(child, here)

    yield from walk(tree, None)


def _own(source: Source, parameter: Parameter) -> list[int]:
    """The lines by which a local or a default is used: its statement's, or the function's body's."""
    for node in ast.walk(source.tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            arguments = node.args
            for default in [*arguments.defaults, *arguments.kw_defaults]:
                if default is not None and _spans(default, parameter):
                    return [
                        part.lineno
                        for statement in node.body
                        for part in ast.walk(statement)
                        if isinstance(part, ast.stmt)
                    ]
    statements = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.stmt) and _spans(node, parameter)
    ]
    return [max(statements, key=lambda node: node.lineno).lineno] if statements else []


def _spans(node: ast.expr | ast.stmt, parameter: Parameter) -> bool:
    return node.lineno <= parameter.line and parameter.end_line <= (node.end_lineno or node.lineno)
