"""The cell's file system: all of the machine's read-only, and small folders in memory instead of
those that one may write to. A candidate that gets out of the sandbox gets no further."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
_NO_DEVICES, _BIND, _RECURSIVE, _PRIVATE = 4, 4096, 16384, 1 << 18
_MOUNT_SETATTR, _AT_RECURSIVE, _AT_FDCWD, _READ_ONLY = 442, 0x8000, -100, 1
FRESH = ("/tmp", "/var/tmp", "/home", "/dev", "/dev/shm")
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
SIZE = 192 * 1024**2  # bytes of each of them


def _mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    encoded = [None if text is None else text.encode() for text in (source, target, kind)]
    _checked(_libc.mount(*encoded, ctypes.c_ulong(flags), data.encode() or None), target)


def _checked(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


def lay_out(kept: Iterable[str]) -> None:
    """Mount it all; what is `kept` is seen where it was. Raises OSError."""
    held = {path: os.open(path, os.O_PATH) for path in kept if path.startswith(FRESH)}
    devices = {name: os.open(f"/dev/{name}", os.O_PATH) for name in _DEVICES}
    _mount("none", "/", None, _PRIVATE | _RECURSIVE)
    attributes = struct.pack("=QQQQ", _READ_ONLY, 0, 0, 0)
    arguments = (ctypes.c_int(_AT_FDCWD), b"/", ctypes.c_uint(_AT_RECURSIVE), attributes)
    _checked(_libc.syscall(_MOUNT_SETATTR, *arguments, ctypes.c_size_t(32)), "/")
    for folder in FRESH:
        Path(folder).mkdir(exist_ok=True)
        flags = 0 if folder == "/dev" else _NO_DEVICES
        _mount("cell", folder, "tmpfs", flags, f"size={SIZE},mode=1777")
    for name, device in devices.items():
        Path("/dev", name).touch()
        _mount(f"/proc/self/fd/{device}", f"/dev/{name}", None, _BIND)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        Path("/dev", name).symlink_to(f"/proc/self/fd/{number}")
    Path("/dev/fd").symlink_to("/proc/self/fd")
    for path, folder in sorted(held.items()):
        if not Path(path).exists():
            Path(path).mkdir(parents=True)
            _mount(f"/proc/self/fd/{folder}", path, None, _BIND | _RECURSIVE)
    _mount("proc", "/proc", "proc", 0)
    for number in (*held.values(), *devices.values()):
        os.close(number)
