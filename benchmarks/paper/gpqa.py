"""TextGrad's comparison: GPQA diamond. See `solutions.py`."""

from __future__ import annotations

from benchmarks.paper.solutions import domain

DOMAIN = domain("gpqa")
