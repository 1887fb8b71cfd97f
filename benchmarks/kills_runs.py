"""One run of a small project, its processes, and what can be seen of both from outside."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from benchmarks.kills_projects import PROJECTS
from tracepy.optimizers.base import digest
from tracepy.store import Run, Store
from tracepy.store.place import Place

CHILD = Path(__file__).with_name("kills_child.py")
NOTHING = digest({})
Judged = tuple[str, str]  # a candidate's digest, and whether it was traced


class Runs:
    """Runs of one project in a folder of their own.

    Args:
        name: Of the project.
        folder: Where it is made.
        seed: Of the run.
    """

    def __init__(self, name: str, folder: Path, seed: int) -> None:
        self.seed = seed
        self.noisy = PROJECTS[name].noisy
        self.project = PROJECTS[name].made(folder / "project")
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.arguments = ["optimize", *PROJECTS[name].arguments, "--seed", str(seed)]
        self.logs = [folder / "judged-0"]
        self._database = self.project / ".tracepy" / "runs.sqlite"

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A process in a group of its own."""
        self.logs.append(self.logs[0].with_name(f"judged-{len(self.logs)}"))
        environment = {name: text for name, text in os.environ.items() if name != "TRACEPY_STORE"}
        return subprocess.Popen(
            [sys.executable, "-P", CHILD, self.logs[-1], *arguments, "--json"],
            cwd=self.project,
            env={**environment, "TMPDIR": str(self.temporary)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def whole(self) -> float:
        """A run that nobody kills; seconds."""
        began = time.monotonic()
        process = self.start(*self.arguments)
        _, said = process.communicate()
        assert process.returncode in (0, 1), said
        return time.monotonic() - began

    def go_on(self) -> subprocess.Popen[bytes]:
        """`resume`, or the run from its start where a kill came before the store knew of it."""
        return self.start("resume") if self.run() else self.start(*self.arguments)

    def kill(self, process: subprocess.Popen[bytes], how: str) -> None:
        """`kill -9` for the main process, its group, or all of the run."""
        if how == "group":
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        while how == "all" and (left := self.processes()):
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        process.communicate()

    def judged(self, log: Path) -> Counter[Judged]:
        """The candidates that one process has judged, the program as it stands apart."""
        lines = log.read_text().split("\n")[:-1] if log.exists() else []
        found = [(line.split()[0], line.split()[1]) for line in lines]
        return Counter(item for item in found if item[0] != NOTHING)

    def run(self) -> Run | None:
        """The run as the store has it."""
        if not self._database.exists():
            return None
        with self._opened() as store:
            return store.find("last") if store.ids() else None

    def tried(self) -> list[tuple[Any, ...]]:
        """All that was tried, but for what the clock says."""
        run = self.run()
        if run is None:
            return []
        with self._opened() as store:
            rows = store.evaluations(run.id)
            whole = store.recorded(run.id, limit=100_000)
        names = {path: Path(path).name for path in run.originals}
        return [
            (
                row.index, row.note, row.score, row.status, row.parent, row.proposer,
                row.reason, row.complete, row.passed, row.cases, bool(verdict.data), verdict.beat,
                {names[path]: text for path, text in row.sources.items()},
            )
            for row, verdict in zip(rows, whole, strict=True)
        ]  # fmt: skip

    def kept(self) -> tuple[list[Any], list[Any]]:
        """What the store holds of the run: evaluations, and what the judge said as it came."""
        run = self.run()
        if run is None:
            return [], []
        with self._opened() as store:
            return store.evaluations(run.id), store.answers(run.id, limit=100_000)

    def stored(self) -> Counter[Judged]:
        """The candidates whose verdicts are in the store."""
        run = self.run()
        if run is None:
            return Counter()
        with self._opened() as store:
            rows = store.evaluations(run.id)
            whole = store.recorded(run.id, limit=100_000)
        return Counter(
            (
                digest({Path(path).name: text for path, text in row.sources.items()}),
                str(int((verdict.data or {}).get("trace") is not None)),
            )
            for row, verdict in zip(rows[1:], whole[1:], strict=True)
        )

    def sound(self) -> str:
        """What SQLite says of the file; `ok` where nothing is wrong, or no file there yet."""
        if not self._database.exists():
            return "ok"
        with closing(sqlite3.connect(self._database)) as connection:
            return str(connection.execute("PRAGMA integrity_check").fetchone()[0])

    def processes(self) -> list[int]:
        """What lives and belongs to the run: its environment names the folder."""
        word, found = os.fsencode(self.temporary), []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdigit() and word in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
        return found

    def tree(self) -> dict[str, tuple[int, int, str]]:
        """Every file of the project but the store: mode, time, contents."""
        found = {}
        for path in sorted(self.project.rglob("*")):
            name = str(path.relative_to(self.project))
            if not name.startswith(".tracepy") and path.is_file():
                state = path.stat()
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                found[name] = (state.st_mode, state.st_mtime_ns, digest)
        return found

    def _opened(self) -> Store:
        return Store(Place(f"sqlite:///{self._database}", self._database))
