"""Runs a mode beside plain Python: two processes, told to run in turn."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import children
from benchmarks.children import Failed as Failed
from benchmarks.recording_venvs import environment
from benchmarks.venvs import packages_of, python_of

CHILD = Path(__file__).with_name("recording_child.py")


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


class Child(children.Child):
    """A process that has a program ready under a mode."""

    def __init__(self, place: Place, mode: str, name: str, size: str, seconds: float) -> None:
        command = [place.python, str(CHILD), mode, name, size]
        super().__init__(command, place.variables(), place.scratch, seconds)

    def cpu(self) -> float:
        """CPU seconds of one run."""
        return float(self.ask("run")["cpu"])


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
