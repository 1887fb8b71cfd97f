"""One run from the target to the winner: the rooms put together."""

from __future__ import annotations

import dataclasses
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
from tracepy.evaluation.records import Evaluation
from tracepy.noise import listen
from tracepy.objective import Objective
from tracepy.objective import find as find_objective
from tracepy.objective.split import cascade, held_out
from tracepy.optimizers import Outcome, Proposal, Task, create
from tracepy.problem import Problem
from tracepy.progress import Progress
from tracepy.result import Result as Result
from tracepy.result import Validation
from tracepy.settings import Settings
from tracepy.shrink import round_numbers, shrink
from tracepy.store import EvaluationRow, Store
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
    run = _Run(target, settings, problem.context, on_progress, own)
    with run.store:
        return run.go()


class _Run:
    """The state of one run."""

    def __init__(
        self,
        target: Target,
        settings: Settings,
        context: str,
        on_progress: Callable[[Progress], None] | None,
        executor: Executor | None,
    ) -> None:
        self.target = target
        self.executor = executor
        self.settings = settings
        self.context = context
        self.on_progress = on_progress
        self.budget = Budget.of(settings)
        found = find_objective(target, settings, target.project)
        self.objective: Objective
        self.objective, self.held_out = held_out(found, target, settings)
        self.parameters = self._find({})
        self.paths = {str(path): module for module, path in target.modules.items()}
        self.bytes = {path: Path(path).read_bytes() for path in self.paths}
        self.originals = {path: Source.decode(data, path) for path, data in self.bytes.items()}
        self.optimizer = settings.optimizer or "search"
        self.store = Store.open(target.project)
        self.id = ""
        self.index = 0
        self.phase = "baseline"
        self.task: Task | None = None
        self.best: Outcome | None = None
        self.comparison: Comparison | None = None
        self.validation: Validation | None = None
        self.status: Literal["finished", "interrupted"] = "finished"
        self.notes: list[str] = []

    def go(self) -> Result:
        """Judge the program, search, shrink, and put the winner into the store."""
        self.report("reading the program")
        if self.held_out is not None:
            self._stands(self.held_out)  # what is wrong with it is said now, not after hours
        if self.settings.stage:
            self.objective = cascade(self.objective, self.target, self.settings, self._stands)
        with self._judge(self.objective) as judge:
            baseline = self._baseline(judge)
            heard = listen(baseline, judge, self.budget, self.settings.repeats)
            self.task = task = self._task(heard or baseline)
            racing = (
                Racing(task, judge.evaluate, self.budget, self.settings.repeats) if heard else None
            )
            baseline = task.baseline
            # An unknown optimizer is refused before anything is stored.
            optimizer = create(self.optimizer, task)
            self._create(baseline)
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

    def _baseline(self, judge: Judge | Dispatcher) -> Evaluation:
        evaluation = judge.baseline(trace=True)
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

    def _create(self, baseline: Evaluation) -> None:
        self.id = self.store.create(
            target=self.target.label,
            optimizer=self.optimizer,
            settings=dataclasses.asdict(self.settings),
            objective=self.objective.label,
            files=self.bytes,
        )
        if self.store.note:
            self.notes.append(self.store.note)
        assert self.task is not None
        start = Outcome(Proposal({}, "as it stands"), baseline, self.task.value(baseline))
        self._observe([start])

    def _observe(self, outcomes: Sequence[Outcome]) -> None:
        rows = []
        for outcome in outcomes:
            evaluation, proposal = outcome.evaluation, outcome.proposal
            rows.append(
                EvaluationRow(
                    index=self.index,
                    digest=proposal.digest(),
                    note=proposal.note,
                    score=evaluation.score,
                    status=evaluation.status,
                    feedback=evaluation.feedback,
                    seconds=evaluation.seconds,
                    sources=dict(proposal.sources),
                )
            )
            self.index += 1
        self.store.add(self.id, rows)
        before = self.best
        for outcome in outcomes:
            if self.best is None or outcome.value > self.best.value:
                self.best = outcome
        if self.best is not None and self.best is not before:
            self._keep("running")

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
