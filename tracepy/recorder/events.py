"""Reads a log: which site, in which frame, with which values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracepy.recorder.registry import registry
from tracepy.transforms.instrument import Site

_type_name = type.__dict__["__name__"].__get__


def events_of(log: list[Any]) -> Iterator[tuple[int, Site, int | None, list[Any]]]:
    """Each event: its site's number, the site, the frame's number if it has one, its values.

    In the log an object is its type and then its identity, or a tuple of what is known of it;
    here a value is an atom or `(id, type name, length, rendering)`. An event that the end of the
    recording cut off is left out, and so is what cannot be read: a tracer of single instructions
    may run, and be recorded, in the middle of an event.
    """
    sites = registry.sites
    known = sites.get
    index, size = 1, len(log)
    while index < size:
        number = log[index]
        index += 1
        if type(number) is not int:
            continue
        site = known(number)
        if site is None:
            if number not in sites:
                continue
            site = sites[number]
        values: list[Any] = []
        for _ in range(site.width):
            if index >= size:
                return
            entry = log[index]
            index += 1
            if isinstance(entry, type):
                if index >= size:
                    return
                entry = (log[index], str(_type_name(entry)), None, None)
                index += 1
            elif type(entry) is tuple and type(entry[1]) is not str:
                identity, kind, *rest = entry
                entry = (identity, str(_type_name(kind)), *(rest or (None, None)))
            values.append(entry)
        serial = values.pop(0) if site.serial else None
        if site.constant:
            values.append(site.value)
        yield number, site, serial, values
