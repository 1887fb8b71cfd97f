"""Every run with all that was tried, in one SQLite file (or any database SQLAlchemy speaks to)."""

from tracepy.store.records import EvaluationRow as EvaluationRow
from tracepy.store.records import Run as Run
from tracepy.store.store import Store as Store

__all__ = ["EvaluationRow", "Run", "Store"]
