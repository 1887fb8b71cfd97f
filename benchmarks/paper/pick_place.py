"""Meta-World: pick and place. See `metaworld.py`."""

from __future__ import annotations

from benchmarks.paper.metaworld import domain

DOMAIN = domain("pick_place")
