"""What this machine offers to shut a candidate in, by trying it."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from tracepy.errors import UserError

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
    if wanted == "landlock":
        raise UserError("--sandbox landlock: this machine does not offer it")
    return limits()


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
