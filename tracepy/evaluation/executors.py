"""Where candidates are judged: here, in any `concurrent.futures.Executor`, or on a Dask cluster."""

from __future__ import annotations

import ast
import os
import re
import secrets
import sys
from collections.abc import Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future
from concurrent.futures import wait as wait_for
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tracepy.errors import ExecutorLost, UserError
from tracepy.evaluation import depot, isolation, remote, shipment
from tracepy.evaluation.dispatch import Dispatcher, Pool
from tracepy.evaluation.judge import Judge
from tracepy.objective.record import Objective
from tracepy.settings import Settings
from tracepy.target import Target
from tracepy.transforms.source import Source

_CLUSTER = re.compile(r"dask://((?:\[[0-9a-fA-F:]+\]|[^\s/:\[\]]+):(\d{1,5}))/?")
# Seconds in which workers may put away what they were sent, and finish what was cancelled.
_PATIENCE = 5.0


def judge_for(
    target: Target, objective: Objective, settings: Settings, executor: Executor | None = None
) -> Judge | Dispatcher:
    """The judge of a run.

    Args:
        target: What is being improved.
        objective: What says how good it is.
        settings: Limits, and as text where to judge.
        executor: Where to judge, as an object; it is not shut down.

    Raises:
        UserError: there is no such executor, or its workers cannot judge.
    """
    limits: dict[str, Any] = {
        "timeout": settings.timeout,
        "memory_limit": settings.memory_limit,
        "sandbox": settings.sandbox,
        "environment": settings.allow_env,
        "readable": settings.allow_read,
        "network": settings.allow_network,
    }
    address = None if executor is not None else cluster(settings.executor)
    if executor is None and address is None:
        workers = settings.workers or len(os.sched_getaffinity(0))
        return Judge(target, objective, workers=workers, **limits)
    if settings.sandbox not in isolation.MODES:
        isolation.probe(settings.sandbox)  # says so
    goods = shipment.pack(target, objective, settings.allow_read)
    # Two runs of one project have a copy each: the first to end takes away its own.
    goods = replace(goods, digest=f"{goods.digest}-{secrets.token_hex(4)}")
    cwd = Path.cwd().resolve()
    shipped = any(cwd.is_relative_to(root) for root in goods.roots)
    recipe = remote.Recipe(
        goods.digest,
        goods.roots,
        target,
        objective.to_dict(),
        str(cwd if shipped else target.project),
        limits,
        tuple(sorted(_needed(target, goods.roots))),
        remote.versions(),
    )
    pool: Pool
    if executor is not None:
        pool = Workers(executor, goods.digest, settings.workers)
    else:
        from tracepy.evaluation.clusters import Cluster

        assert address is not None
        pool = Cluster(address, goods, recipe, settings.workers)
    return Dispatcher(objective, pool, recipe, goods)


def cluster(text: str) -> str | None:
    """`host:port` of a text `dask://host:port`; None for `local`. Raises UserError."""
    if text == "local":
        return None
    match = _CLUSTER.fullmatch(text)
    if match is None or not 0 < int(match[2]) < 65536:
        raise UserError(f"--executor {text}: it is local or dask://HOST:PORT")
    return match[1]


def _needed(target: Target, roots: tuple[str, ...]) -> Iterator[str]:
    """Modules that the target imports at its top and that are installed here, not shipped."""
    names: set[str] = set()
    for file in target.modules.values():
        for node in Source.read(file).tree.body:
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names.add(node.module.partition(".")[0])
    for name in names - sys.stdlib_module_names:
        try:
            found = find_spec(name)
        except (ImportError, ValueError):
            continue
        place = found.origin if found is not None else None
        if place is not None and not any(Path(place).is_relative_to(root) for root in roots):
            yield name


class Workers:
    """The workers of an executor that the user made, threads or processes.

    Args:
        executor: Stays the user's: it is not shut down.
        digest: Of the shipment that is put away in the end.
        slots: How many tasks to run at once; by default as many as it has workers.
    """

    def __init__(self, executor: Executor, digest: str, slots: int | None = None) -> None:
        known = getattr(executor, "_max_workers", None)
        self.slots = slots or (known if isinstance(known, int) else os.cpu_count() or 1)
        self._executor = executor
        self._digest = digest
        self._sent: set[Future[remote.Answer]] = set()

    def submit(self, task: remote.Task) -> Future[remote.Answer]:
        try:
            future = self._executor.submit(remote.run, task)
        except RuntimeError as error:  # BrokenExecutor is one; so is a pool that was shut down
            raise self._lost(error) from error
        self._sent.add(future)
        return future

    def wait(self, futures: Collection[Future[remote.Answer]]) -> Collection[Future[remote.Answer]]:
        return wait_for(futures, return_when=FIRST_COMPLETED).done

    def answer(self, future: Future[remote.Answer]) -> remote.Answer:
        self._sent.discard(future)
        try:
            return future.result()
        except (BrokenExecutor, CancelledError) as error:
            raise self._lost(error) from error
        except (AttributeError, ImportError) as error:  # it could not be unpickled there
            raise UserError(f"the executor's workers cannot load tracepy: {error}") from error

    def close(self) -> None:
        """Wait for what cannot be cancelled any more, and put the files away."""
        for future in self._sent:
            future.cancel()
        wait_for(self._sent, timeout=_PATIENCE)
        depot.forget(self._digest)  # where its workers are threads
        try:
            told = [self._executor.submit(depot.forget, self._digest) for _ in range(self.slots)]
        except RuntimeError:
            return
        wait_for(told, timeout=_PATIENCE)

    def _lost(self, error: BaseException) -> ExecutorLost:
        kind = type(self._executor).__name__
        return ExecutorLost(
            f"the executor ({kind}) takes no more work, so no candidate can be judged: "
            f"{str(error) or type(error).__name__}"
        )
