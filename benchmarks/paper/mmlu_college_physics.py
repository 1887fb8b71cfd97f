"""TextGrad's comparison: MMLU, college physics. See `solutions.py`."""

from __future__ import annotations

from benchmarks.paper.solutions import domain

DOMAIN = domain("mmlu_college_physics")
