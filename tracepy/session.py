"""One run from the target to the winner: the rooms put together."""

from __future__ import annotations

import dataclasses
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from tracepy import parameters as theta
from tracepy.budget import Budget
from tracepy.comparison import Comparison
from tracepy.config import load, settings_from
from tracepy.errors import ExecutorLost, UserError
from tracepy.evaluation import Job, Judge
from tracepy.evaluation.dispatch import Dispatcher
from tracepy.evaluation.executors import judge_for
from tracepy.evaluation.judge import TOGETHER
from tracepy.evaluation.records import Evaluation
from tracepy.noise import listen
from tracepy.objective import Objective
from tracepy.objective import find as find_objective
from tracepy.objective.split import cascade, held_out
from tracepy.optimizers import Outcome, Proposal, Task, create
from tracepy.problem import Problem
from tracepy.progress import Progress
from tracepy.reopened import reopened
from tracepy.replay import Replay
from tracepy.result import Result as Result
from tracepy.result import Validation
from tracepy.reuse import Reuse, surroundings
from tracepy.settings import Settings
from tracepy.shrink import round_numbers, shrink
from tracepy.store import EvaluationRow, Run, Store, Verdict
from tracepy.target import Target, patch_root, resolve
from tracepy.trainers import Greedy, Racing
from tracepy.transforms.diff import unified_many
from tracepy.transforms.discover import discover, objectives
from tracepy.transforms.source import Source
from tracepy.writeback import Change

# Objectives whose full score is known to be 1.
_TESTS = ("pytest", "doctest", "dataset")


def optimize(
    problem: Problem | str | Path,
    settings: Settings | None = None,
    *,
    cwd: Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    executor: Executor | str | None = None,
    **options: Any,
) -> Result:
    """Improve a program by its objective.

    Args:
        problem: What to improve, and by what measure; a path stands for `Problem(path)`.
        settings: All options; instead of it, `options` by their long names with underscores,
            over those of `[tool.tracepy]`.
        cwd: What relative paths are relative to.
        on_progress: Called often, with where the run stands.
        executor: Where candidates are judged: a `concurrent.futures.Executor`, which is not shut
            down, or a text as for `--executor`.

    Raises:
        UserError: the target, the objective, an option or the configuration is wrong.
        BaselineError: the program as it stands cannot be evaluated.
    """
    if not isinstance(problem, Problem):
        problem = Problem(problem)
    folder = (problem.project or cwd or Path.cwd()).resolve()
    target = resolve(str(problem.target), folder)
    if settings is None:
        spec = problem.objective_spec()
        given = {**options, **({"objective": spec} if spec else {})}
        if isinstance(executor, str):
            given["executor"] = executor
        settings = settings_from(load(target.project), given)
    elif isinstance(executor, str):
        settings = dataclasses.replace(settings, executor=executor)
    own = None if isinstance(executor, str) else executor
    objective = find_objective(target, settings, target.project)
    with Store.open(target.project) as store:
        run = _Run(target, settings, problem.context, objective, store, on_progress, own)
        run.base = folder
        return run.go()


def resume(
    store: Store, run: Run, *, on_progress: Callable[[Progress], None] | None = None
) -> Result:
    """Go on with a run that was interrupted or killed, with the budget that is left.

    Nothing is judged twice, and where the objective is deterministic the result is that of a run
    that never stopped. What the run spent, time included, counts.

    Args:
        store: The store that the run is from.
        run: A run of it.
        on_progress: As for `optimize`.

    Raises:
        UserError: the run is finished or running, its target is gone, a file is not what it
            started from, or this tracepy would go another way than the one that began it.
    """
    was = reopened(run)
    with was.there():
        going = _Run(was.target, was.settings, was.context, was.objective, store, on_progress, None)
        going.take_up(run)
        return going.go()


