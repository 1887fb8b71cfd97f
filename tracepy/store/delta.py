"""A candidate's file as copies from the original and the little that is new.

Thousands of candidates of one file differ from it by a line or two. Storing each whole would
make a run's size the product of file size and evaluations; a copy/add delta (as in VCDIFF,
RFC 3284) keeps it near the size of the edits.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from functools import lru_cache

from tracepy.transforms.ends import shared_end, shared_start

Ops = list[str | list[int]]


def pack(sources: Mapping[str, str], originals: Mapping[str, str]) -> bytes | None:
    """Texts of changed files, written against the originals (`""` for an unknown path)."""
    if not sources:
        return None
    deltas = {path: delta(originals.get(path, ""), text) for path, text in sources.items()}
    return zlib.compress(json.dumps(deltas, separators=(",", ":")).encode(), 1)


def unpack(data: bytes | None, originals: Mapping[str, str]) -> dict[str, str]:
    """What `pack` was given. Raises ValueError where the originals are not those of `pack`."""
    if data is None:
        return {}
    deltas = json.loads(zlib.decompress(data))
    return {path: restored(originals.get(path, ""), item) for path, item in deltas.items()}


def delta(old: str, new: str) -> list[int | Ops]:
    """`[prefix, suffix, ops]`: characters shared at both ends, and how the middle is built.

    An op is text, or `[start, length]`: characters of the original.
    """
    prefix = shared_start(old, new)
    suffix = shared_end(old, new, min(len(old), len(new)) - prefix)
    middle = new[prefix : len(new) - suffix]
    return [prefix, suffix, _ops(old, middle, prefix)]


def restored(old: str, packed: list[int | Ops]) -> str:
    """The text that `delta` was made of. Raises ValueError if `old` is another one."""
    prefix, suffix, ops = packed
    if not (isinstance(prefix, int) and isinstance(suffix, int) and isinstance(ops, list)):
        raise ValueError("not a delta")
    if prefix + suffix > len(old):
        raise ValueError("the delta belongs to another original")
    middle = "".join(op if isinstance(op, str) else old[op[0] : op[0] + op[1]] for op in ops)
    return old[:prefix] + middle + old[len(old) - suffix :]


@lru_cache(maxsize=32)
def _first_places(text: str) -> dict[str, int]:
    """Where each distinct line of a text first begins."""
    places: dict[str, int] = {}
    start = 0
    for line in text.split("\n"):
        places.setdefault(line + "\n", start)
        start += len(line) + 1
    return places


def _ops(old: str, middle: str, start: int) -> Ops:
    """`middle`, which stands where `old[start:]` stood, as text and copies of whole lines."""
    if not middle:
        return []
    if len(middle) < 200:  # a copy would save nothing
        return [middle]
    ops: Ops = []
    position = literal = 0
    expected = start  # where the next line stands in `old` if lines were only replaced
    while position < len(middle):
        end = middle.find("\n", position) + 1 or len(middle)
        line = middle[position:end]
        place = expected if old.startswith(line, expected) else _first_places(old).get(line, -1)
        if place >= 0 and len(line) > 1:
            length = shared_start(old[place:], middle[position:])
            if literal < position:
                ops.append(middle[literal:position])
            ops.append([place, length])
            position += length
            literal, expected = position, place + length
        else:
            position = end
            expected = old.find("\n", expected) + 1 or len(old)
    if literal < len(middle):
        ops.append(middle[literal:])
    return ops
