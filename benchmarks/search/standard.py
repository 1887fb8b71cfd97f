"""Modules of the standard library, copied under another name, with their tests from `Lib/test`.

The name is another one because the process that judges has imported the real module long before.
"""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

from benchmarks.search.positions import Positions, replaced
from benchmarks.search.subjects import Subject, Unavailable

# The module, and its tests where they are not called `test_MODULE`.
MODULES: dict[str, str] = {
    **dict.fromkeys(
        (
            "textwrap", "shlex", "fractions", "calendar", "colorsys", "argparse", "base64", "bisect",
 "codeop", "configparser", "contextlib", "copy", "csv", "difflib", "filecmp",
            "fileinput", "fnmatch", "functools", "genericpath", "getopt", "gettext", "glob", "graphlib",
            "heapq", "ipaddress", "linecache", "mimetypes", "netrc", "ntpath", "operator", "optparse",
            "pathlib", "pickletools", "plistlib", "posixpath", "pprint", "quopri", "random", "reprlib",
            "rlcompleter", "sched", "shelve", "shutil", "statistics", "string", "stringprep",
            "symtable", "tabnanny", "tempfile", "timeit", "trace", "traceback", "types", "uuid", "wave",
        ),
        "",
    ),
    "_strptime": "test_strptime",
    "_weakrefset": "test_weakset",
    "html.parser": "test_htmlparser",
    "http.cookies": "test_http_cookies",
    "urllib.parse": "test_urlparse",
    "urllib.robotparser": "test_robotparser",
}  # fmt: skip


def subjects_of(name: str) -> list[Subject]:
    """A module of the standard library; a list of one, as packages have several.

    Raises:
        Unavailable: the interpreter came without this module's source or without its tests.
    """
    library = Path(sysconfig.get_path("stdlib"))
    module = library / (name.replace(".", "/") + ".py")
    tests = library / "test" / f"{MODULES.get(name) or 'test_' + name}.py"
    copied = f"own_{name.replace('.', '_')}"
    try:
        files = {
            f"{copied}.py": module.read_text(encoding="utf-8"),
            tests.name: adapted(tests.read_text(encoding="utf-8"), name, copied),
        }
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(f"{name}: {error}") from error
    return [Subject(name, "stdlib", files, f"{copied}.py", (tests.name,), cases_only=True)]


def adapted(text: str, name: str, copied: str) -> str:
    """The text with the copy imported in the module's stead; attribute chains follow."""
    tree = ast.parse(text)
    at = Positions(text)
    edits: list[tuple[int, int, str]] = []
    parent, _, last = name.rpartition(".")
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == name and not node.level:
            start, end = at.span(node)
            head = text[start:end].replace(name, copied, 1)
            edits.append((start, end, head))
        elif isinstance(node, ast.ImportFrom) and node.module == parent and parent:
            for alias in node.names:
                if alias.name == last:
                    start, end = at.span(node)
                    others = [ast.unparse(other) for other in node.names if other is not alias]
                    lines = [f"import {copied} as {alias.asname or last}"]
                    lines += [f"from {parent} import {', '.join(others)}"] if others else []
                    edits.append((start, end, "; ".join(lines)))
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == name:
                    known_as = alias.asname or ("" if parent else name)
                    edits.append(
                        (*at.span(alias), f"{copied} as {known_as}" if known_as else copied)
                    )
        elif isinstance(node, ast.Attribute) and parent and ast.unparse(node) == name:
            edits.append((*at.span(node), copied))
        elif isinstance(node, ast.Constant) and node.value == name and _names_a_module(text, node):
            edits.append((*at.span(node), repr(copied)))
    return replaced(text, edits)


def _names_a_module(text: str, node: ast.Constant) -> bool:
    """Whether a string stands where a module's name does, as `import_fresh_module("heapq")`."""
    line = text.splitlines()[node.lineno - 1]
    return any(word in line for word in ("import_fresh_module", "import_module", "patch("))
