"""TextGrad's comparison: MMLU, machine learning. See `solutions.py`."""

from __future__ import annotations

from benchmarks.paper.solutions import domain

DOMAIN = domain("mmlu_machine_learning")
