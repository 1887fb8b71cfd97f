"""After the goal: the fixes that reach it, told apart, ranked and looked at with suspicion."""

from tracepy.fixes.records import Difference as Difference
from tracepy.fixes.records import Fix as Fix
