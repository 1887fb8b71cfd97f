"""The program that a run improves: its texts as the run began, and what may change in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tracepy import parameters as theta
from tracepy.errors import UserError
from tracepy.objective import Objective
from tracepy.patches import label, patch
from tracepy.settings import Settings
from tracepy.store import Run
from tracepy.target import Target
from tracepy.transforms.discover import discover, objectives
from tracepy.transforms.source import Source
from tracepy.writeback import Change


class Program:
    """The modules of a target.

    Args:
        target: What is improved.
        settings: What to train and what to freeze.
        objective: What judges it; a function of the program's own that judges must not be
            trained to say yes.

    Attributes:
        modules: The dotted name of each, by absolute path.
        bytes: Each as the run begins.
        originals: The same, decoded.

    Raises:
        UserError: nothing in it can be trained.
    """

    def __init__(self, target: Target, settings: Settings, objective: Objective) -> None:
        self.target = target
        self.modules = {str(path): module for module, path in target.modules.items()}
        self.bytes = {path: Path(path).read_bytes() for path in self.modules}
        self.originals = {path: Source.decode(data, path) for path, data in self.bytes.items()}
        self._settings = settings
        self._judges = {
            f"{module}:{name}"
            for path, module in self.modules.items()
            for name in objectives(self.originals[path])
        }
        self.judged_by(objective)

    def judged_by(self, objective: Objective) -> None:
        """Leave alone the function that an objective names, a stage or a validation as well.

        Raises:
            UserError: then nothing is left to train.
        """
        self._judges |= _named(objective)
        self.find({})

    def find(self, sources: Mapping[str, str]) -> list[theta.Parameter]:
        """The trainable parameters (Θ) of the program with these sources.

        Raises:
            UserError: there are none.
        """
        settings = self._settings
        # A run takes its time: the files may be edited meanwhile.
        texts = {**{path: source.text for path, source in self.originals.items()}, **sources}
        found = theta.find(self.target, texts, settings.train, settings.freeze)
        kept = [p for p in found if not any(_covers(name, p.name) for name in self._judges)]
        if not kept:
            raise UserError(
                f"{self.target.label}: only the objective itself could be trained, and it judges"
            )
        return kept

    def frozen(self, source: Source, module: str) -> list[tuple[int, int]]:
        """Character spans of a module's text that must not change."""
        return [
            (item.start, item.end)
            for item in discover(source, module)
            if item.mark == "freeze"
            or item.name in self._judges
            or any(theta.matches(item.name, pattern) for pattern in self._settings.freeze)
        ]

    def check_same(self, run: Run) -> None:
        """Raises UserError where a file is not what an earlier run started from."""
        for path, original in run.originals.items():
            if self.bytes.get(path) != original:
                undo = f" (`tracepy revert {run.id}` takes the run's own change back)"
                raise UserError(
                    f"{label(path, self.target.project)} is not what run {run.id} started "
                    "from, so it cannot be resumed: put it back, or start another run"
                    f"{undo if run.applied else ''}"
                )

    def changes(self, sources: Mapping[str, str]) -> tuple[Change, ...]:
        """Whole files with these sources, where they differ from the originals."""
        return tuple(
            Change(Path(path), self.bytes[path], self.originals[path].encode(text))
            for path, text in sorted(sources.items())
            if text != self.originals[path].text
        )

    def patch(self, changes: Sequence[Change]) -> str:
        """Changed files as one unified diff."""
        pairs = {str(change.path): (change.original, change.new) for change in changes}
        return patch(self.target.project, pairs)

    def changed(self, sources: Mapping[str, str]) -> list[dict[str, Any]]:
        """The parameters whose source or value these sources change."""
        if not sources:
            return []
        before = {p.name: p for p in self.find({})}
        after = {p.name: p for p in self.find(sources)}
        return [
            {"name": name, "kind": new.kind, "old": before[name].value, "new": new.value}
            for name, new in after.items()
            if name in before and before[name].value != new.value
        ]


def _named(objective: Objective) -> set[str]:
    """The function that an objective's record names."""
    spec = objective.spec
    return {f"{spec['module']}:{spec['function']}"} if objective.kind == "callable" else set()


def _covers(outer: str, name: str) -> bool:
    return name == outer or name.startswith(f"{outer}.")
