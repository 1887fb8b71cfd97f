"""Who is measured: what each contender is, and its process."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks import children, venvs
from benchmarks.children import Failed as Failed
from benchmarks.evaluations import cases
from benchmarks.evaluations.peers import REQUIREMENTS

CHILD = Path(__file__).with_name("child.py")
_ISOLATED = {
    "bwrap": "sandbox",
    "landlock": "sandbox",
    "limits": "process, limits",
    "off": "process",
}


@dataclass(frozen=True)
class Contender:
    """A way to judge candidates.

    Attributes:
        what: What the table calls it.
        way: A name in `child.WAYS`.
        workers: How many candidates it judges at once.
        options: What its way takes.
        isolated: What keeps a candidate from the others and from the rest of the machine.
        beside: The way that it is compared with, with as many workers.
        asked: How many evaluations per second it shall reach.
    """

    what: str
    way: str
    workers: int
    options: tuple[str, ...] = ()
    isolated: str = "process"
    beside: str = "fork"
    asked: int | None = None


def ours() -> list[Contender]:
    """tracepy: a trivial objective in each sandbox that is to be had here, and other objectives."""
    from tracepy.evaluation import probe

    usual = probe().mode
    found = []
    for sandbox in ("bwrap", "landlock", "limits", "off"):
        if missing := _missing(sandbox):
            print(f"--sandbox {sandbox}: {missing}", file=sys.stderr)
            continue
        what = f"tracepy, {sandbox}" + (" (auto)" if sandbox == usual else "")
        for workers, asked in ((1, 300), (2, 500)):
            found.append(
                Contender(
                    what, "tracepy", workers, ("callable", sandbox), _ISOLATED[sandbox],
                    asked=asked if sandbox == usual else None,
                )
            )  # fmt: skip
    apart = _ISOLATED[usual]
    for n, asked_for in ((1, 250), (2, None)):
        options = ("dataset", "auto")
        found.append(Contender("tracepy, data set", "tracepy", n, options, apart, asked=asked_for))
    for n in (1, 2):
        options = ("pytest", "auto")
        found.append(
            Contender("tracepy, 20 tests", "tracepy", n, options, apart, "pytest_fork", 40)
        )
    return found


def _missing(sandbox: str) -> str:
    from tracepy.errors import UserError
    from tracepy.evaluation import probe

    try:
        probe(sandbox)
    except UserError as error:
        return str(error)
    return ""


def others() -> list[Contender]:
    """Peers, and bare processes."""
    pairs = [
        Contender("fork, our imports", "fork", 1, ("tracepy.evaluation.server",)),
        Contender("warm pool", "pool", 1, (), "no"),
        Contender("OpenEvolve", "openevolve", 1, (), "no"),
        Contender("GEPA, subprocess", "gepa", 1),
        Contender("mutmut, fork (its mutants)", "mutmut", 1, beside="pytest_fork"),
        Contender("python -m pytest", "pytest_process", 1, beside="pytest_fork"),
    ]
    return [replace(one, workers=workers) for one in pairs for workers in (1, 2)]


BARE = (
    Contender("bare fork", "fork", 1),
    Contender("bare fork", "fork", 2),
    Contender("fork, pytest.main", "pytest_fork", 1, beside="pytest_fork"),
    Contender("fork, pytest.main", "pytest_fork", 2, beside="pytest_fork"),
)
"""What all are compared with."""


class Running(children.Child):
    """A contender's process, in a project of its own; `scratch` is its place for temporary files."""

    def __init__(self, command: list[str], project: Path, scratch: Path) -> None:
        chosen = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        variables = {**chosen, "TMPDIR": str(scratch)}
        super().__init__(command, variables, str(project), seconds=300)
        self.scratch = scratch

    def __exit__(self, *_: object) -> None:
        """Let it end what it started; the hard way where it does not."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def judge(self, first: int, count: int) -> tuple[int, float]:
        """How many candidates were judged, and in how many seconds.

        Raises:
            Failed: it gave no verdict, or a wrong one.
        """
        answer = self.request(first=first, count=count)
        return int(answer["evaluations"]), float(answer["seconds"])

    def request(self, **what: Any) -> dict[str, Any]:
        """Ask for something. Raises Failed."""
        return self.ask(json.dumps(what))


@contextlib.contextmanager
def running(way: str, workers: int, *options: str) -> Iterator[Running]:
    """A contender that is ready, its temporary files in a folder that goes with it.

    Raises:
        Failed: it is not to be had, or does not start.
    """
    python = _python(way)
    with tempfile.TemporaryDirectory() as name:
        project, scratch = Path(name, "project").resolve(), Path(name, "tmp").resolve()
        project.mkdir()
        scratch.mkdir()
        cases.write(project)
        command = [python, str(CHILD), way, str(workers), *options]
        with Running(command, project, scratch) as child:
            yield child


def _python(way: str) -> str:
    if way not in REQUIREMENTS:
        return sys.executable
    try:
        return venvs.python_of(venvs.kept(way, [REQUIREMENTS[way]]))
    except (subprocess.SubprocessError, OSError) as error:
        raise Failed(f"{REQUIREMENTS[way]} cannot be installed: {error}") from error
