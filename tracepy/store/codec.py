"""Between rows of the database and records."""

from __future__ import annotations

import json
import os
import socket
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from tracepy.store.records import Run, RunStatus
from tracepy.transforms.diff import to_bytes
from tracepy.transforms.source import Source

# What `runs.about` holds of a run: fields of `Run`.
ABOUT = ("base", "folder", "judge", "context", "environment")


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a run: absolute path -> bytes."""

    originals: dict[str, bytes]
    new: dict[str, bytes]
    written: dict[str, bytes]
    before: dict[str, bytes]


def storable(text: str) -> str:
    """Text without lone surrogates and NULs, which databases refuse."""
    return text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()


def patch_bytes(patch: str) -> bytes:
    """A diff, compressed; it may hold bytes that are not UTF-8 as lone surrogates."""
    return zlib.compress(to_bytes(patch))


def original_texts(originals: Mapping[str, bytes]) -> dict[str, str]:
    """The decoded originals. A file that Python cannot decode counts as empty: its candidates
    are then stored whole."""
    texts = {}
    for path, data in originals.items():
        try:
            texts[path] = Source.decode(data, path).text
        except SyntaxError:
            texts[path] = ""
    return texts


def run_of(row: Row[Any], held: Files) -> Run:
    """A row of `runs` with its files as a record."""
    about = json.loads(row.about) if row.about else {}
    return Run(
        id=row.id,
        created=row.created,
        target=row.target,
        optimizer=row.optimizer,
        objective=row.objective,
        settings=json.loads(row.settings),
        status=_status(row),
        baseline=row.baseline,
        best=row.best,
        improved=row.improved,
        evaluations=row.evaluations,
        seconds=row.seconds,
        parameters=json.loads(row.parameters),
        patch=zlib.decompress(row.patch).decode("utf-8", "surrogateescape"),
        originals=held.originals,
        new=held.new,
        written=held.written,
        before=held.before,
        applied=row.applied,
        **{name: about[name] for name in ABOUT if name in about},
    )


def _status(row: Row[Any]) -> RunStatus:
    """`running` holds only while its process does; a killed one was interrupted."""
    status: RunStatus = row.status
    if status == "running" and row.host == socket.gethostname() and not _alive(row.pid):
        return "interrupted"
    return status


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
