"""Runs a mode beside plain Python: two processes, told to run in turn."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.recording_venvs import environment, packages_of, python_of

CHILD = Path(__file__).with_name("recording_child.py")


class Failed(Exception):
    """A mode that did not run, or was too slow; the text is what the table shows."""


@dataclass(frozen=True)
class Place:
    """The interpreter that processes are started with, and their scratch folder."""

    python: str
    path: str
    scratch: str

    @classmethod
    def ours(cls, scratch: str) -> Place:
        """This interpreter, and the packages that workloads need."""
        return cls(sys.executable, str(packages_of(environment("packages"))), scratch)

    @classmethod
    def of_peer(cls, name: str, scratch: str) -> Place:
        """The environment of a peer."""
        return cls(python_of(environment(name)), "", scratch)

    def variables(self) -> dict[str, str]:
        """The environment of its processes. What one leaves behind lies in the scratch folder."""
        chosen = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        return {
            **chosen,
            "PYTHONPATH": self.path,
            "PYTHONPYCACHEPREFIX": str(Path(self.scratch) / "bytecode"),
            "PYTHONHASHSEED": "0",
            "TMPDIR": self.scratch,
            # Without it the package fetches a table of prices when it is imported.
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        }


class Child:
    """A process that has a program ready under a mode."""

    def __init__(self, place: Place, mode: str, name: str, size: str, seconds: float) -> None:
        self.seconds = seconds
        self.process = subprocess.Popen(
            [place.python, str(CHILD), mode, name, size],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, env=place.variables(), cwd=place.scratch,
        )  # fmt: skip

    def __enter__(self) -> Child:
        try:
            self._answer()
        except Failed:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        # DynaPyt's handler swallows SIGTERM.
        self.process.kill()
        self.process.communicate()

    def ask(self, what: str) -> dict[str, Any]:
        """Send a word, give the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        return self._answer()

    def cpu(self) -> float:
        """CPU seconds of one run."""
        return float(self.ask("run")["cpu"])

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(self.seconds):
                raise Failed(f"over {self.seconds:.0f} s")
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"exit status {self.process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        if "failed" in answer:
            raise Failed(answer["failed"])
        return answer


def beside_plain(
    place: Place, mode: str, name: str, size: str, rounds: int, seconds: float
) -> tuple[float, float]:
    """The best CPU seconds of plain Python and of a mode, run in turn.

    Args:
        rounds: How often; a mode whose runs take seconds is not run again.
        seconds: How long one run may take.

    Raises:
        Failed: the mode does not run the program, or takes too long.
    """
    with (
        Child(place, "plain", name, size, seconds) as plain,
        Child(place, mode, name, size, seconds) as other,
    ):
        plain.cpu()
        first = other.cpu()
        if first > 3:
            rounds = 1
        times = [(plain.cpu(), other.cpu()) for _ in range(rounds)]
    return min(time for time, _ in times), min(first, *(time for _, time in times))


def memory_of(place: Place, name: str, mode: str, seconds: float) -> Mapping[str, Any]:
    """What a recording of one run takes."""
    with Child(place, mode, name, "full", seconds) as child:
        return child.ask("memory")
