"""A problem of each of the paper's five domains, as plain modules.

Numbers, BIG-Bench Hard and the robot arm are rebuilt here after sections 5.1, 5.3 and 5.4 of
"Trace is the Next AutoDiff" (arXiv 2406.16218): the questions are made up, a function of rules
stands for the student's model, and the arm is a point that moves. Traffic and battleship are this
project's examples; the agent plays on 8 boards (173,000 events), not on 80, because of a run of
more than 300,000 events only the beginning is recorded.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.numbers.paper import program

_HERE = Path(__file__).parent
_EXAMPLES = _HERE.parents[1] / "examples"


@dataclass(frozen=True)
class Problem:
    """A program to improve.

    Attributes:
        name: Of the domain.
        target: The module's file.
        files: Texts by file name.
        example: A folder of `examples/` that is copied instead.
        instead: Old and new texts in the target.
        options: Of `tracepy.optimize`.
        needs: A package that it cannot run without.
    """

    name: str
    target: str
    files: Mapping[str, str] = field(default_factory=dict)
    example: str = ""
    instead: tuple[str, str] = ("\0", "")
    options: Mapping[str, Any] = field(default_factory=dict)
    needs: str = ""

    @property
    def runs(self) -> bool:
        """Whether what it needs is installed."""
        return not self.needs or find_spec(self.needs) is not None

    def written(self, folder: Path) -> Path:
        """The program in a folder of its own; the target's path."""
        if self.example:
            shutil.copytree(_EXAMPLES / self.example, folder, dirs_exist_ok=True)
        for name, text in self.files.items():
            (folder / name).write_text(text, encoding="utf-8")
        if not (folder / "pyproject.toml").exists():
            (folder / "pyproject.toml").write_text("[tool.tracepy]\n")
        path = folder / self.target
        path.write_text(path.read_text("utf-8").replace(*self.instead), encoding="utf-8")
        return path


PROBLEMS = (
    Problem("numerical", "graph.py", {"graph.py": program(3)}),
    Problem("BIG-Bench Hard", "answering.py", {"answering.py": (_HERE / "programs" / "answering.py").read_text()}),
    Problem("traffic", "intersection.py", example="traffic", needs="uxsim",
            options={"minimize": True, "timeout": 60.0}),
    Problem("Meta-World, a stub", "arm.py", {"arm.py": (_HERE / "programs" / "arm.py").read_text()}),
    Problem("battleship", "agent.py", example="battleship", instead=("TRAINING_BOARDS = 80", "TRAINING_BOARDS = 8"), options={"timeout": 90.0}),
)  # fmt: skip
