"""Bringing the winner into the user's files: the only place that changes one.

`files` writes all of them or none, `alone` keeps two writers apart, `plan` says what is to be
written where a file is not what the run started from any more.
"""

from tracepy.writeback.alone import alone as alone
from tracepy.writeback.files import Change as Change
from tracepy.writeback.files import read as read
from tracepy.writeback.files import replace as replace
from tracepy.writeback.files import write as write
from tracepy.writeback.plan import Plan as Plan
from tracepy.writeback.plan import plan as plan
