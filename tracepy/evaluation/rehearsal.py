"""A worker's own steps, gone through in the server before any worker is forked.

Python adapts code as it runs and fills caches; what has settled is not written to any more, so that
a forked process need not copy it. Evaluations per second went up by 8 %.
"""

from __future__ import annotations

import json
import linecache
import marshal
import sys
from pathlib import Path

from tracepy.evaluation import child
from tracepy.evaluation.records import Job
from tracepy.hook import uninstall
from tracepy.hook.compiled import Codes
from tracepy.objective.record import Objective

_TIMES = 20  # the interpreter has adapted by then
_TARGET, _JUDGE = "tracepy_rehearsed", "tracepy_rehearsing"


def rehearse(folder: Path) -> None:
    """Judge a program of our own some times over, in this process.

    Args:
        folder: Where its files may be for as long.
    """
    target, judge = folder / f"{_TARGET}.py", folder / f"{_JUDGE}.py"
    judge.write_text(f"import {_TARGET}\n\n\ndef score():\n    return float({_TARGET}.price(3))\n")
    target.write_text("def price(n):\n    return n\n")
    objective = Objective("callable", "", {"module": _JUDGE, "function": "score"})
    setting = child.Setting(
        objective,
        {_TARGET: str(target)},
        folder,
        folder,
        0,
        frozenset({str(target)}),
        Codes([str(judge)]),
    )
    sys.path.insert(0, str(folder))
    try:
        for number in range(_TIMES):
            job = Job({str(target): f"def price(n):\n    return n * {number}\n"})
            job = Job.from_dict(marshal.loads(marshal.dumps(job.to_dict())))
            found = child.evaluate(setting, job, folder)
            json.dumps({"evaluation": found.to_dict(), "habits": []})
            uninstall()
            for name in (_TARGET, _JUDGE):
                sys.modules.pop(name, None)
    finally:
        sys.path.remove(str(folder))
        sys.path_importer_cache.pop(str(folder), None)
        linecache.cache.pop(str(target), None)
        target.unlink()
        judge.unlink()
