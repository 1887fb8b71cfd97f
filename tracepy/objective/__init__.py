"""What says how good the program is."""

from __future__ import annotations

from tracepy.objective.record import Objective

__all__ = ["Objective"]
