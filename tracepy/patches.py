"""Diffs of whole files with the paths that `git apply` looks for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath

from tracepy.transforms.diff import unified_many


def patch(project: Path, files: Mapping[str, tuple[bytes, bytes]]) -> str:
    """Files of a project as one unified diff.

    Args:
        project: The project's folder.
        files: Absolute path -> bytes before and after.
    """
    top = _top(project)
    return unified_many({label(path, top): pair for path, pair in files.items()})


def label(path: str | PurePath, folder: PurePath) -> str:
    """A path as it is shown to whoever knows the folder: relative to it where it is in it."""
    file = PurePath(path)
    return (file.relative_to(folder) if file.is_relative_to(folder) else file).as_posix()


def _top(project: Path) -> Path:
    """What paths in a patch are relative to: the project's git work tree, else itself.

    `git apply` skips, without a word, what is not named from the top of the work tree.
    """
    folders = (project, *project.parents)
    return next((folder for folder in folders if (folder / ".git").exists()), project)
