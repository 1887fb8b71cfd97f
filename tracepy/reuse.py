"""Identical candidates are judged once: within a run, and across the runs of a store.

A verdict is taken over where all that it depends on is the same. Its key is made of that: what
`surroundings` covers, the candidate's whole texts, the cases that must run, which of them run
first, and the score that stops it early. So a run's result is the same with and without.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tracepy.evaluation import Job, Judge
from tracepy.evaluation.dispatch import Dispatcher
from tracepy.evaluation.records import Evaluation, Told
from tracepy.noise import agree
from tracepy.objective import Objective
from tracepy.optimizers.base import digest
from tracepy.settings import Settings
from tracepy.store import Store
from tracepy.target import Target
from tracepy.transforms.source import Source

# Where a folder holds more than this, nobody can say quickly whether it is still the same.
MOST_FILES = 5_000
MOST_BYTES = 64 * 1024**2
_SKIPPED = {"__pycache__", "node_modules", "site-packages", "build", "dist"}
# Options that say how long or how to search, not how to judge.
_OF_THE_SEARCH = {
    "seed", "evaluations", "iterations", "time", "optimizer", "trainer", "goal", "minimize",
    "train", "freeze", "workers", "fresh", "model", "api_base", "memory", "mask_trace",
    "score_only", "examples", "no_tools", "candidates", "retries", "prompt_tokens", "temperature",
    "model_timeout", "requests_per_minute", "env_file", "record", "replay", "max_cost",
    "max_tokens",
}  # fmt: skip
# Whatever else ended a candidate may be the machine's doing: too slow, too little memory.
_LASTING = ("ok", "error")
# Objectives without cases: nothing can go first or be left out.
_WHOLE = ("callable", "command", "script")
_REMEMBERED = 1024  # candidates whose keys are known until they are stored


class Reuse:
    """A judge that first looks whether a verdict is known.

    Args:
        judge: Judges what is new.
        store: Where verdicts are kept.
        surroundings: `surroundings(...)`; None where nothing may be reused.
        originals: The target's modules as they stand, by absolute path.
    """

    def __init__(
        self,
        judge: Judge | Dispatcher,
        store: Store,
        surroundings: str | None,
        originals: Mapping[str, Source],
    ) -> None:
        self.judge = judge
        # To be set where the same candidate was seen to get different scores.
        self.noisy = surroundings is None
        self._surroundings = surroundings
        self._stops = judge.objective.kind not in _WHOLE
        self._store = store
        self._originals = {path: _hash(source.text) for path, source in originals.items()}
        self._keys: dict[str, tuple[str | None, str | None]] = {}

    def baseline(self) -> Evaluation:
        """The traced verdict on the program as it stands, always judged anew.

        Where an earlier run has another verdict on the same program, something decides that is
        in no key (chance, the clock, a service), and nothing is reused.

        Raises:
            BaselineError, UserError: as `Judge.baseline`.
        """
        job = Job({}, trace=True)
        key = self._key(job, ())
        found = self.judge.baseline(trace=True)
        if key is not None:
            known = self._store.known([key]).get(key)
            if known is not None and known.data is not None:
                self.noisy = not agree(Evaluation.from_dict(known.data), found)
        self._note(job, found, key, None)
        return found

    def expect(self, baseline: Evaluation) -> None:
        """Hold candidates to the cases of a baseline that was judged in an earlier process."""
        self.judge.expected = tuple(case.name for case in baseline.cases)

    def evaluate(self, jobs: Sequence[Job], told: Told | None = None) -> list[Evaluation]:
        """The verdicts on jobs, in their order; those that are not known as `Judge.evaluate`."""
        keys = [None if job.trace else self._key(job, self.judge.expected) for job in jobs]
        wanted = [key for key in keys if key is not None]
        known = self._store.known(wanted) if wanted else {}
        found: dict[int, Evaluation] = {}
        for index, key in enumerate(keys):
            data = known[key].data if key in known else None
            if key is not None and data is not None:
                found[index] = Evaluation.from_dict(data)
                self._note(jobs[index], found[index], key, known[key].run)
        new = [index for index in range(len(jobs)) if index not in found]

        def tell(number: int, evaluation: Evaluation) -> None:
            if told is not None:
                told(new[number], evaluation)

        judged = self.judge.evaluate([jobs[index] for index in new], tell) if new else []
        for index, evaluation in zip(new, judged, strict=True):
            found[index] = evaluation
            self._note(jobs[index], evaluation, keys[index], None)
        return [found[index] for index in range(len(jobs))]

    def about(self, candidate: str) -> tuple[str | None, str | None]:
        """Of a candidate that was just judged, by its digest: its key, and the run whose verdict
        it got."""
        key, run = self._keys.get(candidate, (None, None))
        return None if self.noisy else key, run

    def _note(self, job: Job, found: Evaluation, key: str | None, run: str | None) -> None:
        if len(self._keys) >= _REMEMBERED:
            del self._keys[next(iter(self._keys))]
        lasting = key if found.status in _LASTING and not self.noisy else None
        self._keys[digest(job.sources)] = (lasting, run)

    def _key(self, job: Job, expected: Sequence[str]) -> str | None:
        # A candidate that is judged again on purpose, to hear the noise, is not the same question.
        if self.noisy or job.draw:
            return None
        texts = {**self._originals, **{path: _hash(text) for path, text in job.sources.items()}}
        order: list[Any] = [list(job.first), job.beat] if self._stops else []
        if self._stops and job.gate is not None:
            order.append(job.gate)
        parts = [self._surroundings, sorted(texts.items()), job.trace, order, list(expected)]
        return _hash(json.dumps(parts))


def surroundings(
    target: Target, objective: Objective, settings: Settings, isolation: str
) -> str | None:
    """A digest of what a verdict depends on beside the candidate; None where that is too much.

    It covers the objective, the options that bear on judging (time and memory limits, sandbox),
    the versions of Python, tracepy and the installed distributions, and the contents of the files
    in the project and in the folders that modules are imported from. The target's own modules
    are the candidate's. Not covered: services, environment variables, files elsewhere.
    """
    from tracepy import __version__

    project = target.project
    if settings.allow_network:
        return None
    folders = [project, target.root, Path.cwd(), *map(Path, objective.roots)]
    folders += [Path(path).expanduser() for path in settings.allow_read]
    seen = {name: os.environ.get(name) for name in settings.allow_env}
    own = {str(path) for path in target.modules.values()}
    try:
        files = _contents(folders, own)
        installed = sorted(_installed())
    except (_TooMuch, OSError):
        return None
    asked = {
        name: value
        for name, value in dataclasses.asdict(settings).items()
        if name not in _OF_THE_SEARCH
    }
    parts: list[Any] = [
        __version__, sys.version, platform.machine(), isolation, str(Path.cwd()),
        objective.to_dict(), {name: str(path) for name, path in target.modules.items()},
        asked, seen, installed, files,
    ]  # fmt: skip
    return _hash(json.dumps(parts, sort_keys=True, default=str))


class _TooMuch(Exception):
    """More files than can be looked at before every run."""


def _contents(folders: Sequence[Path], left_out: set[str]) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    size = 0
    for folder in folders:
        for path in _walk(folder):
            name = str(path)
            if name in found or name in left_out:
                continue
            size += path.stat().st_size
            if len(found) >= MOST_FILES or size > MOST_BYTES:
                raise _TooMuch
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return sorted(found.items())


def _walk(folder: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder
    for where, folders, files in os.walk(folder):
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        folders[:] = sorted(x for x in folders if x not in _SKIPPED and not x.startswith("."))
        for name in files:
            path = Path(where, name)
            if not name.endswith(".pyc") and path.is_file():
                yield path


def _installed() -> Iterator[str]:
    """Installed distributions with their versions, as their folders are named."""
    for entry in dict.fromkeys(sys.path):
        folder = Path(entry or ".")
        if folder.is_dir():
            yield from (
                f"{folder}/{item.name}"
                for item in os.scandir(folder)
                if item.name.endswith((".dist-info", ".egg-info", ".pth"))
            )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
