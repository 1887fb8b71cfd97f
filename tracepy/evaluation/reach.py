"""What of the machine's files a candidate may read."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tracepy.evaluation.secrets import SYSTEM, of_system, secrets

# Shown empty but for what a program needs of them: people's own files, and sockets to services.
_MASKED = ("/home", "/root", "/tmp", "/var/tmp", "/run")
# Where the addresses of name servers are kept, for programs that may use the network.
_RESOLVERS = ("/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager")


@dataclass(frozen=True, slots=True)
class Reach:
    """The files that candidates see.

    Attributes:
        masked: Folders that are shown empty, but for what is readable beneath them.
        readable: What stays readable beneath masked folders.
        hidden: Files shown empty, and folders, though they lie in something readable.
    """

    masked: tuple[str, ...] = ()
    readable: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary; `from_dict` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Reach:
        return cls(tuple(data["masked"]), tuple(data["readable"]), tuple(data["hidden"]))

    def masking(self, text: str) -> str | None:
        """The masked folder whose files `text` speaks of, and which is not readable."""
        for folder in self.masked:
            at = text.find(f"{folder}/")
            if at >= 0 and not any(text.startswith(path, at) for path in self.readable):
                return folder
        return None

    def hiding(self, text: str) -> str | None:
        """The hidden file or folder that `text` names, if only by its last part."""
        names = {path: os.path.basename(path) for path in self.hidden}  # noqa: PTH119
        return next((path for path, name in names.items() if name in text), None)

    def parted(self, project: str) -> tuple[Reach, Reach]:
        """Two that together hide the same: the system's secrets, which nothing changes while
        candidates are judged, and all else."""
        system = {
            path
            for path in self.hidden
            if any(_within(path, folder) for folder in SYSTEM) and not _within(path, project)
        }
        rest = tuple(path for path in self.hidden if path not in system)
        return Reach(hidden=tuple(sorted(system))), replace(self, hidden=rest)

    def visible(self) -> Iterator[str]:
        """Paths that together cover all that is not masked and not hidden."""
        yield from self.readable_parts("/")
        for path in self.readable:
            yield from self.readable_parts(path)

    def readable_parts(self, path: str) -> Iterator[str]:
        """`path`, or where something beneath it is masked or hidden, its other parts."""
        out = (*self.masked, *self.hidden) if path == "/" else self.hidden
        if path in out:
            return
        if not any(_within(item, path) for item in out):
            yield path
            return
        try:
            entries = sorted(os.listdir(path))  # noqa: PTH208
        except OSError:
            return
        for name in entries:
            entry = os.path.join(path, name)  # noqa: PTH118
            if not os.path.islink(entry):  # noqa: PTH114
                yield from self._parts_below(entry, out)

    def _parts_below(self, path: str, out: Sequence[str]) -> Iterator[str]:
        if path in out:
            return
        if any(_within(item, path) for item in out):
            yield from self.readable_parts(path) if path not in self.masked else ()
        else:
            yield path


def reach(
    project: Path,
    folders: Iterable[Path],
    allowed: Sequence[str] = (),
    *,
    network: bool = False,
    hidden: Sequence[str] = (),
    used: Sequence[str] = (),
) -> Reach:
    """What candidates of a project see: it, Python and the system, not people's own files.

    Secrets in the project and in `folders` are looked for as far as `secrets` says; those of the
    system only where this is root, from whom nothing else keeps them.

    Args:
        project: The folder of the project.
        folders: Others that the program needs: import roots, the current folder.
        allowed: Paths that the user opens beside.
        network: Whether name servers' addresses are to be found.
        hidden: Files that are kept from them, unless the user opens them.
        used: Paths that have to stay where they are: the judge's own.
    """
    home = Path.home()
    wanted = {Path(path).expanduser().absolute() for path in allowed}
    needed = {project, *(path for path in folders if not _holds(path, home)), *_python(), *wanted}
    needed |= {Path(path) for path in (_RESOLVERS if network else ())}
    paths = {str(path) for path in needed} | {os.path.realpath(path) for path in needed}
    masked = [
        mask
        for mask in _outermost({*_MASKED, os.path.realpath(home)})
        if os.path.isdir(mask) and not any(_holds(path, mask) for path in paths)  # noqa: PTH112
    ]
    # Programs of the user's own are found on the path; what lies beside them is not shown.
    paths |= {path for path in os.environ.get("PATH", "").split(os.pathsep) if path}
    readable = sorted(
        path
        for path in paths
        if os.path.exists(path) and any(_within(path, mask) for mask in masked)  # noqa: PTH110
    )
    opened = {os.path.realpath(path) for path in wanted}
    tops = {project.resolve(), *(Path(path).resolve() for path in folders)}
    found = _closed(tops, home, {*map(str, wanted), *opened})
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        for path in of_system():
            found |= set(_without(path, paths | opened | set(used)))
    found |= {path for path in map(os.path.realpath, hidden) if path not in opened}
    out = {
        path
        for path in found
        if os.path.exists(path)  # noqa: PTH110
        and (
            not any(_within(path, mask) for mask in masked)
            or any(_holds(kept, path) for kept in readable)
        )
    }
    return Reach(tuple(masked), tuple(readable), tuple(sorted(out)))


def _python() -> Iterator[Path]:
    """The interpreter, what is installed for it, and projects installed in place."""
    yield from map(Path, (sys.prefix, sys.base_prefix, sys.exec_prefix))
    yield from (Path(path).absolute() for path in sys.path if path)
    for name, module in list(sys.modules.items()):
        if name.startswith("__editable__"):
            mapping = getattr(module, "MAPPING", {})
            yield from map(Path, mapping.values() if isinstance(mapping, dict) else ())


def _closed(tops: Iterable[Path], home: Path, opened: set[str]) -> set[str]:
    """The secrets of some folders that the user has not opened."""
    found: set[str] = set()
    walked: set[Path] = set()
    for top in sorted(tops):
        if any(_holds(other, top) for other in walked):
            continue
        # All of a home folder, or of the machine, is more than a project's.
        deep = not _holds(top, home)
        if deep:
            walked.add(top)
        inner = {path for path in opened if _within(path, str(top))}
        for path in secrets(top, deep=deep):
            if not any(_holds(other, path) for other in inner):
                # A link is as secret as what it leads to.
                found |= set(_without(os.path.realpath(path), inner))
    return found


def _without(path: str, opened: Iterable[str]) -> Iterator[str]:
    """`path`, or where something beneath it is opened, its other parts."""
    inner = [other for other in opened if _holds(path, other)]
    if not inner and not any(_holds(other, path) for other in opened):
        yield path
    elif inner and path not in inner:
        with suppress(OSError):
            for name in sorted(os.listdir(path)):  # noqa: PTH208
                yield from _without(os.path.join(path, name), opened)  # noqa: PTH118


def _outermost(paths: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for path in sorted({os.path.realpath(path) for path in paths}):
        if not any(path == other or _within(path, other) for other in kept):
            kept.append(path)
    return kept


def _within(path: str, folder: str) -> bool:
    return path != folder and path.startswith(folder.rstrip("/") + "/")


def _holds(path: str | Path, inner: str | Path) -> bool:
    """Whether a folder is another one, or has it inside."""
    return str(path) == str(inner) or _within(str(inner), str(path))
