"""JSON messages over a stream socket, each behind its length."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any, BinaryIO

_LENGTH = struct.Struct("!Q")
LIMIT = 256 * 1024**2


def pack(message: Any) -> bytes:
    """One message as bytes. Lone surrogates, which sources and output may hold, survive."""
    return frame(json.dumps(message).encode("ascii"))


def frame(data: bytes) -> bytes:
    """A message that is JSON already."""
    return _LENGTH.pack(len(data)) + data


def unframed(stream: BinaryIO, most: int) -> bytes:
    """One message as JSON; empty where it did not come whole, or is longer than `most` bytes."""
    head = stream.read(_LENGTH.size)
    length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
    data = stream.read(length) if length <= most else b""
    return data if len(data) == length else b""


class Inbox:
    """Bytes in, messages out."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Any]:
        """The messages that are complete now. Raises ValueError where they cannot be right."""
        self._buffer += data
        messages = []
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > LIMIT:
                raise ValueError(f"a message of {length} bytes")
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                break
            messages.append(json.loads(bytes(self._buffer[_LENGTH.size : end])))
            del self._buffer[:end]
        return messages


def receive(
    connection: socket.socket, inbox: Inbox, passed: list[int] | None = None
) -> list[Any] | None:
    """Wait for bytes; the messages that they complete, or None where the other side is gone.

    Args:
        connection: Where they come from.
        inbox: What has come before.
        passed: Gets the descriptors that came with them.
    """
    try:
        if passed is None:
            data = connection.recv(1 << 18)
        else:
            data, found, _, _ = socket.recv_fds(connection, 1 << 18, 8)
            passed += found
    except (ConnectionError, OSError):
        return None
    return inbox.feed(data) if data else None
