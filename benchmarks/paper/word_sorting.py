"""TextGrad's comparison: word sorting. See `textgrad_tasks.py`."""

from __future__ import annotations

from benchmarks.paper.textgrad_tasks import domain

DOMAIN = domain("word_sorting")
