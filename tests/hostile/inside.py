"""The process that judges hostile candidates, in the cell that keeps them from doing harm.

Run as `inside.py REQUESTS REPORTS HOME SANDBOX [KEPT…]`: two descriptors to read lines of JSON
from and to write them to; a mode of isolation, or `alone` for Landlock without namespaces. Where
folders to keep are given it is the first process of new namespaces, and lays out its file system
anew.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from tests.hostile import mounts, project, watch
from tracepy.evaluation import Job

_MARK = "tracepy.evaluation.server"


class Room:
    """A project under attack, its judges, and what is looked at before and after a candidate."""

    def __init__(self, home: str, sandbox: str, alone: bool) -> None:
        self.home = Path(home)
        self.project = project.build(self.home)
        self.sandbox = sandbox
        self.alone = alone  # nobody else's files and processes are here
        self.judges: dict[tuple[Any, ...], Any] = {}
        os.chdir(self.project)
        folder = tempfile.gettempdir()
        self.roots = [home, folder, *(("/var/tmp", "/dev/shm") if alone else ())]
        self.called: list[str] = []
        for address in (f"{folder}/outside.sock", "\0outside"):
            self._listen(address)

    def _listen(self, address: str) -> None:
        """A service of the owner's that candidates have no business with."""
        server = socket.socket(socket.AF_UNIX)
        server.bind(address)
        server.listen()

        def serve() -> None:
            while True:
                server.accept()[0].close()
                self.called.append(address)

        threading.Thread(target=serve, daemon=True).start()

    def judged(self, request: dict[str, Any]) -> dict[str, Any]:
        """Judge a candidate beside a good one, then the good one alone, and look round."""
        key = request["kind"], request["timeout"], request["memory"]
        if key not in self.judges:
            for judge in self.judges.values():
                judge.close()
            self.judges = {key: project.judge(key[0], self.project, self.sandbox, *key[1:])}
        judge = self.judges[key]
        good = self._job(project.GOOD)
        if not request["brief"]:
            judge.evaluate([good, good])
        self._rest()
        before = self._look()
        self.called.clear()
        with self._peak() as peak:
            found, beside = judge.evaluate([self._job(request["source"]), good])
        after = beside if request["brief"] else judge.evaluate([good])[0]
        report = {
            "status": found.status,
            "score": found.score,
            "seconds": found.seconds,
            "feedback": found.feedback,
            "output": len(found.output),
            "beside": [beside.status, beside.score, beside.feedback[:300]],
            "after": [after.status, after.score, after.feedback[:300]],
            "disk": peak[0],
            "grown": watch.peak() - before["peak"],
            "called": self.called[:],
        }
        return {**report, **self._differences(before)}

    def _job(self, source: str) -> Job:
        return Job({str(self.project / "shop.py"): source})

    def _rest(self) -> None:
        """Wait until the server has forked the workers that wait for the next candidates."""
        seen: list[int] = []

        def steady(count: object) -> bool:
            seen.append(int(str(count)))
            return len(seen) > 3 and len(set(seen[-4:])) == 1

        watch.settled(lambda: len(self._processes()), steady)

    def _look(self) -> dict[str, Any]:
        servers = watch.children(os.getpid())
        # Folders of workers that wait for candidates come and go, as many as there were.
        scratch = [judge._scratch.path for judge in self.judges.values()]
        return {
            "tree": watch.tree(self.roots, [*sys.argv[5:], *scratch]),
            "scratch": sum(len(os.listdir(folder)) for folder in scratch),  # noqa: PTH208
            "servers": servers,
            "server": sum(map(watch.descriptors, servers)),
            "peak": watch.peak(),
            "own": watch.descriptors() + threading.active_count(),
            "processes": len(self._processes()),
            "queues": watch.queues() if self.alone else 0,
            "manners": [watch.manners(pid) for pid in (os.getpid(), *servers)],
        }

    def _processes(self) -> dict[int, str]:
        return watch.processes() if self.alone else watch.marked(_MARK)

    def _differences(self, before: dict[str, Any]) -> dict[str, Any]:
        seen: Any = watch.settled(
            self._processes,
            lambda found: len(found) <= before["processes"],  # type: ignore[arg-type]
        )
        self._rest()
        now = self._look()
        same = now["servers"] == before["servers"]
        left = [line for line in seen.values() if _MARK not in line]
        many = len(seen) - before["processes"]
        return {
            "changed": watch.changes(before["tree"], now["tree"])
            + ["a scratch folder"] * (now["scratch"] > before["scratch"]),
            "server": "same" if same else "another",
            "processes": [f"{many} more", *left[:5]] if many > 0 else [],
            "descriptors": now["own"]
            - before["own"]
            + (now["server"] - before["server"] if same else 0),
            "queues": now["queues"] - before["queues"],
            "manners": "same"
            if not same or now["manners"] == before["manners"]
            else now["manners"],
        }

    @contextlib.contextmanager
    def _peak(self) -> Any:
        """The most bytes that were taken in the folders for temporary files."""
        peak, end = [0], threading.Event()

        def sample() -> None:
            while self.alone and not end.wait(0.02):
                for folder in ("/tmp", "/var/tmp", "/dev/shm"):
                    status = os.statvfs(folder)
                    used = (status.f_blocks - status.f_bfree) * status.f_frsize
                    peak[0] = max(peak[0], used)

        thread = threading.Thread(target=sample)
        thread.start()
        try:
            yield peak
        finally:
            end.set()
            thread.join()

    def close(self) -> dict[str, Any]:
        """End the judges; what is left of them."""
        for judge in self.judges.values():
            judge.close()
        self.judges = {}
        left = [path.name for path in Path(tempfile.gettempdir()).glob("tracepy-*")]
        children = watch.settled(lambda: watch.children(os.getpid()), lambda found: not found)
        return {"files": left, "children": children}


def serve(requests: int, reports: int, room: Room) -> None:
    """Answer requests until there are none; `null` asks for what is left after closing."""
    with os.fdopen(requests) as lines, os.fdopen(reports, "w") as out:
        for line in lines:
            request = json.loads(line)
            report = room.close() if request is None else room.judged(request)
            out.write(json.dumps(report) + "\n")
            out.flush()


def main() -> None:
    """Lay out the cell and serve, as the child of a process that does nothing but wait."""
    requests, reports, home, sandbox, *kept = sys.argv[1:]
    if kept:
        mounts.lay_out(kept)
        pid = os.fork()
        if pid:
            os.close(int(requests))
            os.close(int(reports))
            while True:
                ended, status = os.wait()
                if ended == pid:
                    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if sandbox == "alone":  # as on a machine that lets nobody make namespaces
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
        sandbox = "landlock"
    Path(home).mkdir(parents=True, exist_ok=True)
    serve(int(requests), int(reports), Room(home, sandbox, bool(kept)))


if __name__ == "__main__":
    main()
