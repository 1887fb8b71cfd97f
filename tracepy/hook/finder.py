"""The import hook: modules that are instrumented, overlaid by a candidate's text, or both."""

from __future__ import annotations

import linecache
import re
import sys
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from tracepy.hook.compiler import instrumented

_PRAGMA = re.compile(rb"^[ \t]*#[ \t]*tracepy:[ \t]*instrument\b", re.MULTILINE)


def matches(module: str, patterns: Sequence[str]) -> bool:
    """Whether a dotted name is meant by one of the patterns; a package takes its modules along."""
    parts = module.split(".")
    names = [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in names)


def marked(data: bytes) -> bool:
    """Whether a module's source carries the line `# tracepy: instrument`."""
    return _PRAGMA.search(data) is not None


class Loader(SourceFileLoader):
    """Loads a module from its file or a candidate's text, instrumented where that is wanted."""

    def __init__(self, module: str, path: str, text: str | None, wanted: bool) -> None:
        super().__init__(module, path)
        self.text, self.wanted = text, wanted

    def get_code(self, fullname: str) -> CodeType | None:
        """Compile anew each time: bytecode beside the file is that of the plain module."""
        if self.text is not None:
            # Tracebacks show lines of the text that runs, not of the file.
            lines = self.text.splitlines(keepends=True)
            linecache.cache[self.path] = (len(self.text), None, lines, self.path)
        return self.source_to_code(self.get_data(self.path), self.path)

    def get_data(self, path: str) -> bytes:
        """The file's bytes, or the candidate's text."""
        if self.text is not None and path == self.path:
            return self.text.encode("utf-8")
        return super().get_data(path)

    def get_source(self, fullname: str) -> str | None:
        """The module's text, as tracebacks and `inspect` show it."""
        return self.text if self.text is not None else super().get_source(fullname)

    def source_to_code(  # type: ignore[override]
        self, data: bytes, path: str, *, _optimize: int = -1
    ) -> CodeType:
        """Code of the module. Raises SyntaxError as a plain import does."""
        given: bytes | str = data if self.text is None else self.text
        if self.wanted:
            return instrumented(given, path, self.name)
        return compile(given, path, "exec", dont_inherit=True, optimize=_optimize)


class Finder(MetaPathFinder):
    """Wraps what the path finder finds."""

    def __init__(self, patterns: Sequence[str], sources: Mapping[str, str]) -> None:
        self.patterns = tuple(patterns)
        self.sources = {str(Path(path).resolve()): text for path, text in sources.items()}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """The module's spec with our loader; None where the module is none of our business."""
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or type(spec.loader) is not SourceFileLoader or not spec.origin:
            return None
        text = self.sources.get(str(Path(spec.origin).resolve())) if self.sources else None
        wanted = matches(fullname, self.patterns) or (
            _may_be_marked(spec.origin) and _reads_as_marked(spec.origin, text)
        )
        if text is None and not wanted:
            return None
        spec.loader = Loader(fullname, spec.loader.path, text, wanted)
        return spec


def _may_be_marked(path: str) -> bool:
    """Whether a file is worth reading for a pragma: the standard library's are not."""
    return not path.startswith((sys.base_prefix + "/", sys.prefix + "/"))


def _reads_as_marked(path: str, text: str | None) -> bool:
    try:
        return marked(text.encode() if text is not None else Path(path).read_bytes())
    except (OSError, UnicodeError):
        return False
