"""Candidate sources in place of the files on disk, where nothing is to be instrumented."""

from __future__ import annotations

import importlib.machinery
import linecache
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType


class OverlayLoader(SourceFileLoader):
    """Compiles a module from the text of the candidate, under the file's own path."""

    def __init__(self, fullname: str, path: str, text: str) -> None:
        super().__init__(fullname, path)
        self._text = text

    def get_code(self, fullname: str) -> CodeType:
        linecache.cache[self.path] = (
            len(self._text),
            None,
            self._text.splitlines(keepends=True),
            self.path,
        )
        code = compile(self._text, self.path, "exec", dont_inherit=True)
        assert isinstance(code, CodeType)
        return code


class OverlayFinder(MetaPathFinder):
    """Finds modules as usual, and gives those with a candidate's source our loader."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or not isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            return None
        text = self._sources.get(spec.origin or "")
        if text is None:
            return None
        spec.loader = OverlayLoader(fullname, spec.origin or "", text)
        return spec


def apply(sources: Mapping[str, str]) -> None:
    """Serve these sources to every import from now on, in this process."""
    if sources:
        sys.meta_path.insert(0, OverlayFinder(sources))