class _Run:
    """The state of one run."""

    def __init__(
        self,
        target: Target,
        settings: Settings,
        context: str,
        objective: Objective,
        store: Store,
        on_progress: Callable[[Progress], None] | None,
        executor: Executor | None,
    ) -> None:
        self.target = target
        self.executor = executor
        self.settings = settings
        self.context = context
        self.on_progress = on_progress
        self.budget = Budget.of(settings)
        self.found = objective
        self.objective: Objective
        self.objective, self.held_out = held_out(objective, target, settings)
        self.parameters = self._find({})
        self.paths = {str(path): module for module, path in target.modules.items()}
        self.bytes = {path: Path(path).read_bytes() for path in self.paths}
        self.originals = {path: Source.decode(data, path) for path, data in self.bytes.items()}
        self.optimizer = settings.optimizer or "search"
        self.store = store
        self.base = Path.cwd()
        self.id = ""
        self.recorded = 0  # evaluations of it that the store held when it was taken up
        self.phase = "baseline"
        self.reuse: Reuse | None = None
        self.task: Task | None = None
        self.best: Outcome | None = None
        self.comparison: Comparison | None = None
        self.validation: Validation | None = None
        self.status: Literal["finished", "interrupted"] = "finished"
        self.notes: list[str] = []

    def take_up(self, run: Run) -> None:
        """Go on with a run of the store. Raises UserError where that cannot be."""
        for path, original in run.originals.items():
            if self.bytes.get(path) != original:
                raise UserError(
                    f"{_label(Path(path), self.target.project)} is not what run {run.id} started "
                    "from, so it cannot be resumed: put it back, or start another run"
                    + (
                        f" (`tracepy revert {run.id}` takes the run's own change back)"
                        * bool(run.applied)
                    )
                )
        self.store.reopen(run.id)
        self.id = run.id
        self.recorded = run.recorded
        self.budget.before = run.seconds

    def go(self) -> Result:
        """Judge the program, search, shrink, and put the winner into the store."""
        self.report("reading the program")
        if self.held_out is not None:
            self._stands(self.held_out)  # what is wrong with it is said now, not after hours
        if self.settings.stage:
            self.objective = cascade(self.objective, self.target, self.settings, self._stands)
        with self._judge(self.objective) as workers:
            self.reuse = Reuse(workers, self.store, self._surroundings(workers), self.originals)
            judge = Replay(self.reuse, self.store, self.id)
            self.budget.replayed = judge.late if self.id else None
            baseline = self._baseline(judge)
            heard = listen(baseline, judge, self.budget, self.settings.repeats)
            if heard is not None:
                self.reuse.noisy = True
                if self.recorded:
                    raise UserError(
                        f"run {self.id} cannot be resumed: its objective is noisy, so it would go "
                        f"another way; what it found is kept: tracepy show {self.id}"
                    )
            self.task = task = self._task(heard or baseline)
            racing = (
                Racing(task, judge.evaluate, self.budget, self.settings.repeats) if heard else None
            )
            baseline = task.baseline
            # An unknown optimizer is refused before anything is stored.
            optimizer = create(self.optimizer, task)
            self._create(baseline, workers)
            goal = self._goal(task)
            trainer = Greedy(task, judge, self.budget, goal, self._observe, self.report, racing)
            self.best = trainer.best
            try:
                self.phase = "search"
                trainer.run(optimizer)
                self.best = trainer.best
                self.phase = "shrink"
                self.budget.reserve = 0
                judged = trainer.judged if racing is None else racing.kept
                self.best = shrink(trainer.best, self.originals, judged)
                self.best = round_numbers(self.best, task, judged)
                if racing is not None and self._improved():
                    self.phase = "comparison"
                    self.report("the winner and the program as it stood, judged again")
                    self._compare(racing)
            except (KeyboardInterrupt, ExecutorLost) as why:
                self.best = max(self.best, trainer.best, key=lambda outcome: outcome.value)
                self.status = "interrupted"
                if isinstance(why, ExecutorLost):
                    self.notes.append(str(why))
        if self.held_out is not None and self.status == "finished":
            self.validation = self._validate(self.held_out)
        return self._finish(goal)

    def _judge(self, objective: Objective) -> Judge | Dispatcher:
        return judge_for(self.target, objective, self.settings, self.executor)

    def _stands(self, objective: Objective) -> float:
        """The score of the program as it stands by another objective."""
        with self._judge(objective) as judge:
            score = judge.baseline().score
        assert score is not None
        return score

    def _validate(self, objective: Objective) -> Validation:
        """The program as it stood and the winner on what was held out."""
        assert self.best is not None and self.task is not None
        with self._judge(objective) as judge:
            before = after = judge.evaluate([Job({})])[0]
            if self._improved():
                after = judge.evaluate([Job(self.best.proposal.sources)])[0]
        worse = self.task.value(after) < self.task.value(before)
        return Validation(objective.label, before.score, after.score, worse)

    def _surroundings(self, judge: Judge | Dispatcher) -> str | None:
        if self.settings.fresh:
            return None
        return surroundings(self.target, self.objective, self.settings, judge.mode)

    def report(self, trying: str) -> None:
        """Tell whoever watches."""
        if self.on_progress is None:
            return
        task, best = self.task, self.best
        self.on_progress(
            Progress(
                self.phase,
                self.budget.spent,
                self.budget.evaluations,
                task.baseline.score if task else None,
                best.evaluation.score if best else None,
                trying,
                self.budget.elapsed,
                self.budget.seconds,
            )
        )

    def _baseline(self, judge: Replay) -> Evaluation:
        evaluation = judge.baseline()
        self.notes += [x for x in evaluation.feedback.splitlines() if x.startswith(TOGETHER)]
        self.budget.spent += 1
        return evaluation

    def _compare(self, racing: Racing) -> None:
        """Judge winner and baseline again; what does not hold is not called better."""
        assert self.best is not None and self.task is not None
        self.comparison = found = racing.final(self.best.proposal)
        if len(found.best):
            score = self.task.sign * found.best.mean
            evaluation = dataclasses.replace(self.best.evaluation, score=score)
            self.best = Outcome(self.best.proposal, evaluation, found.best.mean)
        if not found.sound:
            self.notes.append(
                f"the best candidate ({self.best.proposal.note}) did not hold when both were "
                f"judged again: {self.task.sign * found.baseline.mean:.4g} -> "
                f"{self.task.sign * found.best.mean:.4g} on {len(found.best)} draws each, "
                f"{found.confidence:.0%} sure"
            )
            start = Proposal({}, "as it stands")
            baseline = self.task.baseline
            self.best = Outcome(start, baseline, self.task.value(baseline))

    def _task(self, baseline: Evaluation) -> Task:
        return Task(
            self.originals,
            self.paths,
            baseline,
            -1 if self.settings.minimize else 1,
            self._find,
            self._frozen,
            self.settings.seed,
            self.context,
        )

    def _find(self, sources: Mapping[str, str]) -> list[theta.Parameter]:
        judges = self._judges()
        found = theta.find(self.target, sources, self.settings.train, self.settings.freeze)
        kept = [p for p in found if not any(_covers(name, p.name) for name in judges)]
        if not kept:
            raise UserError(
                f"{self.target.label}: only the objective itself could be trained, and it judges"
            )
        return kept

    def _judges(self) -> set[str]:
        """The functions of the target that judge it: they must not be trained to say yes."""
        own = {
            f"{module}:{name}"
            for module, path in self.target.modules.items()
            for name in objectives(Source.read(path))
        }
        return own | _named(self.objective)

    def _frozen(self, source: Source, module: str) -> list[tuple[int, int]]:
        judges = self._judges()
        return [
            (item.start, item.end)
            for item in discover(source, module)
            if item.mark == "freeze"
            or item.name in judges
            or any(_matches(item.name, pattern) for pattern in self.settings.freeze)
        ]

    def _goal(self, task: Task) -> float | None:
        if self.settings.goal is not None:
            return self.settings.goal
        tests = self.objective.kind in _TESTS or not task.graded
        return 1.0 if tests and task.sign > 0 else None

    def _create(self, baseline: Evaluation, judge: Judge | Dispatcher) -> None:
        if not self.id:
            self.id = self.store.create(
                target=self.target.label,
                optimizer=self.optimizer,
                settings=dataclasses.asdict(self.settings),
                objective=self.objective.label,
                files=self.bytes,
                about={
                    "base": str(self.base),
                    "folder": str(Path.cwd()),
                    "judge": self.found.to_dict(),
                    "context": self.context,
                    "environment": _environment(judge),
                },
            )
        if self.store.note:
            self.notes.append(self.store.note)
        assert self.task is not None
        start = Proposal({}, "as it stands", parent=None, proposer="baseline")
        self._observe([Outcome(start, baseline, self.task.value(baseline))])

    def _observe(self, outcomes: Sequence[Outcome]) -> None:
        new = [outcome for outcome in outcomes if outcome.number >= self.recorded]
        if new:
            self.store.add(
                self.id,
                [self._row(outcome) for outcome in new],
                [self._verdict(outcome) for outcome in new],
                seconds=self.budget.elapsed,
            )
        before = self.best
        for outcome in outcomes:
            if self.best is None or outcome.value > self.best.value:
                self.best = outcome
        # What was recorded before the run was taken up is in the store, but for a best candidate
        # that a kill came in between.
        if new and (self.best is not before or new[0].number == self.recorded > 0):
            self._keep("running")

    def _row(self, outcome: Outcome) -> EvaluationRow:
        _, run = self._about(outcome)
        return _row(outcome, self.optimizer, run)

    def _verdict(self, outcome: Outcome) -> Verdict:
        key, _ = self._about(outcome)
        return Verdict(_to_keep(outcome.evaluation), outcome.beat, self.budget.late, key)

    def _about(self, outcome: Outcome) -> tuple[str | None, str | None]:
        assert self.reuse is not None
        return self.reuse.about(outcome.proposal.digest())

    def _keep(self, status: Literal["running", "finished", "interrupted"]) -> None:
        assert self.best is not None and self.task is not None
        changes = self._changes()
        self.store.finish(
            self.id,
            status=status,
            baseline=self._baseline_score(),
            best=self.best.evaluation.score,
            improved=self._improved(),
            evaluations=self.budget.spent,
            seconds=self.budget.elapsed,
            new={str(change.path): change.new for change in changes},
            parameters=self._changed(),
            patch=self._patch(changes),
            graph=self.task.baseline.graph,
        )

    def _baseline_score(self) -> float:
        """The score before: of a winner that was compared with it, the one it was compared with."""
        assert self.task is not None and self.task.baseline.score is not None
        found = self.comparison
        if found is None or not found.sound or not len(found.baseline):
            return self.task.baseline.score
        return self.task.sign * found.baseline.mean

    def _improved(self) -> bool:
        assert self.best is not None and self.task is not None
        if self.comparison is not None:
            return self.comparison.sound and bool(self.best.proposal.sources)
        return self.best.value > self.task.value(self.task.baseline)

    def _changes(self) -> tuple[Change, ...]:
        if self.best is None or not self._improved():
            return ()
        return tuple(
            Change(Path(path), self.bytes[path], self.originals[path].encode(text))
            for path, text in sorted(self.best.proposal.sources.items())
            if text != self.originals[path].text
        )

    def _patch(self, changes: Sequence[Change]) -> str:
        root = patch_root(self.target.project)
        return unified_many(
            {_label(Path(change.path), root): (change.original, change.new) for change in changes}
        )

    def _changed(self) -> list[dict[str, Any]]:
        """The parameters whose source or value the winner changes."""
        if self.best is None or not self._improved():
            return []
        before = {p.name: p for p in self._find({})}
        after = {p.name: p for p in self._find(self.best.proposal.sources)}
        return [
            {"name": name, "kind": new.kind, "old": before[name].value, "new": new.value}
            for name, new in after.items()
            if name in before and before[name].value != new.value
        ]

    def _finish(self, goal: float | None) -> Result:
        assert self.best is not None and self.task is not None
        self._keep(self.status)
        self.phase = self.status
        self.report("")
        baseline, best = self.task.baseline, self.best.evaluation
        assert baseline.score is not None and best.score is not None
        changes = self._changes()
        return Result(
            run=self.id,
            target=self.target.label,
            optimizer=self.optimizer,
            objective=self.objective.label,
            baseline=self._baseline_score(),
            best=best.score,
            improved=self._improved(),
            goal_reached=goal is not None and self.best.value >= self.task.sign * goal,
            evaluations=self.budget.spent,
            seconds=self.budget.elapsed,
            parameters=self._changed(),
            patch=self._patch(changes),
            changes=changes,
            baseline_cases=_passed(baseline),
            best_cases=_passed(best),
            status=self.status,
            notes=self.notes,
            store=self.store.place,
            comparison=self.comparison,
            validation=self.validation,
        )


