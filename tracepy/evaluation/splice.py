"""Changed functions in a program that is loaded: new code in old function objects.

Most edits of a search change the body of one function. Where the program is in memory already, what
they change can be put in place without importing anything anew (mutant schemata, Untch, Offutt,
Harrold, "Mutation analysis using mutant schemata", 1993, choose among compiled mutants in the same
way). What else a change may touch, a signature, a decorator, a class's body, is left to an import.
"""

from __future__ import annotations

import ast
import gc
import linecache
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType

from tracepy.transforms.ends import shared_end, shared_start
from tracepy.transforms.source import Source

_Functions = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Place:
    """A function that is in no other one.

    Attributes:
        name: Its name.
        classes: The classes that it is in, from the outside.
        first: The line that it begins with, decorators included.
        body: The line of the first statement of its body.
        last: Its last line.
        indent: Characters before it.
    """

    name: str
    classes: tuple[str, ...]
    first: int
    body: int
    last: int
    indent: int


@dataclass(frozen=True, slots=True)
class Change:
    """A function of a candidate.

    Attributes:
        place: Where it is in the program as it stands.
        text: Its whole lines.
    """

    place: Place
    text: str


class Module:
    """A module's text as it stands, and the functions in it.

    Raises:
        SyntaxError, ValueError, RecursionError: the text cannot be parsed.
    """

    def __init__(self, text: str) -> None:
        tree = ast.parse(text)
        self.lines = text.splitlines(keepends=True)
        self.places = list(_places(tree.body, ()))
        self.flags = _future(tree)
        # The parser has other line ends than `splitlines`, such as form feeds.
        self._plain = len(self.lines) == text.count("\n") + (not text.endswith("\n"))

    def change(self, text: str) -> Change | None:
        """The one function that differs in a candidate's text; None where more differs, or what is
        no function's body."""
        if not self._plain:
            return None
        old, new = self.lines, text.splitlines(keepends=True)
        if len(new) != text.count("\n") + (not text.endswith("\n")):
            return None
        head = shared_start(old, new)
        tail = shared_end(old, new, min(len(old), len(new)) - head)
        first, last = head + 1, len(old) - tail  # last < first where lines are only added
        for place in self.places:
            if place.body <= first and max(last, head) <= place.last:
                end = place.last + len(new) - len(old)
                return Change(place, "".join(new[place.first - 1 : end]))
        return None

    def code(self, change: Change, path: str) -> CodeType | None:
        """What a function compiles to, as in its module; None where its lines are not one function.

        Raises:
            SyntaxError, ValueError, RecursionError: they do not compile.
        """
        place = change.place
        around = [f"{' ' * i}class {name}:\n" for i, name in enumerate(place.classes)]
        if not around and place.indent:
            around = ["if 1:\n"]
        text = "\n" * (place.first - 1 - len(around)) + "".join(around) + change.text
        tree = ast.parse(text)
        body = tree.body
        for _ in around:
            (outer,) = body
            body = outer.body  # type: ignore[attr-defined]
        if len(body) != 1 or not isinstance(body[0], _Functions) or body[0].name != place.name:
            return None
        code: CodeType = compile(tree, path, "exec", flags=self.flags, dont_inherit=True)
        for name in (*place.classes, place.name):
            inner = [c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == name]
            if len(inner) != 1:
                return None
            (code,) = inner
        return code


def modules(paths: Iterable[str], ran: Collection[tuple[str, int]]) -> dict[str, Module]:
    """Modules by their paths, without the functions that have run already, by path and first line:
    what they left cannot be undone.

    Raises:
        OSError, SyntaxError, ValueError, RecursionError: one cannot be read.
    """
    found = {path: Module(Source.read(Path(path)).text) for path in paths}
    for path, module in found.items():
        module.places = [place for place in module.places if (path, place.first) not in ran]
    return found


class Loaded:
    """Modules as they stand in memory: which function objects run which function.

    Args:
        found: The modules that are loaded, by path.
    """

    def __init__(self, found: Mapping[str, Module]) -> None:
        self.modules = found
        self._functions: dict[tuple[str, int, str], list[FunctionType]] = {}
        for function in gc.get_objects():
            if type(function) is FunctionType and function.__code__.co_filename in self.modules:
                code = function.__code__
                key = code.co_filename, code.co_firstlineno, code.co_name
                self._functions.setdefault(key, []).append(function)

    def put(self, sources: Mapping[str, str]) -> bool:
        """Put a candidate's functions in place; False where that cannot be done, and then nothing
        that was done counts."""
        for path, text in sources.items():
            module = self.modules.get(path)
            change = module.change(text) if module else None
            code = module.code(change, path) if module and change else None
            if code is None:
                return False
            functions = self._functions.get((path, code.co_firstlineno, code.co_name), ())
            for function in functions:
                if len(function.__closure__ or ()) != len(code.co_freevars):
                    return False
                if function.__code__.co_freevars != code.co_freevars:
                    return False
                function.__code__ = code
            if not functions:
                return False
            # Tracebacks show lines of the text that runs, not of the file.
            linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
        return True


def _places(body: list[ast.stmt], classes: tuple[str, ...]) -> Iterator[Place]:
    for node in body:
        if isinstance(node, _Functions):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            start = node.body[0]
            inside = start.lineno
            if isinstance(start, (*_Functions, ast.ClassDef)):
                inside = min([start.lineno, *(d.lineno for d in start.decorator_list)])
            if inside > node.lineno and node.end_lineno is not None:
                yield Place(node.name, classes, first, inside, node.end_lineno, node.col_offset)
        elif isinstance(node, ast.ClassDef):
            yield from _places(node.body, (*classes, node.name))
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            for part in ("body", "orelse", "finalbody"):
                yield from _places(getattr(node, part, []), classes)
            for handler in getattr(node, "handlers", ()):
                yield from _places(handler.body, classes)


def _future(tree: ast.Module) -> int:
    """The compiler's flags that a module's `from __future__ import` lines set."""
    import __future__

    flags = 0
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for alias in node.names:
                flags |= getattr(__future__, alias.name).compiler_flag
    return flags
