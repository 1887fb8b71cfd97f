"""Improve a Python program by a measure you already have.

The public names are loaded on first use, so that ``import tracepy`` (and with it
``tracepy --help``) costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracepy.feedback import Feedback as Feedback
    from tracepy.hook import install as install
    from tracepy.hook import uninstall as uninstall
    from tracepy.problem import Problem as Problem
    from tracepy.recorder import record as record
    from tracepy.session import Result as Result
    from tracepy.session import optimize as optimize

__version__ = "0.1.0"

_HOMES = {
    "Feedback": "tracepy.feedback",
    "Problem": "tracepy.problem",
    "Result": "tracepy.session",
    "install": "tracepy.hook",
    "optimize": "tracepy.session",
    "param": "tracepy.marks",
    "record": "tracepy.recorder",
    "train": "tracepy.marks",
    "uninstall": "tracepy.hook",
}

__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'tracepy' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
