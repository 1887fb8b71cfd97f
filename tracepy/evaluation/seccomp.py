"""A filter of system calls: what no candidate needs, and what would lead out of its sandbox.

Source: the kernel's Documentation/userspace-api/seccomp_filter.rst; numbers from its unistd.h.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from dataclasses import dataclass

from tracepy.evaluation import linux
from tracepy.evaluation.calls import Calls

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_COLUMN = {"x86_64": 0, "aarch64": 1}
# Refused with EPERM. Numbers for x86_64 and aarch64; None where the machine lacks the call.
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    # other processes: their memory, descriptors, limits
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "process_madvise": (440, 440),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # parts of the kernel that were its way out before
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # memory that no limit counts
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    # the tree of files and the namespaces
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "fanotify_init": (300, 262),
    "setns": (308, 268),
    "unshare": (272, 97),
    # the machine, which is root's to change
    "reboot": (169, 142),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "acct": (163, 89),
    "vhangup": (153, 58),
    "syslog": (103, 116),
    "iopl": (172, None),
    "ioperm": (173, None),
    # what a process leaves behind, or holds beside its own memory
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
}
_SOCKET, _CLONE, _CLONE3, _PRLIMIT, _IOCTL = (41, 198), (56, 220), (435, 435), (302, 261), (16, 29)
_NEW_NAMESPACES = 0x7E020000 | 0x80  # CLONE_NEW*, of which time's is the last
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C  # typing on somebody's terminal

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_X32 = 0x40000000
_IN_A_ROW = 3  # numbers that are compared one after the other
_Line = tuple[int, int, str, str]  # operation, operand, where to if so and if not
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24  # offsets in struct seccomp_data


@dataclass(frozen=True, slots=True)
class Filter:
    """A program for the kernel, put together once and installed in every worker."""

    code: bytes

    def install(self, calls: Calls) -> None:
        """Hold a process and its children to it, for good."""
        linux.no_new_privileges(calls)
        linux.install_filter(calls, self.code)


def offered() -> bool:
    """Whether the numbers of this machine's system calls are known here."""
    return linux.LINUX and os.uname().machine in _AUDIT_ARCH


def build(*, network: bool = False) -> Filter:
    """The filter for this machine; with `network`, sockets are allowed that are not local."""
    machine = os.uname().machine
    column = _COLUMN[machine]
    goals = {pair[column]: "refuse" for pair in _REFUSED.values()}
    # glibc falls back to clone, whose flags can be looked at, where clone3 is not there.
    goals |= {_CLONE3[column]: "absent", _CLONE[column]: "clone"}
    goals |= {_PRLIMIT[column]: "prlimit", _IOCTL[column]: "ioctl"}
    if not network:
        goals[_SOCKET[column]] = "socket"
    body: list[_Line] = [
        (_LOAD, _ARCHITECTURE, "", ""),
        (_EQUAL, _AUDIT_ARCH[machine], "", "refuse"),
        (_LOAD, _NUMBER, "", ""),
    ]
    if machine == "x86_64":
        body.append((_AT_LEAST, _X32, "refuse", ""))
    known = sorted((number, goal) for number, goal in goals.items() if number is not None)
    tail: list[tuple[str, list[_Line]]] = [
        *_searched(known),
        ("allow", [(_RETURN, _ALLOW, "", "")]),
        ("clone", [(_LOAD, _FIRST, "", ""), (_ANY_BIT, _NEW_NAMESPACES, "refuse", "pass")]),
        ("prlimit", [(_LOAD, _FIRST, "", ""), (_EQUAL, 0, "pass", "refuse")]),
        (
            "ioctl",
            [
                (_LOAD, _SECOND, "", ""),
                (_EQUAL, _TIOCSTI, "refuse", ""),
                (_EQUAL, _TIOCLINUX, "refuse", "pass"),
            ],
        ),
        ("socket", [(_LOAD, _FIRST, "", ""), (_EQUAL, int(socket.AF_UNIX), "pass", "deny")]),
        ("pass", [(_RETURN, _ALLOW, "", "")]),
        ("refuse", [(_RETURN, _ERRNO | errno.EPERM, "", "")]),
        ("deny", [(_RETURN, _ERRNO | errno.EACCES, "", "")]),
        ("absent", [(_RETURN, _ERRNO | errno.ENOSYS, "", "")]),
    ]
    return Filter(_assembled(body, tail))


def _searched(known: list[tuple[int, str]]) -> list[tuple[str, list[_Line]]]:
    """Blocks that go where a call's number says, by halves.

    The kernel tries a new filter on each call that there is, to remember what it always allows; with
    all numbers one after the other, that took a fiftieth of a whole evaluation.
    """
    if len(known) <= _IN_A_ROW:
        lines = [(_EQUAL, number, goal, "") for number, goal in known]
        operation, number, goal, _ = lines[-1]
        return [(f"from {known[0][0]}", [*lines[:-1], (operation, number, goal, "allow")])]
    middle = len(known) // 2
    low, high = _searched(known[:middle]), _searched(known[middle:])
    turn: _Line = (_AT_LEAST, known[middle][0], high[0][0], low[0][0])
    return [(f"at {known[middle][0]}", [turn]), *low, *high]


def _assembled(
    body: list[_Line],
    tail: list[tuple[str, list[_Line]]],
) -> bytes:
    """Bytes of a program whose jumps name where they go to; an empty name is the next line."""
    labels: dict[str, int] = {}
    lines = list(body)
    for label, block in tail:
        labels[label] = len(lines)
        lines += block
    code = b""
    for place, (operation, operand, true, false) in enumerate(lines):
        jumps = [labels[name] - place - 1 if name else 0 for name in (true, false)]
        code += struct.pack("=HBBI", operation, *jumps, operand)
    return code
