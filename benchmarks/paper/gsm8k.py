"""TextGrad's comparison: GSM8K. See `textgrad_tasks.py`."""

from __future__ import annotations

from benchmarks.paper.textgrad_tasks import domain

DOMAIN = domain("gsm8k")
