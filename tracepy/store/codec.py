"""Texts as databases take them, and files as texts."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from tracepy.transforms.diff import to_bytes
from tracepy.transforms.source import Source


def storable(text: str) -> str:
    """Text without lone surrogates and NULs, which databases refuse."""
    return text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()


def patch_bytes(patch: str) -> bytes:
    """A diff, compressed; it may hold bytes that are not UTF-8 as lone surrogates."""
    return zlib.compress(to_bytes(patch))


def original_texts(originals: Mapping[str, bytes]) -> dict[str, str]:
    """The decoded originals. A file that Python cannot decode counts as empty: its candidates
    are then stored whole."""
    texts = {}
    for path, data in originals.items():
        try:
            texts[path] = Source.decode(data, path).text
        except SyntaxError:
            texts[path] = ""
    return texts
