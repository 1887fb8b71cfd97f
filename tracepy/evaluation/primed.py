"""A server that has the program as it stands in memory, with its tests collected.

A worker that is forked from it has nothing left to import: it puts the candidate's functions in
place and runs the tests. That is for candidates that fail soon, as most do. What a candidate is
worth is never said here: a program that was imported and then changed is not the program that a
user would import.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from tracepy.evaluation import linux
from tracepy.evaluation.enclosure import Enclosure
from tracepy.evaluation.records import Evaluation, Job
from tracepy.evaluation.splice import Loaded, modules
from tracepy.objective.context import Context
from tracepy.objective.record import Objective

if TYPE_CHECKING:
    from tracepy.evaluation.child import Setting
    from tracepy.objective.pytest_held import Holding

NOT_HERE = "what it changes cannot be put in place"


class Primed:
    """The program and its tests.

    Attributes:
        ran: Path and first line of the program's functions that ran while it was loaded.
    """

    def __init__(self, tests: Holding, program: Loaded, ran: list[tuple[str, int]]) -> None:
        self._tests = tests
        self._program = program
        self.ran = ran

    def judge(self, objective: Objective, context: Context) -> Evaluation:
        """In a worker: the tests' verdict on a candidate."""
        from tracepy.objective import pytests  # in a primed server only: others need no pytest

        if not self._program.put(context.job.sources):
            return Evaluation("error", None, NOT_HERE)
        return pytests.run_held(self._tests, objective, context)


def held(setting: Setting, enclosure: Enclosure, serve: Callable[[Primed], None]) -> bool:
    """Load program and tests as a worker would, and call `serve` with them.

    This runs the user's program, at most what its import and the collection of its tests run, and
    none of a candidate's.

    Returns:
        Whether that was possible.
    """
    from tracepy.objective import pytests

    called = False
    ran: set[tuple[str, int]] = set()
    targets = setting.targets

    def note(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        function = code.co_flags & inspect.CO_OPTIMIZED  # modules and classes are code as well
        if event == "call" and function and code.co_filename in targets:
            ran.add((code.co_filename, code.co_firstlineno))

    def loaded(tests: Holding) -> None:
        nonlocal called
        sys.setprofile(None)
        if linux.threads() > 1:
            return  # they would be missing in what is forked from here
        called = True
        paths = [path for name, path in setting.modules.items() if name in sys.modules]
        _look_up_files()
        serve(Primed(tests, Loaded(modules(paths, ran)), sorted(ran)))

    scratch = Path(enclosure.folder())
    context = Context(Job({}), setting.modules, setting.root, setting.project, scratch)
    here = Path.cwd()
    try:
        os.chdir(enclosure.config["cwd"])
        sys.setprofile(note)
        pytests.hold(setting.objective, context, loaded)
    finally:
        sys.setprofile(None)
        os.chdir(here)
    return called


def _look_up_files() -> None:
    """Fill what tracebacks are made from, so that no worker has to."""
    inspect.getmodule(compile("", "<nowhere>", "exec"))  # goes over all modules once
