"""What this machine offers to shut a candidate in, by trying it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from tracepy.errors import UserError
from tracepy.evaluation import bubblewrap, landlock, linux, namespaces, seccomp
from tracepy.evaluation.calls import Calls

_SECRETS = (
    "read .env, private keys and the like in the project, git's configuration with a password"
)
_ANSWERS = "find what a data set expects, unless your own metric needs the program's own objects"
MODES = ("auto", "bwrap", "landlock", "limits", "off")


@dataclass(frozen=True, slots=True)
class Isolation:
    """How a candidate is shut in.

    Attributes:
        mode: `bwrap`, `landlock`, `limits` or `off`.
        holds: What a candidate cannot do, in words.
        open: What it still can, in words.
        namespaces: Who makes them: bubblewrap, the server on its own, or nobody.
    """

    mode: str
    holds: tuple[str, ...]
    open: tuple[str, ...]
    namespaces: Literal["", "own", "bwrap"] = ""


def probe(wanted: str = "auto") -> Isolation:
    """The isolation that a run with `--sandbox wanted` has here.

    `auto` is bubblewrap where it is installed and works, else Landlock, with namespaces of our
    own where the system lets us make them, else limits only.

    Raises:
        UserError: this machine does not offer it, it is no mode, or there is no `fork`.
    """
    if not hasattr(os, "fork"):
        raise UserError(
            "candidates are judged in forked processes, which this system does not have "
            "(on Windows, run tracepy in WSL or a container)"
        )
    if wanted not in MODES:
        raise UserError(f"--sandbox {wanted}: it is one of {', '.join(MODES)}")
    if wanted == "off":
        return Isolation("off", (), ("everything that you can do yourself",))
    problems = {}
    for mode, problem, made in (
        ("bwrap", _no_bwrap, _in_bwrap),
        ("landlock", _no_landlock, _alone),
    ):
        if wanted in {"auto", mode}:
            problems[mode] = problem()
            if not problems[mode]:
                return made()
    if wanted in problems:
        raise UserError(f"--sandbox {wanted} is not to be had here: {problems[wanted]}")
    return limits()


@lru_cache
def _no_bwrap() -> str:
    return _no_filter() or bubblewrap.works()


@lru_cache
def _no_landlock() -> str:
    if landlock.version() < 1:
        return "the kernel offers no Landlock"
    return _no_filter() or _refused(_shut_in)


def _shut_in() -> None:
    calls = Calls()
    landlock.confine_writing(calls, [], [os.devnull])
    seccomp.build().install(calls)
    calls.run()


def _no_filter() -> str:
    import platform

    if seccomp.offered():
        return ""
    return f"no filter of system calls is known for {sys.platform} on {platform.machine()}"


def _refused(work: Callable[[], object]) -> str:
    """Empty where a child could do it."""
    return "" if linux.succeeds(work) else "the kernel refuses it to this process"


_spaces = lru_cache(namespaces.works)


def _in_bwrap() -> Isolation:
    return Isolation("bwrap", _held(), _still(landlock.version() > 0), "bwrap")


def _alone() -> Isolation:
    if _spaces():
        return Isolation("landlock", _held(), _still(True), "own")
    scoped = landlock.version() >= landlock.SCOPES
    holds = (
        *limits().holds,
        "write files outside its scratch folder, or open network sockets",
        "read people's own files but for the project",
        *_secrets(),
        _ANSWERS,
        *(("send signals to any process but its own",) if scoped else ()),
    )
    still = (
        "see the names of your files, and change their modes and times",
        "fill the disk that holds temporary files",
        "talk to services on local sockets",
        *(() if scoped else ("send signals to your processes",)),
        *_still(True),
    )
    return Isolation("landlock", holds, still)


def _held() -> tuple[str, ...]:
    return (
        *limits().holds,
        "write files outside its scratch folder, which is in memory and bounded",
        "read people's own files but for the project, or see other processes",
        "use the network, send signals to any process but its own, make system calls to get out",
        *_secrets(),
        _ANSWERS,
    )


def _secrets() -> tuple[str, ...]:
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return (_SECRETS, *(("read what is root's alone in /etc and /var",) if root else ()))


def _still(landlocked: bool) -> tuple[str, ...]:
    still = (
        "read the project, Python and the system's files",
        "use a whole core until its time is up",
    )
    return still if landlocked else (*still, "write to devices that you may write to")


def limits() -> Isolation:
    """Resource limits and control of processes, nothing else."""
    memory = "memory, " if sys.platform.startswith("linux") else ""
    return Isolation(
        "limits",
        (
            f"run longer than its time, use more {memory}CPU time or disk per file than allowed",
            "leave processes behind, or see the environment of the command",
        ),
        ("read and write wherever you can", "use the network", "send signals to your processes"),
    )
