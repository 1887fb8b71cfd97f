"""Bringing the winner into the user's files: the only place that changes one.

`files` writes all of them or none, `locks` keeps two writers apart, `planning` says what is to be
written where a file is not what the run started from any more, `commit` and `git` make a commit
of it.
"""

from tracepy.writeback.files import Change as Change
from tracepy.writeback.files import read as read
from tracepy.writeback.files import replace as replace
from tracepy.writeback.files import write as write
from tracepy.writeback.locks import alone as alone
from tracepy.writeback.planning import Plan as Plan
from tracepy.writeback.planning import plan as plan
