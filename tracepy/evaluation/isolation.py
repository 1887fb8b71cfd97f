"""What this machine offers to shut a candidate in, by trying it."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from tracepy.errors import UserError
from tracepy.evaluation import landlock

MODES = ("auto", "bwrap", "landlock", "limits", "off")


@dataclass(frozen=True, slots=True)
class Isolation:
    """How a candidate is shut in.

    Attributes:
        mode: `landlock`, `limits` or `off`.
        holds: What a candidate cannot do, in words.
        open: What it still can, in words.
    """

    mode: str
    holds: tuple[str, ...]
    open: tuple[str, ...]


def probe(wanted: str = "auto") -> Isolation:
    """The isolation that a run with `--sandbox wanted` has here.

    Raises:
        UserError: this machine does not offer it, or it is no mode.
    """
    if wanted not in MODES:
        raise UserError(f"--sandbox {wanted}: it is one of {', '.join(MODES)}")
    if wanted == "bwrap":
        raise UserError("--sandbox bwrap is not available in this version: use auto or landlock")
    if wanted == "off":
        return Isolation("off", (), ("everything that you can do yourself",))
    if wanted == "limits":
        return limits()
    problem = landlock.works()
    if not problem:
        return confined()
    if wanted == "landlock":
        raise UserError(f"--sandbox landlock is not to be had here: {problem}")
    return limits()


def confined() -> Isolation:
    """Limits, Landlock and a filter of system calls."""
    scoped = landlock.version() >= 6
    holds = (
        *limits().holds,
        "write files outside its scratch folder, or open network sockets",
        *(("send signals to any process but its own",) if scoped else ()),
    )
    still = (
        "read what you can read",
        "change modes and times of your files",
        *(() if scoped else ("send signals to your processes",)),
    )
    return Isolation("landlock", holds, still)


def limits() -> Isolation:
    """Resource limits and control of processes, nothing else."""
    memory = "memory, " if sys.platform.startswith("linux") else ""
    return Isolation(
        "limits",
        (
            f"run longer than its time, use more {memory}CPU time or disk per file than allowed",
            "leave processes behind, or see the environment of the command",
        ),
        ("write wherever you can write", "use the network", "send signals to your processes"),
    )
