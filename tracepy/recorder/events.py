"""Reads a log: which site, in which frame, with which values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracepy.recorder._log import Recording
from tracepy.recorder.registry import registry
from tracepy.transforms.instrument import Site

Event = tuple[int, Site, int | None, list[Any]]
"""A site's number, the site, the number of the frame if it has one, values."""


def events_of(recording: Recording, log: int) -> Iterator[Event]:
    """The events of one thread.

    A value is an atom, or `(id, type name, length, rendering)`. Only one piece of the log is
    taken apart at a time.

    Args:
        recording: What was recorded.
        log: The thread, counted from the one that was recorded first.
    """
    sites = registry.sites
    for piece in range(recording.pieces()[log]):
        for number, values in recording.read(log, piece):
            site = sites[number]
            serial = values.pop(0) if site.serial else None
            if site.constant:
                values.append(site.value)
            yield number, site, serial, values
