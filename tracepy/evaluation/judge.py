"""Judges candidates: the side of the run that talks to the warm server."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from tracepy.closing import Closing
from tracepy.errors import BaselineError, UserError
from tracepy.evaluation import guard, isolation, verdict
from tracepy.evaluation.connection import Connection, ServerGone
from tracepy.evaluation.namespaces import WORK
from tracepy.evaluation.reach import reach
from tracepy.evaluation.records import Evaluation, Job, Told
from tracepy.evaluation.scoring import Scoring
from tracepy.evaluation.scratch import Scratch
from tracepy.evaluation.sieve import Sieve
from tracepy.evaluation.unjudged import explained
from tracepy.objective.examples import asked, files, sheets
from tracepy.objective.record import Objective
from tracepy.target import Target

TOGETHER = "the metric runs in the candidates' own processes"


class Judge(Closing):
    """Judges candidates in workers of their own, several at a time.

    Args:
        target: What is being improved.
        objective: What says how good it is.
        workers: How many candidates are judged at once.
        timeout: Seconds of wall-clock time for one candidate.
        memory_limit: Bytes of address space for one process of a candidate.
        sandbox: `auto`, `landlock`, `limits` or `off`.
        environment: Names of environment variables that candidates may see, beside a fixed few.
        readable: Paths that candidates may read, beside the project, Python and the system.
        network: Whether candidates may use the network.
        cwd: The folder whose files candidates find in theirs; by default the current one.
        scratch: The folder to make temporary ones in; by default the system's.
        hidden: Files that candidates must not see, beside those of data sets.
        primed: Whether its workers have the program loaded (see `primed`).

    Attributes:
        objects: The type of the program's answers that a metric of the user's has to see as it is,
            so that it runs in the candidates' processes; empty where answers cross as data.

    Raises:
        UserError: the sandbox that was asked for is not to be had here, or a data set cannot be read.
    """

    def __init__(
        self,
        target: Target,
        objective: Objective,
        *,
        workers: int | None = None,
        timeout: float = 10.0,
        memory_limit: int = 2 * 1024**3,
        sandbox: str = "auto",
        environment: Sequence[str] = (),
        readable: Sequence[str] = (),
        network: bool = False,
        cwd: Path | None = None,
        scratch: Path | None = None,
        hidden: Sequence[str] = (),
        primed: bool = False,
    ) -> None:
        self.target = target
        self.objective = objective
        self.workers = workers or os.cpu_count() or 1
        self.isolation = isolation.probe(sandbox)
        self.expected: tuple[str, ...] = ()
        self._habits: set[str] = set()
        self._learned = False
        self._judging = self._judges(())
        self._sheets = sheets(objective)
        self.objects = ""
        self._scoring: Scoring | None = None
        if self._sheets:
            self._scoring = Scoring(objective, self._sheets, timeout, self.workers)
        self._environment = tuple(environment)
        self._cwd = cwd or Path.cwd()
        self._scratch = Scratch(scratch)
        self._folder = self._scratch.path
        self._connection: Connection | None = None
        self._count = 0
        self._stands: Evaluation | None = None  # the verdict on the program as it stands
        root, project = self.target.root, self.target.project
        path = [str(root), *self.objective.roots]
        folders = [root, *map(Path, self.objective.roots), self._cwd]
        hidden = [*files(self.objective), *hidden]
        used = [self._folder]
        self.reach = reach(project, folders, readable, network=network, hidden=hidden, used=used)
        self._config = self._configured(path, timeout, memory_limit, network) | {"primed": primed}
        self._sieve: Sieve | None = None
        # Loading a program for all workers is safe only where nothing that it writes stays.
        apart = self.isolation.namespaces and not primed
        if apart and objective.kind == "pytest" and not objective.stages:
            limits = {"timeout": timeout, "memory_limit": memory_limit, "sandbox": sandbox}
            sight = {"environment": environment, "readable": readable, "hidden": hidden}
            self._sieve = Sieve(partial(self._primed, network=network, **limits, **sight), target)

    def _primed(self, **options: Any) -> Judge:
        """A judge like this one, whose workers have the program loaded."""
        return Judge(
            self.target,
            self.objective,
            workers=self.workers,
            cwd=self._cwd,
            scratch=Path(self._folder),  # whatever happens, it goes with ours
            primed=True,
            **options,
        )

    def _configured(
        self, path: list[str], timeout: float, memory_limit: int, network: bool
    ) -> dict[str, Any]:
        root, project = self.target.root, self.target.project
        return {
            "objective": asked(self.objective, self._sheets).to_dict(),
            "modules": {name: str(file) for name, file in self.target.modules.items()},
            "root": str(root),
            "project": str(project),
            "path": path,
            "project_path": [*path, str(project)],
            "cwd": str(self._cwd),
            "scratch": self._folder,
            "workers": self.workers,
            "timeout": timeout,
            "memory_limit": memory_limit,
            "isolation": self.isolation.mode,
            "namespaces": self.isolation.namespaces,
            "reach": self.reach.to_dict(),
            "network": network,
        }

    @property
    def mode(self) -> str:
        """What shuts candidates in, in a word."""
        return self.isolation.mode

    def close(self) -> None:
        """End the server with every worker, and remove what they left. May be called twice; in a
        fork of the process that made it, it only lets go of it."""
        if self._sieve is not None:
            self._sieve.close()
        if self._connection is not None:
            self._disconnect()
        self._scratch.close()

    def knows(self, baseline: Evaluation, habits: Collection[str]) -> None:
        """Take over what another judge knows of the program as it stands.

        Args:
            baseline: The verdict on it.
            habits: What it does of what candidates may not begin to do.
        """
        self._stands = baseline
        self.expected = tuple(case.name for case in baseline.cases)
        self._judging = self._judges(self.expected)
        self._habits |= set(habits)
        self._learned = True

    @property
    def ran(self) -> frozenset[tuple[str, int]]:
        """Path and first line of functions that ran while the program was loaded (see `primed`)."""
        warmed = self._connection.warmed if self._connection is not None else {}
        return frozenset((path, line) for path, line in warmed.get("ran", ()))

    def baseline(self, *, trace: bool = False) -> Evaluation:
        """Judge the program as it stands; its cases are what candidates are held to.

        Raises:
            BaselineError: there is no verdict on it; the message says why.
            UserError: the objective has no tests at all.
        """
        found = self.evaluate([Job({}, trace=trace)])[0]
        if found.status == "ok" and found.score is not None:
            return found
        if self.objective.kind == "pytest" and found.feedback.startswith("no tests were found"):
            raise UserError(f"no tests were found: {self.objective.label}")
        reach, mode = self.reach, self.isolation.mode
        raise BaselineError(explained(found, self.objective.label, reach, mode))

    def _learn(self, jobs: Sequence[Job]) -> None:
        """See what the program does as it stands before candidates are held to it: where a run is
        gone on with, its baseline was judged in another process."""
        if not self._learned and any(job.sources for job in jobs):
            self._learned = True
            done: dict[int, Evaluation] = {}
            self._round({0: Job({})}, done)
            self._stands = self._stands or done.get(0)

    def evaluate(self, jobs: Sequence[Job], told: Told | None = None) -> list[Evaluation]:
        """The verdicts on `jobs`, in their order.

        Args:
            jobs: What to judge.
            told: Hears of verdicts as they come, in any order, but for those that may be judged
                once more.
        """
        self._learn(jobs)
        done: dict[int, Evaluation] = {}
        if self._scoring is not None:
            self._round(self._scoring.before_tracing(jobs), {})
        if self._sieve is not None:
            done = self._sieve.turned_away(jobs, self._stands, self._habits, told)
        left = {index: job for index, job in enumerate(jobs) if index not in done}
        suspects = self._round(left, done, told)
        # A server that died had several candidates running: alone, each answers for itself.
        for index in suspects:
            if self._round({index: jobs[index]}, done):
                done[index] = verdict.server_died()
        self._untraced(jobs, done)
        for index, job in enumerate(jobs):
            if not job.sources and done[index].status == "ok" and not self.expected:
                self._stands = done[index]
                self.expected = tuple(case.name for case in done[index].cases)
                self._judging = self._judges(self.expected)
        return [done[index] for index in range(len(jobs))]

    def _untraced(self, jobs: Sequence[Job], done: dict[int, Evaluation]) -> None:
        """Judge once more, without a trace, what failed with one: tracing must not decide."""
        failed = [i for i, job in enumerate(jobs) if job.trace and done[i].status != "ok"]
        for index in failed:
            traced = done[index]
            if self._round({index: replace(jobs[index], trace=False)}, done):
                done[index] = verdict.server_died()
            if done[index].status == "ok":
                note = f"{done[index].feedback}\nno trace: {traced.status}: {traced.feedback}"
                done[index] = replace(done[index], feedback=note.strip())

    def _round(
        self, jobs: dict[int, Job], done: dict[int, Evaluation], told: Told | None = None
    ) -> list[int]:
        """Judge jobs until all are done; those that were running whenever the server died."""
        waiting = list(jobs)
        running: dict[int, int] = {}
        suspects: list[int] = []
        while waiting or running:
            try:
                connection = self._connected()
                while waiting and len(running) < 2 * self.workers:
                    index = waiting.pop(0)
                    running[self._count + 1] = index
                    self._send(connection, jobs[index])
                for number, found in self._replies(connection, running, jobs):
                    index = running.pop(number)
                    done[index] = found
                    if told is not None and not jobs[index].trace:
                        told(index, found)
            except ServerGone:
                self._disconnect()
                suspects += running.values()
                running.clear()
            except BaseException:
                self._disconnect()  # its replies would be taken for those to later requests
                raise
        return suspects

    def _replies(
        self, connection: Connection, running: dict[int, int], jobs: dict[int, Job]
    ) -> Iterator[tuple[int, Evaluation]]:
        """Wait for the server; what has been judged since."""
        scoring = self._scoring
        for reply in scoring.wait(connection) if scoring else connection.receive():
            number = reply["id"]
            if scoring and "part" in reply:
                scoring.heard(number, reply["part"])
                continue
            job = jobs[running[number]]
            found = verdict.read(reply, self._config, traced=job.trace)
            if not job.sources and found.status == "ok":
                self._habits |= set(verdict.habits(reply))
                self._learned = True
            if scoring:
                scoring.heard(number, reply["answers"])
                scoring.ended(number, found)
            elif self.objects and not job.sources and found.status == "ok":
                yield number, replace(found, feedback=f"{found.feedback}\n{self._note()}".strip())
            else:
                yield number, found
        for number, found, objects in scoring.finished() if scoring else ():
            job = jobs[running[number]]
            if objects and not job.sources:
                self._judge_together(objects)
                raise ServerGone  # another one is started, and this program judged once more
            yield number, found

    def _judge_together(self, objects: str) -> None:
        """From now on workers judge themselves: the metric wants objects that are no data.

        It is what the program as it stands returns that decides, never a candidate.
        """
        self.objects = objects
        if self._scoring is not None:
            self._scoring.forget()
        self._scoring = None
        self._config["objective"] = asked(self.objective, self._sheets, told=True).to_dict()

    def _note(self) -> str:
        return (
            f"{TOGETHER}, since it judges {self.objects} objects, which cannot be sent as data: "
            "what is expected can be found there"
        )

    def _judges(self, cases: Sequence[str]) -> list[str]:
        target = self.target
        return guard.judging_files(self.objective, target.project, target.root, cases)

    def _send(self, connection: Connection, job: Job) -> None:
        self._count += 1
        slowest = self._stands.slowest if self._stands is not None else 0.0
        known = self.expected, slowest, len(self._habits), self._judging  # habits only grow
        if known != connection.known:
            connection.known = known
            told = {
                "expected": self.expected,
                "slowest": slowest,
                "habits": sorted(self._habits),
                "judged": self._judging,
            }
            connection.send({"known": told})
        request = {"id": self._count, "asked": False, "eager": False}
        if self._scoring is not None:
            job, eager = self._scoring.begin(self._count, job)
            request |= {"asked": True, "eager": eager}
        connection.send({**request, "job": job.to_dict()})

    def _connected(self) -> Connection:
        if not self._scratch.owned:
            raise RuntimeError("this judge is another process's: a fork makes one of its own")
        if self._connection is None:
            work = Path(self._folder, WORK)
            work.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._connection = Connection(self._config, self._environment)
        return self._connection

    def _disconnect(self) -> None:
        if self._scoring is not None:
            self._scoring.forget()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
