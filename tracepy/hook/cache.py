"""Instrumented bytecode kept beside the plain one, so that a second import costs no rewriting.

A module's entry is a file in its `__pycache__` (or under `sys.pycache_prefix`), with a name that
plain Python never reads. The name carries a tag of everything the code depends on besides the
source: tracepy's version, the state of the code that rewrites, the level of optimisation and the
module's dotted name. Two versions of tracepy that share a folder therefore never meet.

The file is a header, then module and path, the code (`marshal`), and the static facts (`pickle`,
compressed), which stay bytes until someone asks for a graph. It has the trust that plain bytecode has: whoever
can write to `__pycache__` can have code run anyway.
"""

from __future__ import annotations

import gc
import marshal
import os
import sys
import zlib
from _thread import get_ident
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from struct import Struct, error
from types import CodeType
from typing import Any

import tracepy
import tracepy.hook
import tracepy.recorder
import tracepy.transforms

_FORMAT = b"tracepy1"
# Format, bytecode's magic number, source's time and size, checksum of all that follows, the first
# site's number, lengths of the names, of the code and of the facts.
_HEADER = Struct("<8s4sqqIqIII")
_UNREADABLE = (OSError, error, EOFError, ValueError, TypeError, UnicodeError)


@dataclass(frozen=True)
class Entry:
    """What is kept of a module.

    Attributes:
        first: The number of its first site.
        code: Instrumented, not connected to the recorder.
        facts: Its static facts, pickled and compressed.
    """

    first: int
    code: CodeType
    facts: bytes

    def read_facts(self) -> Any:
        """The facts themselves. Decoded anew on every call."""
        import pickle

        return pickle.loads(zlib.decompress(self.facts))


def location(path: str, module: str) -> str | None:
    """Where a module's entry is; None on a Python that keeps no bytecode."""
    try:
        return cache_from_source(path, optimization=f"tracepy{_tag(module)}")
    except NotImplementedError:
        return None


def load(path: str, module: str, source: os.stat_result) -> Entry | None:
    """A module's entry; None where there is none, or it is stale, damaged or out of reach.

    Args:
        path: The source file, as the loader names it.
        module: Dotted name.
        source: The source file's state.
    """
    place = location(path, module)
    if place is None:
        return None
    try:
        with open(place, "rb") as file:  # noqa: PTH123  (for each import)
            data = memoryview(file.read())
        (mark, magic, time, size, check, first, name_length, code_length, facts_length) = (
            _HEADER.unpack_from(data)
        )
        start = _HEADER.size + name_length
        stop = start + code_length
        if (
            (mark, magic, time, size) != (_FORMAT, MAGIC_NUMBER, source.st_mtime_ns, source.st_size)
            or data[_HEADER.size : start] != _names(path, module)
            or len(data) != stop + facts_length
            or zlib.adler32(data[_HEADER.size :]) != check
        ):
            return None
        code = _unmarshalled(data[start:stop])
    except _UNREADABLE:
        return None
    if not isinstance(code, CodeType):
        return None
    return Entry(first, code, bytes(data[stop:]))


def _unmarshalled(data: memoryview) -> object:
    """Without the collector, which would look through all the constants time and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return marshal.loads(data)
    finally:
        if collecting:
            gc.enable()


def store(
    path: str,
    module: str,
    source: os.stat_result,
    first: int,
    code: CodeType,
    facts: Callable[[], bytes],
) -> None:
    """Keep a module's entry. A folder or disk that takes none is left alone, without a word.

    Args:
        path: The source file, as the loader names it.
        module: Dotted name.
        source: The source file's state before it was read.
        first: The number of its first site.
        code: Instrumented, not connected to the recorder.
        facts: Gives its static facts, pickled; asked only if they are written.
    """
    place = None if sys.dont_write_bytecode else location(path, module)
    if place is None:
        return
    import pickle

    try:
        packed = zlib.compress(facts(), 1)
        names, dumped = _names(path, module), marshal.dumps(code)
        body = names + dumped
        header = _HEADER.pack(
            _FORMAT, MAGIC_NUMBER, source.st_mtime_ns, source.st_size, zlib.adler32(body + packed), first,
            len(names), len(dumped), len(packed),
        )  # fmt: skip
    except (ValueError, error, RecursionError, pickle.PicklingError):
        return  # too deep or too large for the format
    _write(place, header + body + packed, source.st_mode)


def _names(path: str, module: str) -> bytes:
    return f"{module}\0{path}".encode("utf-8", "surrogatepass")


def _write(place: str, data: bytes, source_mode: int) -> None:
    """Write a file in one step: a reader sees the old one, the new one or none."""
    temporary = f"{place}.{os.getpid()}.{get_ident()}"
    try:
        Path(place).parent.mkdir(parents=True, exist_ok=True)
        # As plain bytecode: whoever may read the source may read it, and we may replace it.
        mode = (source_mode | 0o200) & 0o666
        handle = os.open(temporary, os.O_EXCL | os.O_CREAT | os.O_WRONLY, mode)
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(place)
    except OSError:
        try:
            Path(temporary).unlink(missing_ok=True)
        except OSError:
            return


@cache
def _tag(module: str) -> str:
    """What an entry depends on besides its source; letters and digits only."""
    from hashlib import blake2b  # late: workers are forked with what is imported, and need it not

    state = f"{_makers()} {sys.flags.optimize} {module}"
    return blake2b(state.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


@cache
def _makers() -> str:
    """tracepy's version, and the state of the files that make instrumented code."""
    from hashlib import blake2b

    digest = blake2b(tracepy.__version__.encode())
    for package in (tracepy.transforms, tracepy.recorder, tracepy.hook):
        for folder in package.__path__:
            try:
                with os.scandir(folder) as files:
                    for file in sorted(files, key=lambda file: file.name):
                        if file.name.endswith((".py", ".so")):
                            state = file.stat()
                            digest.update(
                                f"{file.name} {state.st_mtime_ns} {state.st_size}\0".encode()
                            )
            except OSError:  # inside an archive: the version must do
                continue
    return digest.hexdigest()