def _row(outcome: Outcome, optimizer: str, reused: str | None) -> EvaluationRow:
    evaluation, proposal = outcome.evaluation, outcome.proposal
    passed = _passed(evaluation)
    return EvaluationRow(
        index=outcome.number,
        digest=proposal.digest(),
        note=proposal.note,
        score=evaluation.score,
        status=evaluation.status,
        feedback=evaluation.feedback,
        seconds=evaluation.seconds,
        sources=dict(proposal.sources),
        parent=proposal.parent,
        proposer=proposal.proposer or optimizer,
        reason=proposal.reason,
        cpu=evaluation.cpu,
        memory=evaluation.memory,
        complete=evaluation.complete,
        passed=None if passed is None else passed[0],
        cases=None if passed is None else passed[1],
        created=time.time(),
        reused=reused,
    )


def _to_keep(evaluation: Evaluation) -> dict[str, Any]:
    """A verdict without what nobody reads again: `asdict` of a large trace takes its time."""
    return dataclasses.replace(evaluation, graph=None, output="").to_dict()


def _environment(judge: Judge | Dispatcher) -> dict[str, Any]:
    from tracepy import __version__

    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": platform.platform(),
        "tracepy": __version__,
        "isolation": judge.mode,
        "argv": list(sys.argv),
    }


def _named(objective: Objective) -> set[str]:
    """The function that an objective's record names."""
    spec = objective.spec
    return {f"{spec['module']}:{spec['function']}"} if objective.kind == "callable" else set()


def _passed(evaluation: Evaluation) -> tuple[int, int] | None:
    if not evaluation.cases:
        return None
    return sum(case.score >= 1.0 for case in evaluation.cases), len(evaluation.cases)


def _matches(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern) or fnmatchcase(name.partition(":")[2], pattern)


def _covers(outer: str, name: str) -> bool:
    return name == outer or name.startswith(f"{outer}.")


def _label(path: Path, root: Path) -> str:
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
