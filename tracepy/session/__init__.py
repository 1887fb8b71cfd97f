"""One run, from the target to the winner: the rooms put together."""

from tracepy.result import Result as Result
from tracepy.session.start import optimize as optimize
from tracepy.session.start import resume as resume

__all__ = ["Result", "optimize", "resume"]
