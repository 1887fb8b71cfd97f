"""Pictures of an objective's feedback, made into data that leaves the worker."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterable
from typing import Any

from tracepy.evaluation.records import PICTURES, Picture, kind_of

LARGEST = 1024**2
"""Bytes of one picture."""
_TOGETHER = 2 * 1024**2


def pictures(given: Iterable[Any]) -> tuple[tuple[Picture, ...], list[str]]:
    """Pictures, and in words which were left out and why.

    Args:
        given: Paths, bytes of PNG, JPEG, GIF or WebP files, figures of matplotlib (`savefig`) or
            images of Pillow (`save`).
    """
    found: list[Picture] = []
    left_out: list[str] = []
    total = 0
    for number, one in enumerate(given, 1):
        if len(found) == PICTURES:
            left_out.append(f"more than {PICTURES} images were given")
            break
        try:
            data = _bytes(one)
        except Exception as error:  # user code, and files that are not there
            left_out.append(f"image {number} cannot be read: {type(error).__name__}: {error}"[:300])
            continue
        kind = kind_of(data)
        if kind is None:
            left_out.append(f"image {number} is neither PNG, JPEG, GIF nor WebP")
        elif len(data) > LARGEST or total + len(data) > _TOGETHER:
            size = f"{len(data) / 1024**2:.1f} MiB"
            left_out.append(f"image {number} is left out, it has {size}: at most 1 MiB, 2 together")
        else:
            total += len(data)
            found.append(Picture(kind, base64.b64encode(data).decode("ascii")))
    return tuple(found), left_out


def _bytes(one: Any) -> bytes:
    if isinstance(one, (bytes, bytearray, memoryview)):
        return bytes(one)
    if isinstance(one, (str, os.PathLike)):
        with open(one, "rb") as file:  # noqa: PTH123
            return file.read(LARGEST + 1)
    into = io.BytesIO()
    if hasattr(one, "savefig"):
        one.savefig(into, format="png")
    elif hasattr(one, "save"):
        one.save(into, format="PNG")
    else:
        raise TypeError(f"a {type(one).__name__} is no image: give a path, bytes or a figure")
    return into.getvalue()
