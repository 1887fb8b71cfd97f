"""A PostgreSQL server of the tests' own, where the machine has the program for one."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path

import pytest

_PLACES = ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt", "/usr/local/opt")


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    installed = [path for place in _PLACES for path in Path(place).glob("*/bin/initdb")]
    return max(installed).parent if installed else None


class Server:
    """A server that listens on a socket in a folder of its own, and nowhere else.

    It does not run as root, so root runs it as the user that its package has made, or as `nobody`.
    """

    def __init__(self, bin_folder: Path) -> None:
        self._bin = bin_folder
        self._user = _user() if os.geteuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self._data = self.folder / "data"
        try:
            made = self._run("initdb", "-A", "trust", "-U", "tracepy", "-N", "-E", "UTF8")
            if made.returncode == 0:
                made = self._control("start")
            if made.returncode:
                pytest.skip(f"PostgreSQL does not start here: {self._said(made)}")
        except BaseException:
            self.close()
            raise

    def new(self) -> str:
        """The URL of a new, empty database."""
        name = f"runs_{uuid.uuid4().hex}"
        made = self._run("createdb", "-h", str(self.folder), "-U", "tracepy", name, data=False)
        assert made.returncode == 0, made.stderr
        return f"postgresql+psycopg://tracepy@/{name}?host={self.folder}"

    def restart(self) -> None:
        """End it and start it again: whoever is connected is thrown out."""
        assert self._control("restart", "-m", "fast").returncode == 0

    def close(self) -> None:
        """End it, and remove all that it held."""
        if self._data.exists():
            self._run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _said(self, made: subprocess.CompletedProcess[str]) -> str:
        log = self.folder / "log"
        text = made.stderr or (log.read_text() if log.exists() else "")
        return text.strip()[-300:]

    def _control(self, *command: str) -> subprocess.CompletedProcess[str]:
        options = f"-c listen_addresses='' -c fsync=off -k {self.folder}"
        return self._run("pg_ctl", "-w", "-o", options, "-l", str(self.folder / "log"), *command)

    def _run(
        self, program: str, *arguments: str, data: bool = True
    ) -> subprocess.CompletedProcess[str]:
        where = ["-D", str(self._data)] if data else []
        user = None if self._user is None else self._user.pw_uid
        return subprocess.run(
            [str(self._bin / program), *where, *arguments],
            cwd="/",
            user=user,
            group=None if self._user is None else self._user.pw_gid,
            extra_groups=None if self._user is None else [],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            # A server would keep the pipe open for as long as it lives.
            stderr=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )


def _user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
