"""An OPTO problem (Θ, ω, T): what may change, what it is about, and what judges it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracepy.errors import UserError

if TYPE_CHECKING:
    from tracepy.oracle import Traced


@dataclass(frozen=True)
class Problem:
    """What `tracepy.optimize` is given from Python.

    Attributes:
        target: A `.py` file, a package folder or `package.module[:qualname]`; its parameters are
            Θ.
        objective: A function without arguments that returns a float, a bool, `(score, text)` or
            `tracepy.Feedback`; or where to find one, as `module:function`. It runs in worker
            processes, so it must be importable: a lambda or a nested function is not. None looks
            for an objective as the command line does.
        context: What the objective is about, in words (ω).
        project: The folder with the configuration; by default the current one.

    Source: OPTO, arXiv 2406.16218, section 3.
    """

    target: str | Path
    objective: Callable[[], Any] | str | None = None
    context: str = ""
    project: Path | None = None

    def objective_spec(self) -> str | None:
        """The objective as `module:function` or `file.py:function`. Raises UserError."""
        objective = self.objective
        if objective is None or isinstance(objective, str):
            return objective
        name = getattr(objective, "__qualname__", "")
        if not name or "<" in name:
            raise UserError(
                f"the objective {objective!r} cannot be imported by a worker process: "
                "make it a function at the top level of a module"
            )
        if objective.__module__ != "__main__":
            return f"{objective.__module__}:{name}"
        main = getattr(sys.modules["__main__"], "__file__", None) or inspect.getsourcefile(
            objective
        )
        if main is None:
            raise UserError(
                "an objective defined at the prompt cannot be imported: put it in a file"
            )
        return f"{Path(main).resolve()}:{name}"

    def trace(self, sources: Mapping[str, str] | None = None, **options: Any) -> Traced:
        """Evaluate the program once and record it: `(feedback, graph)`. See `tracepy.oracle`."""
        from tracepy.oracle import trace

        return trace(self, sources, **options)
