"""The finder: which modules are ours, wrapped round what the finders behind it find."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any
from zipimport import zipimporter

from tracepy.hook.compiled import Codes
from tracepy.hook.loader import CompiledLoader, Loader, ZipLoader, marked
from tracepy.recorder.unseen import unseen

_LIBRARY = os.path.dirname(os.__file__) + "/"  # noqa: PTH120
_INSTALLED = ("/site-packages/", "/dist-packages/")


def matches(module: str, patterns: Sequence[str]) -> bool:
    """Whether a dotted name is meant by one of the patterns; a package takes its modules along."""
    if not patterns:
        return False
    parts = module.split(".")
    names = [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in names)


def is_ours(module: str) -> bool:
    """Whether a module is tracepy's own: what records cannot be recorded."""
    return module == "tracepy" or module.startswith("tracepy.")


class Finder:
    """Wraps what the finders behind it in `sys.meta_path` find.

    Where a module is none of our business they have their way: what is found is what would be
    found without us, and is looked for once.

    Attributes:
        patterns: Modules to instrument.
        sources: Texts of candidates by path.
        pragmas: Whether files are looked at for a line `# tracepy: instrument`.
        codes: What files compile to, where that is known before.
        main: The module that `python -m` runs, where it is to be instrumented as `__main__`.
    """

    def __init__(
        self,
        patterns: Sequence[str],
        sources: Mapping[str, str],
        *,
        pragmas: bool = True,
        codes: Codes | None = None,
    ) -> None:
        self.patterns = tuple(patterns)
        self.sources = sources
        self.pragmas = pragmas
        self.codes = codes
        self.main: str | None = None

    @unseen
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """The module's spec, with our loader where the module is to be instrumented."""
        behind, spec = False, None
        for finder in list(sys.meta_path):
            if finder is self:
                behind = True
            elif behind:
                find: Any = getattr(finder, "find_spec", None)
                if find is None:
                    return None  # an old-style finder, which only the import system can ask
                spec = find(fullname, path, target)
                if spec is not None:
                    break
        if not behind:
            spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            trace = sys.gettrace()
            if trace is not None:
                sys.settrace(None)  # what follows is not the program's
            try:
                self._take(spec)
            finally:
                if trace is not None:
                    sys.settrace(trace)
        return spec

    def _take(self, spec: ModuleSpec) -> None:
        loader: Any = spec.loader
        if is_ours(spec.name):
            return
        if type(loader) is SourceFileLoader:
            self._take_file(spec, loader)
        elif type(loader) is zipimporter:
            source = loader.get_source(spec.name)
            if source is not None and (
                matches(spec.name, self.patterns) or marked(source.encode("utf-8"))
            ):
                spec.loader = ZipLoader(loader)  # type: ignore[assignment]

    def _take_file(self, spec: ModuleSpec, loader: SourceFileLoader) -> None:
        path = loader.path
        text = self._text(path) if self.sources else None
        wanted = matches(spec.name, self.patterns) or (
            self.pragmas and _may_be_marked(path) and _reads_as_marked(path, text)
        )
        main = self.main is not None and spec.name in (self.main, f"{self.main}.__main__")
        if text is not None or wanted or main:
            spec.loader = Loader(spec.name, path, text, wanted, main)
        elif self.codes is not None and (code := self.codes.get(path)) is not None:
            spec.loader = CompiledLoader(spec.name, path, code)

    def _text(self, path: str) -> str | None:
        """The candidate's text of a file, which may be found by another path than it is known by."""
        if path in self.sources:
            return self.sources[path]
        link = os.path.islink(path)  # noqa: PTH114  # which may have another name
        for known, text in self.sources.items():
            if link or os.path.basename(known) == os.path.basename(path):  # noqa: PTH119
                with suppress(OSError):
                    if os.path.samefile(known, path):  # noqa: PTH121
                        return text
        return None


def _may_be_marked(path: str) -> bool:
    """Whether a file is worth reading for a pragma: the standard library's and installed
    packages' are not, a pattern reaches them."""
    return not path.startswith(_LIBRARY) and not any(part in path for part in _INSTALLED)


def _reads_as_marked(path: str, text: str | None) -> bool:
    try:
        return marked(text.encode() if text is not None else Path(path).read_bytes())
    except (OSError, UnicodeError):
        return False
