"""The same surroundings as `namespaces` makes, made by bubblewrap (bwrap(1)) where it is there."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable

from tracepy.evaluation.namespaces import WORK
from tracepy.evaluation.reach import Reach

# Inside its own user namespace only: to make a namespace for each candidate, which loses them.
_CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_SETPCAP")


def command(reach: Reach, scratch: str, *, network: bool, empty: str) -> list[str]:
    """What to put before a command line for it to run shut in.

    Args:
        reach: What it sees of the machine's files.
        scratch: The one folder of the machine that stays writable, to mount on.
        network: Whether the machine's network is to be there.
        empty: A file that is empty, shown in place of those that are hidden.
    """
    words = ["bwrap", "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts"]
    words += [] if network else ["--unshare-net"]
    words += ["--as-pid-1"]
    for name in _CAPABILITIES:
        words += ["--cap-add", name]
    words += ["--ro-bind", "/", "/"]
    for folder in reach.masked:
        words += ["--tmpfs", folder]
    for path in sorted(reach.readable):
        if path.startswith(tuple(f"{mask}/" for mask in reach.masked)):
            words += ["--ro-bind-try", path, path]
    for path in reach.hidden:
        if os.path.isdir(path):  # noqa: PTH112
            words += ["--tmpfs", path, "--remount-ro", path]
        else:
            words += ["--ro-bind", empty, path]
    if scratch != "/":
        words += ["--tmpfs", scratch, "--dir", os.path.join(scratch, WORK)]  # noqa: PTH118
    for folder in reach.masked:
        words += ["--remount-ro", folder]
    return [*words, "--dev", "/dev", "--proc", "/proc", "--"]


def before_exec() -> Callable[[], object] | None:
    """What the process that becomes bubblewrap has to do first: where it inherits that SIGCHLD is
    ignored, it waits for its own child for ever."""
    if signal.getsignal(signal.SIGCHLD) != signal.SIG_IGN:
        return None
    return lambda: signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def works() -> str:
    """Empty where it is there and does what we need; else why not, in words."""
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed"
    words = [*command(Reach(), "/", network=False, empty=os.devnull), "/bin/echo", "here"]
    try:
        ended = subprocess.run(
            words,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=20,
            preexec_fn=before_exec(),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap does not start: {error}"
    said = ended.stderr.decode("utf-8", "replace").strip()
    # Where SIGCHLD is ignored, the status is always 0.
    return "" if ended.stdout == b"here\n" else f"bubblewrap does not work here: {said}"
