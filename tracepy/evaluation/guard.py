"""What a candidate may not begin to do: look at, change or answer for what judges it.

Judge and candidate share a process where the objective is a function or a test, so that nothing
is certain there. What costs an ordinary candidate nothing and a cheating one its score:

- Frames above it, the interpreter's objects, memory, processes, and the files that judge it are
  out of reach, unless the program as it stands uses them: its own evaluation shows what it does.
- Functions of the judge (ours, pytest's, the standard library's that both use) must be the same
  when the verdict leaves as when the process began.
- A verdict counts with a secret only that is in no Python object, from one place, once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tracepy.evaluation import _guard
from tracepy.objective.record import Objective

if TYPE_CHECKING:
    from tracepy.evaluation.child import Setting

_WATCHED = ("builtins", "dataclasses", "json", "math", "random", "time", "traceback", "doctest",
            "pytest", "_pytest", "pluggy", "unittest")  # fmt: skip
_LIBRARY = (os.path.dirname(os.__file__) + "/",)  # noqa: PTH120


def watch() -> None:
    """In the server, once what workers share is imported: a snapshot of what judges."""
    ours = __name__.partition(".")[0]
    chosen = {
        name: module
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in (*_WATCHED, ours)
    }
    _guard.watch(chosen)


def arm(
    setting: Setting, ask: int, answer: int, sender: Callable[..., object], *, learning: bool
) -> None:
    """In a worker, before anything of a candidate is loaded.

    The caller's own frame is the only one that `sender`, which sends the verdict, may be called from.

    Args:
        setting: What candidates are judged by.
        ask: Where the secret is to be read from, which no Python object ever holds.
        answer: Where the verdict goes.
        sender: The function that sends it.
        learning: Whether this is the program as it stands, of which is noted what it does.
    """
    _guard.arm(
        ask,
        answer,
        setting.targets,
        setting.judged,
        setting.habits,
        sender,
        _LIBRARY,
        learning,
    )


def judging_files(
    objective: Objective, project: Path, root: Path, cases: Sequence[str]
) -> list[str]:
    """The files that a candidate must not read: tests, examples, the objective's module."""
    spec = objective.spec
    folders = [root, *map(Path, objective.roots)]
    modules = [spec.get("module", "")]
    modules += [part.get("module", "") for part in (spec.get("metric"),) if isinstance(part, dict)]
    found = {
        folder.joinpath(*module.split(".")).with_suffix(".py")
        for module in modules
        if module
        for folder in folders
    }
    if objective.kind == "dataset":
        found.add(Path(spec["file"]))
    if objective.kind == "pytest":
        found |= {project / case.partition("::")[0] for case in cases}
    return sorted(str(path.resolve()) for path in found if path.is_file())
