"""The workers of a Dask cluster. Imports dask.distributed, so it is itself imported when used."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import warnings
from collections.abc import Collection
from concurrent.futures import CancelledError
from typing import Any

from tracepy.errors import ExecutorLost, UserError
from tracepy.evaluation import depot, remote
from tracepy.evaluation.dispatch import TookDownWorkers
from tracepy.evaluation.shipment import Shipment

try:
    import distributed
    from distributed.scheduler import KilledWorker
except ImportError as missing:
    raise UserError(
        "--executor dask://… needs dask.distributed: pip install 'tracepy-opt[dask]'"
    ) from missing

# Seconds: for the scheduler to answer, for a first worker, and for a new one where all are gone.
_CONNECT = 10.0
_FIRST = 15.0
_BACK = 60.0
_LOOK = 1.0

# Without types there.
_make_client: Any = distributed.Client
_wait: Any = distributed.wait


class Carrier(distributed.WorkerPlugin):
    """Brings a shipment to every worker, also to those that come later, and takes it away."""

    idempotent = True

    def __init__(self, shipment: Shipment) -> None:
        self.shipment = shipment

    def setup(self, worker: Any) -> None:
        depot.store(self.shipment)

    def teardown(self, worker: Any) -> None:
        depot.forget(self.shipment.digest)


def _loggers() -> list[logging.Logger]:
    """Each of the library's loggers has a handler of its own."""
    known = list(logging.root.manager.loggerDict.items())
    names = {"distributed", "tornado"}
    return [
        item
        for name, item in known
        if name.partition(".")[0] in names and isinstance(item, logging.Logger)
    ]


class Cluster:
    """The workers behind one scheduler.

    Args:
        address: `host:port` of the scheduler.
        shipment: What each worker is to have.
        recipe: What each worker must be fit for.
        slots: How many tasks to run at once; by default as many as the workers have threads.

    Raises:
        UserError: there is no scheduler, it has no workers, or they cannot judge.
    """

    def __init__(
        self, address: str, shipment: Shipment, recipe: remote.Recipe, slots: int | None = None
    ) -> None:
        self._address = address
        self._name = f"tracepy-{shipment.digest}"
        self._lost_since: float | None = None
        self._gone = False
        # What it logs of lost connections comes to the user as one message instead.
        self._silenced = [logger for logger in _loggers() if not logger.disabled]
        for logger in self._silenced:
            logger.disabled = True
        self._client: Any = None
        try:
            self._client = self._connected()
            self._fit(recipe)
            self._client.register_plugin(Carrier(shipment), name=self._name)
            self.slots = slots or max(1, sum(self._client.nthreads().values()))
        except BaseException:
            self.close()
            raise

    def _connected(self) -> Any:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what differs is checked by `_fit`
                return _make_client(
                    f"tcp://{self._address}", timeout=_CONNECT, set_as_default=False
                )
        except (TimeoutError, OSError, ValueError) as error:
            raise UserError(
                f"--executor dask://{self._address}: no Dask scheduler answers there "
                f"within {_CONNECT:g} s"
            ) from error

    def _fit(self, recipe: remote.Recipe) -> None:
        where = f"--executor dask://{self._address}"
        try:
            self._client.wait_for_workers(1, timeout=_FIRST)
        except (TimeoutError, OSError) as error:
            raise UserError(f"{where}: the scheduler has no workers") from error
        try:
            problems = self._client.run(remote.unfit, recipe)
        except Exception as error:
            raise UserError(
                f"{where}: the workers cannot load tracepy {recipe.versions[1]}, which they need "
                f"to judge: {type(error).__name__}: {error}"
            ) from error
        for text in problems.values():
            if text:
                raise UserError(f"{where}: {text}")

    def submit(self, task: remote.Task) -> Any:
        if self._client.status != "running":
            raise self._lost("the scheduler is gone")
        return self._client.submit(remote.run, task, pure=False)

    def wait(self, futures: Collection[Any]) -> Collection[Any]:
        while True:
            try:
                with self._client.as_current():
                    done: set[Any] = _wait(futures, _LOOK, "FIRST_COMPLETED").done
                return done
            except TimeoutError:
                self._look()
            except (CancelledError, asyncio.CancelledError) as error:
                raise self._lost("the scheduler is gone, or has dropped the work") from error

    def answer(self, future: Any) -> remote.Answer:
        try:
            answer: remote.Answer = future.result()
            return answer
        except KilledWorker as error:
            text = "it took down its worker, and so it did when it was tried again elsewhere"
            raise TookDownWorkers(text) from error
        except (CancelledError, asyncio.CancelledError, OSError) as error:
            raise self._lost("the scheduler is gone, or has dropped the work") from error

    def close(self) -> None:
        """Have the workers put away the shipment, and leave; the cluster goes on."""
        if self._client is not None:
            # A scheduler that is gone tells nobody anything; its workers end or put it away later.
            with contextlib.suppress(Exception, asyncio.CancelledError):
                if not self._gone and self._client.status == "running":
                    self._client.unregister_worker_plugin(self._name)
            with contextlib.suppress(Exception, asyncio.CancelledError):
                self._client.close(timeout=2)
            self._client = None
        for logger in self._silenced:
            logger.disabled = False

    def _look(self) -> None:
        """Raise ExecutorLost where waiting longer is of no use."""
        if self._client.status != "running":
            raise self._lost("the scheduler is gone")
        if self._client.nthreads():
            self._lost_since = None
            return
        now = time.monotonic()
        self._lost_since = self._lost_since or now
        if now - self._lost_since > _BACK:
            raise self._lost(f"for {_BACK:g} s it has had no workers")

    def _lost(self, why: str) -> ExecutorLost:
        self._gone = True
        return ExecutorLost(f"the Dask cluster at {self._address} judges no more: {why}")
