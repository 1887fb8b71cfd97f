"""Loaders: those of the standard library, whose modules' code is instrumented."""

from __future__ import annotations

import linecache
import os
import re
import sys
import warnings
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any
from zipimport import zipimporter

from tracepy.errors import InstrumentationWarning
from tracepy.hook import cache
from tracepy.hook.compiler import Compiled, compile_instrumented, connected
from tracepy.recorder.unseen import unseen

_PRAGMA = re.compile(rb"^[ \t]*#[ \t]*tracepy:[ \t]*instrument\b", re.MULTILINE)
# What the compiler and the rewriting raise for a source they cannot take.
_FAILURES = (SyntaxError, ValueError, TypeError, LookupError, RecursionError, MemoryError)


def marked(data: bytes) -> bool:
    """Whether a module's source carries the line `# tracepy: instrument`."""
    return b"instrument" in data and _PRAGMA.search(data) is not None


class Loader(SourceFileLoader):
    """Loads a module from its file or a candidate's text, instrumented where that is wanted.

    It looks like the loader it stands for. Bytecode comes from and goes to a cache of our own; a
    candidate's is not kept.

    Attributes:
        text: A candidate's text, in place of the file.
        wanted: Whether the module is to be instrumented when it is imported.
        main: Whether it is to be instrumented when it is run (`python -m`).
        failure: Why it runs plain although it was to be instrumented.
    """

    __module__ = "_frozen_importlib_external"
    __qualname__ = "SourceFileLoader"

    def __init__(
        self, module: str, path: str, text: str | None, wanted: bool, main: bool = False
    ) -> None:
        super().__init__(module, path)
        self.text, self.wanted, self.main = text, wanted, main
        self.failure: str | None = None
        self._imports = False

    @unseen
    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Nothing special; but who creates no module asks for code to run it as `__main__`."""
        self._imports = True
        return None

    @unseen  # so that an error comes from where it comes from plain; no `super()` in such frames
    def get_code(self, fullname: str) -> CodeType | None:
        """The module's code. Raises what a plain import raises."""
        trace = sys.gettrace()
        if trace is not None:
            sys.settrace(None)  # what we do is not the program's
        try:
            code = self._instrumented()
        finally:
            if trace is not None:
                sys.settrace(trace)
        if code is not None:
            return code
        if self.text is None:
            return SourceFileLoader.get_code(self, fullname)
        text: Any = self.text
        return SourceFileLoader.source_to_code(self, text, self.path)

    def _instrumented(self) -> CodeType | None:
        """Instrumented code; None where there is none, or the source has an error."""
        runs = self.main and not self._imports
        if self.text is None:
            return self._code("__main__" if runs else self.name) if runs or self.wanted else None
        # Tracebacks show lines of the text that runs, not of the file.
        lines = self.text.splitlines(keepends=True)
        linecache.cache[self.path] = (len(self.text), None, lines, self.path)
        text: Any = self.text
        try:
            plain = self.source_to_code(text, self.path)
        except (SyntaxError, ValueError):
            return None
        return self._made(plain, self.text, self.name) if self.wanted else plain

    def _code(self, module: str) -> CodeType | None:
        """Instrumented code of the file, from the cache if it can be; None where it has an error."""
        try:
            state = os.stat(self.path)  # noqa: PTH116  (no Path object for each import)
            kept = cache.load(self.path, module, state)
            if kept is not None:
                return connected(Compiled(kept.first, kept.code, kept.read_facts, module))
            data = self.get_data(self.path)
            # Plain first: the compiler's warnings are those of a plain import.
            plain = self.source_to_code(data, self.path)
        except (OSError, SyntaxError, ValueError):
            return None
        return self._made(plain, data, module, state)

    def _made(
        self, plain: CodeType, data: bytes | str, module: str, state: os.stat_result | None = None
    ) -> CodeType:
        made, self.failure = _instrumented(data, self.path, module)
        if made is None:
            return plain
        if state is not None:
            cache.store(self.path, module, state, made.first, made.code, made.pickled_facts)
        return connected(made)

    def get_data(self, path: str) -> bytes:
        """The file's bytes, or the candidate's text."""
        if self.text is not None and path == self.path:
            return self.text.encode("utf-8")
        return super().get_data(path)

    def get_source(self, fullname: str) -> str | None:
        """The module's text, as tracebacks and `inspect` show it."""
        return self.text if self.text is not None else super().get_source(fullname)


class ZipLoader(zipimporter):
    """Loads a module from a zip archive, instrumented. Nothing is cached, as it is for plain ones.

    Attributes:
        failure: Why the module runs plain although it was to be instrumented.
    """

    __module__ = "zipimport"
    __qualname__ = "zipimporter"

    def __init__(self, found: zipimporter) -> None:
        self.__dict__.update(found.__dict__)  # the archive is open already
        self.failure: str | None = None

    @unseen
    def get_code(self, fullname: str) -> CodeType:
        """The module's code. Raises what a plain import raises."""
        plain = zipimporter.get_code(self, fullname)
        trace = sys.gettrace()
        if trace is not None:
            sys.settrace(None)
        try:
            return self._instrumented(plain, fullname)
        finally:
            if trace is not None:
                sys.settrace(trace)

    def _instrumented(self, plain: CodeType, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        if not path.endswith(".py"):
            return plain
        made, self.failure = _instrumented(self.get_data(path), path, fullname)
        return plain if made is None else connected(made)


class CompiledLoader(SourceFileLoader):
    """Loads a module plain, from code that is there already."""

    __module__ = "_frozen_importlib_external"
    __qualname__ = "SourceFileLoader"

    def __init__(self, module: str, path: str, code: CodeType) -> None:
        super().__init__(module, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        """The module's code."""
        return self._code


Loader.__name__ = CompiledLoader.__name__ = "SourceFileLoader"
ZipLoader.__name__ = "zipimporter"


def code_of(data: bytes | str, path: str, module: str, wanted: bool = True) -> CodeType:
    """Code of a source, instrumented if it is wanted. Raises what compiling it plain raises."""
    plain = compile(data, path, "exec", dont_inherit=True)
    made = _instrumented(data, path, module)[0] if wanted else None
    return plain if made is None else connected(made)


def _instrumented(data: bytes | str, path: str, module: str) -> tuple[Compiled | None, str | None]:
    """A module's instrumented code, or why there is none, which is also warned of."""
    try:
        return compile_instrumented(data, path, module), None
    except _FAILURES as error:
        failure = f"{type(error).__name__}: {error}"
    warnings.warn_explicit(
        f"{module} runs without instrumentation ({failure}). The program is not affected. "
        "Please report this as a bug of tracepy, with the module's source",
        InstrumentationWarning,
        path,
        1,
    )
    return None, failure
