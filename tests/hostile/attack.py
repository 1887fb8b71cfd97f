"""What hostile candidates have to hand: raw system calls. It lies in the project they attack."""

import ctypes
import os
import platform
import re

libc = ctypes.CDLL(None, use_errno=True)
_X86 = {"ptrace": 101, "process_vm_writev": 311, "keyctl": 250, "add_key": 248, "bpf": 321,
        "perf_event_open": 298, "userfaultfd": 323, "io_uring_setup": 425, "pidfd_getfd": 438,
        "pidfd_send_signal": 424, "open_by_handle_at": 304, "memfd_create": 319, "kcmp": 312,
        "fsopen": 430, "open_tree": 428, "clone3": 435, "process_madvise": 440,
        "rt_sigqueueinfo": 129, "pivot_root": 155, "personality": 135}  # fmt: skip
_ARM = {"ptrace": 117, "process_vm_writev": 271, "keyctl": 219, "add_key": 217, "bpf": 280,
        "perf_event_open": 241, "userfaultfd": 282, "io_uring_setup": 425, "pidfd_getfd": 438,
        "pidfd_send_signal": 424, "open_by_handle_at": 265, "memfd_create": 279, "kcmp": 272,
        "fsopen": 430, "open_tree": 428, "clone3": 435, "process_madvise": 440,
        "rt_sigqueueinfo": 138, "pivot_root": 41, "personality": 92}  # fmt: skip
NUMBERS = _X86 if platform.machine() == "x86_64" else _ARM


def checked(result):
    """The result of a C function; OSError where it failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def call(name, *arguments):
    """A raw system call by name."""
    return checked(libc.syscall(ctypes.c_long(NUMBERS[name]), *arguments))


def any_of(*attempts):
    """Try all; the last error where none got through."""
    error = ProcessLookupError("nobody else is seen")
    for attempt in attempts:
        try:
            return attempt()
        except OSError as problem:
            error = problem
    raise error


def processes():
    """All that can be seen but this one, its server first."""
    found = [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208
    first = [os.getppid()] if os.getppid() else []
    return first + [pid for pid in found if pid not in (os.getpid(), os.getppid())]


def forge(data):
    """Write `data` as the verdict and end: as one does who has found the secret in memory."""
    maps = [line.split() for line in open("/proc/self/maps").read().splitlines()]  # noqa: PTH123, SIM115
    ours = [number for number, row in enumerate(maps) if "_guard" in row[-1]]
    for row in [maps[number] for last in ours[-1:] for number in (*ours, last + 1)]:
        first, end = (int(place, 16) for place in row[0].split("-"))
        if "w" not in row[1]:
            continue
        for nonce in re.findall(
            rb"(?<![0-9a-f])[0-9a-f]{32}\0", ctypes.string_at(first, end - first)
        ):
            _write(b"%s %d 0\n" % (nonce[:-1], len(data)) + data)
            os._exit(0)
    raise LookupError("error: no secret in sight")


def _write(message):
    """To every pipe there is; what is left of it where one takes a part only, too."""
    for fd in range(3, 64):
        left = message
        try:
            while left:
                left = left[os.write(fd, left) :]
        except OSError:
            continue
