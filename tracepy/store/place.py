"""Where the runs of a project are kept."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from tracepy.errors import UserError

FOLDER = ".tracepy"
DATABASE = "runs.sqlite"


@dataclass(frozen=True, slots=True)
class Place:
    """A database, as a SQLAlchemy URL; `path` where it is a file, `note` where it is not where
    one would look first."""

    url: str
    path: Path | None
    note: str = ""

    @property
    def label(self) -> str:
        """The place as a person may read it: no password."""
        if self.path is not None:
            return str(self.path)
        from sqlalchemy import make_url

        return make_url(self.url).render_as_string(hide_password=True)


def writable(project: Path) -> Place:
    """Where runs of `project` are written; makes the folder.

    `$TRACEPY_STORE` (a path or a SQLAlchemy URL) is taken at its word. Else it is
    `.tracepy/` in the project, or a folder in the user's cache where that cannot be written.

    Raises:
        UserError: no folder can be written.
    """
    given = _given()
    if given is not None:
        if given.path is not None:
            problem = _prepared(given.path, ignore=False)
            if problem:
                raise UserError(f"$TRACEPY_STORE cannot be used: {problem}")
        return given
    first = project / FOLDER / DATABASE
    problem = _prepared(first, ignore=True)
    if not problem:
        return _file(first)
    second = _cached(project)
    if also := _prepared(second, ignore=False):
        raise UserError(
            f"no folder for the run store: {problem}; {also}. "
            "Set $TRACEPY_STORE to a file that can be written."
        )
    return _file(second, f"{problem}; runs are kept in {second}")


def existing(folder: Path) -> Place | None:
    """The store that covers `folder`: its own, or that of the nearest folder above."""
    given = _given()
    if given is not None:
        return given if given.path is None or given.path.is_file() else None
    for project in (folder, *folder.parents):
        own, cached = project / FOLDER / DATABASE, _cached(project)
        # Both are there where the project's own can be written no more: the cache is newer then.
        paths = (own, cached) if _can_write(own) else (cached, own)
        for path in paths:
            if _is_file(path):
                return _file(path)
    return None


def _given() -> Place | None:
    text = os.environ.get("TRACEPY_STORE", "")
    if not text:
        return None
    if "://" not in text:
        path = Path(text).expanduser().absolute()
        return _file(path / DATABASE if path.is_dir() else path)
    return Place(text, None)


def _file(path: Path, note: str = "") -> Place:
    return Place(f"sqlite:///{path}", path, note)


def _cached(project: Path) -> Path:
    home = os.environ.get("XDG_CACHE_HOME", "")
    cache = Path(home) if Path(home).is_absolute() else Path("~/.cache").expanduser()
    key = hashlib.sha256(os.fsencode(project)).hexdigest()[:12]
    return cache / "tracepy" / f"{project.name or 'root'}-{key}" / DATABASE


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder above that may not be entered
        return False


def _prepared(path: Path, *, ignore: bool) -> str:
    """Make the folder of a database; what keeps it from being written, or ''."""
    folder = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if ignore and not (folder / ".gitignore").exists():
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    except OSError as error:
        return f"{folder} cannot be written ({error.strerror})"
    return "" if _can_write(path) else f"{path} cannot be written"


def _can_write(path: Path) -> bool:
    """Whether SQLite can make or change a database: it writes files beside it, too."""
    folder = os.access(path.parent, os.W_OK | os.X_OK)
    return folder and (not path.exists() or os.access(path, os.W_OK))
