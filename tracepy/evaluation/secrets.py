"""Files that hold keys and passwords: by their names, by what is in them, by who may read them."""

from __future__ import annotations

import os
import re
import stat
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

# Where the search of a folder ends: entries looked at, levels below it, secrets found.
ENTRIES, LEVELS, MOST = 50_000, 12, 500
_NAMES = frozenset({
    ".env", ".envrc", ".netrc", "_netrc", ".pypirc", ".npmrc", ".pgpass", ".my.cnf", ".htpasswd",
    ".git-credentials", ".ssh", ".aws", ".azure", ".gnupg", ".kube", ".docker", ".tracepy",
})  # fmt: skip
_STARTS = (".env.", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519")
_ENDS = (".key", ".ppk", ".p12", ".pfx", ".jks", ".keystore", ".kdbx")
_SUSPECT = (*_ENDS, ".pem", ".json")
_NOT_SECRET = (".example", ".sample", ".template", ".pub", ".py", ".pyi", ".pyc")
# What may be a certificate alone, or the settings of an account, is looked into.
_KEY, _LOOKED_AT = b"PRIVATE KEY", 1 << 16
# Folders that hold what others wrote, or what was made of it.
SKIPPED = frozenset({
    ".git", ".hg", ".svn", "node_modules", "__pycache__", "site-packages", "dist-packages", ".tox",
    ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".ipynb_checkpoints",
})  # fmt: skip
INSTALLED = frozenset({"site-packages", "dist-packages"})
# A password in an address, or a setting that is one. An empty configuration serves `git` as well,
# but not everybody: only those that hold one are taken away.
_CREDENTIALS = re.compile(
    rb"https?://[^/\s@]+@|://[^/\s@:]*:[^/\s@]+@|extraheader|token|secret|pass\w*\s*=",
    re.IGNORECASE,
)
SYSTEM = ("/etc", "/var/backups", "/var/lib", "/var/log", "/var/mail", "/var/spool")
_PACKAGES = frozenset({"/var/lib/apt", "/var/lib/dpkg"})  # many files, and all of them public
_SYSTEM_ENTRIES, _SYSTEM_LEVELS = 5_000, 3


def is_secret(path: str) -> bool:
    """Whether a file's or a folder's name, or else what it holds, is that of a secret."""
    name = os.path.basename(path)  # noqa: PTH119
    if name.endswith(_NOT_SECRET):
        return False
    if name in _NAMES or name.startswith(_STARTS) or name.endswith(_ENDS):
        # `.env` is also what some call a virtual environment.
        return not os.path.exists(os.path.join(path, "pyvenv.cfg"))  # noqa: PTH110, PTH118
    if name.endswith(".pem") or (
        name.endswith(".json") and ("credential" in name or "account" in name)
    ):
        return _holds_key(path)
    return False


def secrets(folder: Path, *, deep: bool = True) -> Iterator[str]:
    """The secrets below a folder, those at the top first; links to folders are not followed.

    Where the folder is part of a git work tree, that tree's configuration is looked at too.

    Args:
        folder: Where to look.
        deep: Whether folders in it are looked into.
    """
    top = os.fspath(folder)
    found = 0
    for place in (folder, *folder.parents):
        if os.path.lexists(place / ".git"):
            yield from _of_git(place / ".git")
            break
    left = ENTRIES
    waiting = deque([(top, 0)])
    while waiting and left > 0:
        where, level = waiting.popleft()
        entries = _entries(where, left)
        left -= len(entries)
        inner = []
        for entry in entries:
            name = entry.name
            # Asked of each of many thousands: what is no secret is to be left quickly.
            if (name in _NAMES or name.endswith(_SUSPECT) or name.startswith(_STARTS)) and (
                is_secret(entry.path)
            ):
                yield entry.path
                found += 1
                if found >= MOST:
                    return
            elif name == ".git":
                if where != top:
                    yield from _of_git(Path(entry.path))
            elif name == "pyvenv.cfg":
                if where != top:
                    break
            elif name not in SKIPPED and entry.is_dir(follow_symlinks=False):
                inner.append(entry.path)
        else:
            if deep and level < LEVELS and os.path.basename(where) not in INSTALLED:  # noqa: PTH119
                waiting.extend((path, level + 1) for path in inner)


def of_system() -> Iterator[str]:
    """What of the machine's settings and data others than its owner may not read.

    Only root needs this: the system itself keeps them from everybody else.
    """
    left = _SYSTEM_ENTRIES
    waiting = deque((folder, 0) for folder in SYSTEM)
    while waiting:
        where, level = waiting.popleft()
        entries = _entries(where, left)
        left -= len(entries)
        for entry in entries:
            try:
                mode = entry.stat(follow_symlinks=False).st_mode
            except OSError:
                continue
            if stat.S_ISDIR(mode):
                if mode & 0o005 != 0o005:
                    yield entry.path
                elif level < _SYSTEM_LEVELS and entry.path not in _PACKAGES:
                    waiting.append((entry.path, level + 1))
            elif stat.S_ISREG(mode) and not mode & stat.S_IROTH:
                yield entry.path


def _of_git(path: Path) -> Iterator[str]:
    """What holds credentials of a repository: a `.git`, or the file that stands for one."""
    with suppress(OSError, UnicodeDecodeError):
        if path.is_file():  # a linked work tree, or a submodule
            path = path.parent / path.read_text("utf-8").partition("gitdir:")[2].strip()
        common = path / "commondir"
        folders = [path, path / common.read_text("utf-8").strip()] if common.exists() else [path]
        modules = folders[-1] / "modules"
        folders += [file.parent for file in modules.rglob("config")] if modules.is_dir() else []
        for folder in folders:
            for name in ("config", "config.worktree", "credentials", ".git-credentials"):
                file = folder / name
                if file.is_file() and (name.endswith("credentials") or _says_password(file)):
                    yield str(file)


def _says_password(file: Path) -> bool:
    with suppress(OSError):
        return _CREDENTIALS.search(file.read_bytes()) is not None
    return True


def _holds_key(path: str) -> bool:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return _KEY in file.read(_LOOKED_AT)
    except OSError:
        return os.path.isfile(path)  # noqa: PTH113


def _entries(folder: str, most: int) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(islice(entries, most))
    except OSError:
        return []
