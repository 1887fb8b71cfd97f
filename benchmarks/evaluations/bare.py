"""Contenders that isolate nothing: what a fork and a warm process cost by themselves."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.evaluations import cases

Evaluate = Callable[[Sequence[str]], list[float | None]]
"""Judges candidates by their texts."""


def _forked(texts: Sequence[str], workers: int, work: Callable[[str], float]) -> list[float | None]:
    """What `work` says of each text, in a process of its own, the result through a pipe."""
    found: list[float | None] = []
    running: deque[tuple[int, int]] = deque()

    def finish() -> None:
        pid, answers = running.popleft()
        said = os.read(answers, 100)
        os.close(answers)
        os.waitpid(pid, 0)
        found.append(float(said) if said else None)

    for text in texts:
        if len(running) == workers:
            finish()
        answers, answer = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.write(answer, repr(work(text)).encode())
            finally:
                os._exit(0)
        os.close(answer)
        running.append((pid, answers))
    while running:
        finish()
    return found


@contextlib.contextmanager
def fork(workers: int, *imported: str) -> Iterator[Evaluate]:
    """A fork for each candidate: compile, exec, 20 calls. The more is imported, the dearer."""
    for module in imported:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    yield lambda texts: _forked(texts, workers, cases.score)


@contextlib.contextmanager
def pool(workers: int) -> Iterator[Evaluate]:
    """A task for each candidate in processes that stay: the floor, without any isolation."""
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(workers) as executor:
        yield lambda texts: list(executor.map(cases.score, texts))


_PYTEST = ["-q", "-p", "no:cacheprovider", "test_shop.py"]


def _tested(text: str) -> float:
    import pytest

    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    # The tests hold on to the module that they imported.
    exec(compile(text, "shop.py", "exec"), sys.modules["shop"].__dict__)
    return float(not pytest.main(_PYTEST))


@contextlib.contextmanager
def pytest_fork(workers: int) -> Iterator[Evaluate]:
    """A fork of a process that has run the tests before, and `pytest.main` in it."""
    import pytest

    sys.path.insert(0, str(Path.cwd()))
    pytest.main(_PYTEST)
    gc.collect()
    gc.freeze()
    yield lambda texts: _forked(texts, workers, _tested)


@contextlib.contextmanager
def pytest_process(workers: int) -> Iterator[Evaluate]:
    """`python -m pytest` for each candidate."""
    import queue
    import subprocess
    from concurrent.futures import ThreadPoolExecutor

    folders: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for number in range(workers):
        folder = Path(f"worker{number}").resolve()
        folder.mkdir()
        cases.write(folder)
        folders.put(folder)
    command = [sys.executable, "-m", "pytest", *_PYTEST]

    def one(text: str) -> float:
        folder = folders.get()
        (folder / "shop.py").write_text(text)
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        folders.put(folder)
        return float(done.returncode == 0)

    with ThreadPoolExecutor(workers) as threads:
        yield lambda texts: list(threads.map(one, texts))
