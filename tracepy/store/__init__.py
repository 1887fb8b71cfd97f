"""Every run with all that was tried, in one SQLite file (or any database SQLAlchemy speaks to)."""

from tracepy.store.answers import Answer as Answer
from tracepy.store.records import EvaluationRow as EvaluationRow
from tracepy.store.records import ModelCall as ModelCall
from tracepy.store.records import Run as Run
from tracepy.store.records import Spent as Spent
from tracepy.store.store import Store as Store
from tracepy.store.verdicts import Recorded as Recorded
from tracepy.store.verdicts import Verdict as Verdict

__all__ = ["Answer", "EvaluationRow", "ModelCall", "Recorded", "Run", "Spent", "Store", "Verdict"]
