"""Landlock and seccomp: no writes outside the scratch folder, no signals out, no network.

Sources: landlock(7), the kernel's Documentation/userspace-api/landlock.rst and seccomp_filter.rst.
"""

from __future__ import annotations

import ctypes
import os
import platform
import socket
import struct
from collections.abc import Sequence

from tracepy.evaluation import linux

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1
# Everything that changes a file system; reading and executing stay free.
_WRITE_FILE, _TRUNCATE, _REFER = 1 << 1, 1 << 14, 1 << 13
_MAKE_AND_REMOVE = sum(1 << bit for bit in range(4, 13))
_SCOPE_ABSTRACT_SOCKETS, _SCOPE_SIGNALS = 1, 2

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SOCKET = {"x86_64": 41, "aarch64": 198}
_LOAD, _EQUAL, _ABOVE, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _DENY = 0x7FFF0000, 0x00050000 | 13  # errno EACCES
_X32 = 0x40000000


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def version() -> int:
    """The version of Landlock that the kernel offers; 0 where it offers none."""
    try:
        return linux.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION))
    except OSError:
        return 0


def network_filter_offered() -> bool:
    """Whether sockets of this machine's architecture can be denied."""
    return linux.LINUX and platform.machine() in _SOCKET


def confine(writable: Sequence[str]) -> None:
    """Let this process and its children write beneath `writable` only. Raises OSError."""
    offered = version()
    handled = _WRITE_FILE | _MAKE_AND_REMOVE
    handled |= _REFER if offered >= 2 else 0
    handled |= _TRUNCATE if offered >= 3 else 0
    attributes = struct.pack("=Q", handled)
    if offered >= 6:
        attributes += struct.pack("=QQ", 0, _SCOPE_ABSTRACT_SOCKETS | _SCOPE_SIGNALS)
    rules = linux.syscall(_CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0))
    try:
        for path in writable:
            if not os.path.exists(path):  # noqa: PTH110
                continue
            folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
            only_files = handled & (_WRITE_FILE | _TRUNCATE)
            allowed = handled if os.path.isdir(path) else only_files  # noqa: PTH112
            rule = struct.pack("=Qi", allowed, folder)
            linux.syscall(_ADD, ctypes.c_int(rules), ctypes.c_int(_PATH_BENEATH), rule, 0)
            os.close(folder)
        linux.no_new_privileges()
        linux.syscall(_RESTRICT, ctypes.c_int(rules), ctypes.c_uint(0))
    finally:
        os.close(rules)


def deny_network() -> None:
    """Allow no sockets but local ones to this process and its children. Raises OSError."""
    machine = platform.machine()
    lines = [
        (_LOAD, 0, 0, 4),  # the architecture
        (_EQUAL, 0, 7, _AUDIT_ARCH[machine]),
        (_LOAD, 0, 0, 0),  # the number of the system call
        (_ABOVE, 5, 0, _X32),
        (_EQUAL, 0, 3, _SOCKET[machine]),
        (_LOAD, 0, 0, 16),  # the first argument: the family
        (_EQUAL, 1, 0, int(socket.AF_UNIX)),
        (_RETURN, 0, 0, _DENY),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _DENY),
    ]
    code = b"".join(struct.pack("=HBBI", *line) for line in lines)
    held = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(lines), ctypes.addressof(held))
    linux.no_new_privileges()
    linux.seccomp(program)


def works() -> str:
    """Empty where a child could shut itself in; else why not, in words."""
    if version() < 1:
        return "the kernel offers no Landlock"
    if not network_filter_offered():
        return f"no filter of system calls is known for {platform.machine()}"
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            confine([os.devnull])
            deny_network()
            status = 0
        finally:
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return "" if status == 0 else "the kernel refuses it to this process"
