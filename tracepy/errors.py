"""Every error that tracepy raises on purpose.

`UserError` and its children are somebody's mistake or the world's: the command line prints
their one message and exits with `exit_status`. `InternalError` is a bug of ours.
"""

from __future__ import annotations


class TracepyError(Exception):
    """Base of all errors raised by tracepy."""


class InternalError(TracepyError):
    """Something that cannot happen did: please report it."""


class UserError(TracepyError):
    """The command, the configuration or the input is wrong (exit status 2)."""

    exit_status = 2


class BaselineError(UserError):
    """The program as it stands cannot be evaluated at all (exit status 3)."""

    exit_status = 3


class ExecutorLost(UserError):
    """The executor that judges candidates is gone in mid-run; the run is kept."""


class ModelLost(UserError):
    """A model did not answer for so long that going on makes no sense; the run is kept."""


class BudgetSpent(TracepyError):
    """The next question to a model would cost more than is left: the run ends with what it has."""


class ConflictError(UserError):
    """A file on disk is not what the run started from, so it is left alone (exit status 2)."""


class InstrumentationWarning(UserWarning):
    """A module could not be instrumented and runs as it is."""
