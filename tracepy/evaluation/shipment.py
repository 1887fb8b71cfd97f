"""A project as one archive: what remote workers need of the user's files, and no more."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracepy.errors import UserError
from tracepy.evaluation.secrets import INSTALLED, is_secret
from tracepy.objective.record import Objective
from tracepy.target import Target

# Bytes before compression, and files: a project is code and small data. A scheduler holds it once.
SIZE_LIMIT = 256 * 1024**2
FILE_LIMIT = 20_000
_SKIPPED = {
    ".git", ".hg", ".svn", ".tracepy", "__pycache__", "node_modules", ".tox", ".nox", ".venv",
    ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".idea", ".vscode", ".cache",
    ".ipynb_checkpoints", "dask-scratch-space", "dask-worker-space",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shipment:
    """Files for remote workers.

    Attributes:
        roots: The folders here whose files it holds.
        archive: A compressed tar file; the n-th root is its folder `n`.
        digest: Names this content: two shipments with one digest are the same.
    """

    roots: tuple[str, ...]
    archive: bytes
    digest: str


def pack(target: Target, objective: Objective, listed: Sequence[str] = ()) -> Shipment:
    """The files of a project, those of the objective that lie elsewhere included.

    Version control, caches, virtual environments and files that hold secrets are left out.

    Args:
        target: What is being improved.
        objective: What says how good it is.
        listed: Paths that are shipped though their names are those of secrets.

    Raises:
        UserError: it is more than is reasonable to ship, or a file cannot be read.
    """
    roots = _outermost([target.project, target.root, *_roots(objective)])
    alone = [path for path in _named(objective.to_dict()) if not _inside(path, roots)]
    folders = [*roots, *sorted({path.parent for path in alone})]
    allowed = {os.path.abspath(path) for path in listed}  # noqa: PTH100
    tops = {name.partition(".")[0] for name in target.modules}
    buffer = io.BytesIO()
    size = count = 0
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for number, folder in enumerate(folders):
            whole = folder in roots
            files = (
                _files(folder, allowed, tops) if whole else (x for x in alone if x.parent == folder)
            )
            archive.addfile(_folder(str(number)))
            for path in files:
                name = f"{number}/{path.relative_to(folder).as_posix()}"
                size += _add(archive, path, name)
                count += 1
                if size > SIZE_LIMIT or count > FILE_LIMIT:
                    raise UserError(
                        f"{folder} is too much to ship to the workers of an executor: more than "
                        f"{SIZE_LIMIT // 1024**2} MiB or {FILE_LIMIT} files. Keep large data in a "
                        "place that all workers see, or the project in a folder of its own "
                        "(with a pyproject.toml)"
                    )
    data = zlib.compress(buffer.getvalue(), 1)
    names = tuple(str(folder) for folder in folders)
    return Shipment(names, data, hashlib.sha256(repr(names).encode() + data).hexdigest()[:32])


def unpack(shipment: Shipment, into: Path) -> None:
    """Write the files of a shipment into a folder."""
    with tarfile.open(fileobj=io.BytesIO(zlib.decompress(shipment.archive))) as archive:
        archive.extractall(into, filter="data")


def _add(archive: tarfile.TarFile, path: Path, name: str) -> int:
    """Add one entry, with nothing in it that changes while the contents stay; its size."""
    if path.is_symlink() and path.is_dir():
        link = tarfile.TarInfo(name)
        link.type, link.linkname = tarfile.SYMTYPE, str(path.readlink())
        archive.addfile(link)
        return 0
    if path.is_dir():
        archive.addfile(_folder(name))
        return 0
    try:
        data = path.read_bytes() if path.stat().st_size <= SIZE_LIMIT else b""
        mode = 0o755 if os.access(path, os.X_OK) else 0o644
        size = path.stat().st_size
    except OSError as error:
        raise UserError(f"cannot read {path} to ship it: {error.strerror}") from error
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), mode
    archive.addfile(info, io.BytesIO(data))
    return size


def _folder(name: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.mode = tarfile.DIRTYPE, 0o755
    return info


def _files(root: Path, allowed: set[str], tops: set[str]) -> Iterator[Path]:
    """What is shipped of a folder, in a fixed order; folders before what is in them."""
    for where, folders, files in os.walk(root):
        here = Path(where)
        if here == root and root.name in INSTALLED:  # an installed target, not all that is
            folders[:] = [name for name in folders if name in tops]
            files = [name for name in files if name.partition(".")[0] in tops]
        folders[:] = sorted(name for name in folders if _goes(here / name, allowed))
        yield from (here / name for name in folders if _linked_inside(here / name, root))
        for name in sorted(files):
            path = here / name
            if path.is_file() and not name.endswith(".pyc") and _goes(path, allowed):
                yield path


def _goes(path: Path, allowed: set[str]) -> bool:
    name = path.name
    if str(path) in allowed:
        return True
    return not is_secret(str(path)) and name not in _SKIPPED and not (path / "pyvenv.cfg").exists()


def _linked_inside(path: Path, root: Path) -> bool:
    """Whether a folder is one, or a relative link to what is shipped as well."""
    if not path.is_symlink():
        return True
    return not path.readlink().is_absolute() and path.resolve().is_relative_to(root.resolve())


def _roots(objective: Objective) -> Iterator[Path]:
    yield from map(Path, objective.roots)
    for stage in objective.stages:
        yield from _roots(stage.objective)


def _named(value: Any) -> Iterator[Path]:
    """The files and folders that an objective's spec names by their absolute paths."""
    if isinstance(value, str):
        path = Path(value.partition("::")[0])
        if path.is_absolute() and path.is_file():
            yield path
    elif isinstance(value, dict):
        for item in value.values():
            yield from _named(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _named(item)


def _outermost(folders: Iterable[Path]) -> list[Path]:
    kept: list[Path] = []
    for folder in sorted(set(folders), key=lambda path: len(path.parts)):
        if not _inside(folder, kept):
            kept.append(folder)
    return kept


def _inside(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)
