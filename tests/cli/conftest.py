"""A finished run in a project of its own, made without searching for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tracepy.cli.main import main
from tracepy.progress import Progress
from tracepy.result import Result
from tracepy.settings import Settings
from tracepy.store import EvaluationRow, Store
from tracepy.transforms.diff import unified_many
from tracepy.writeback import Change

OLD = "# prices\r\nRATE = 2\n\n\ndef total(x):\n    return x + RATE\n" + "\n" * 9 + "LIMIT = 10"
NEW = OLD.replace("x + RATE", "x * RATE").replace("LIMIT = 10", "LIMIT = 12")


class FakeSession:
    """Stands in for `tracepy.session.optimize`: a run of a few candidates, decided beforehand.

    Everything around it (options, store, write-back, screens) is the real thing.
    """

    def __init__(self) -> None:
        self.new = NEW
        self.status = "finished"
        self.notes: list[str] = []
        self.scores = (0.5, 1.0)
        self.settings: Settings | None = None
        self.fails: Exception | None = None
        self.project: Path | None = None  # where the current folder is not it
        self.meanwhile: Callable[[Path], object] = lambda file: None

    def __call__(
        self,
        problem: str,
        settings: Settings,
        *,
        cwd: Path,
        on_progress: Callable[[Progress], None] | None,
    ) -> Result:
        self.settings = settings
        if self.fails is not None:
            raise self.fails
        file = cwd / problem
        folder = self.project or cwd
        original = file.read_bytes()
        before, after = self.scores
        improved = self.new != OLD
        change = Change(str(file), original, self.new.encode())
        changes = (change,) if improved else ()
        patch = unified_many(
            {c.path.removeprefix(f"{folder}/"): (c.original, c.new) for c in changes}
        )
        parameters = [{"name": "shop:LIMIT", "kind": "number", "old": 10, "new": 12}] * improved
        with Store.open(folder) as store:
            run = store.create(
                target=problem,
                optimizer="search",
                settings=asdict(settings),
                objective="pytest test_shop.py",
                files={str(file): original},
            )
            rows = [
                EvaluationRow(0, "a", "as it stands", before, "ok"),
                EvaluationRow(1, "b", "line 6: + -> *", after, "ok", "", 0.1),
                EvaluationRow(2, "c", "line 6: + -> /", None, "error", "Traceback\nKeyError: 'x'"),
                EvaluationRow(3, "d", "line 6: + -> //", None, "error", "KeyError: 'x'"),
                EvaluationRow(4, "e", "while True", None, "timeout"),
            ]
            store.add(run, rows)
            for done in range(1, 6):
                if on_progress is not None:
                    best = before if done < 3 else after
                    on_progress(
                        Progress("search", done, 5, before, best, "line 6", done * 2.0, 60.0)
                    )
            best = after if improved else before
            store.finish(
                run,
                status=self.status,  # type: ignore[arg-type]
                baseline=before,
                best=best,
                improved=improved,
                evaluations=5,
                seconds=10.0,
                new={c.path: c.new for c in changes},
                parameters=parameters,
                patch=patch,
            )
        self.meanwhile(file)
        return Result(
            run, problem, "search", "pytest test_shop.py", before, best, improved, best == 1.0, 5,
            10.0, parameters, patch, changes, (1, 2), (2, 2) if improved else (1, 2),
            self.status, self.notes,  # type: ignore[arg-type]
        )  # fmt: skip


@pytest.fixture
def old() -> str:
    """`shop.py` before a run."""
    return OLD


@pytest.fixture
def new() -> str:
    """`shop.py` as the run's best candidate has it: two hunks."""
    return NEW


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with `shop.py`, which is the current one."""
    for name in ("TRACEPY_STORE", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("")
    (folder / "shop.py").write_bytes(OLD.encode())
    monkeypatch.chdir(folder)
    yield folder
    os.chdir("/")


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> FakeSession:
    fake = FakeSession()
    monkeypatch.setitem(sys.modules, "tracepy.session", cast(Any, SimpleNamespace(optimize=fake)))
    return fake


@pytest.fixture
def tracepy(project: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., SimpleNamespace]:
    """Run the command line in the project: its status, stdout and stderr."""

    def run(*args: str) -> SimpleNamespace:
        status = main(args)
        out, err = capsys.readouterr()
        return SimpleNamespace(status=status, out=out, err=err)

    return run
