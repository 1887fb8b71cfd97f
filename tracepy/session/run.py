"""One run: the program is judged, a better one is searched, made small, and kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Literal

from tracepy.budget import Budget
from tracepy.errors import BudgetSpent, ExecutorLost, ModelLost, UserError
from tracepy.evaluation import Job, Judge
from tracepy.evaluation.dispatch import Dispatcher
from tracepy.evaluation.executors import judge_for
from tracepy.evaluation.judge import TOGETHER
from tracepy.evaluation.records import Evaluation
from tracepy.fixes.behaviour import Observer
from tracepy.fixes.plausible import Plausible
from tracepy.noise import listen
from tracepy.objective import Objective
from tracepy.objective.split import cascade, held_out
from tracepy.objective.wanted import wanted
from tracepy.optimizers import Optimizer, Outcome, Task, create, refuse_unknown
from tracepy.progress import Progress
from tracepy.replay import Replay
from tracepy.result import Result, Validation
from tracepy.reuse import Reuse, surroundings
from tracepy.session.choice import choose
from tracepy.session.environment import environment
from tracepy.session.goal import goal_of
from tracepy.session.holdout import HoldOut
from tracepy.session.ledger import Ledger
from tracepy.session.models import asks, check, chosen, with_model
from tracepy.session.program import Program
from tracepy.session.standing import Standing, as_it_stands
from tracepy.session.trials import Trials
from tracepy.session.watch import Watch
from tracepy.settings import Settings
from tracepy.shrink import round_numbers, shrink
from tracepy.store import Run, Store
from tracepy.target import Target
from tracepy.trainers import Racing, Shape, Trainer


class Session:
    """One run.

    Args:
        target: What is to be improved.
        settings: All options.
        objective: What judges it.
        store: Where the run is kept.
        context: What the objective is about, in words (ω).
        base: What the target's name is relative to.
        executor: Where to judge, as an object; None leaves it to the settings.
        on_progress: Called often, with where the run stands.

    Raises:
        UserError: nothing in the target can be trained, or what is held out is not there.
    """

    def __init__(
        self,
        target: Target,
        settings: Settings,
        objective: Objective,
        store: Store,
        *,
        context: str = "",
        base: Path | None = None,
        executor: Executor | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.target = target
        self.settings = settings
        self.given = objective
        self.objective, self.held_out = held_out(objective, target, settings)
        self.program = Program(target, settings, self.objective)
        if self.held_out is not None:
            self.program.judged_by(self.held_out)
        self.store = store
        self.context = context or settings.context or ""
        self.base = base or Path.cwd()
        self.executor = executor
        self.optimizer = chosen(settings)
        self.shape = Shape.of(settings.trainer)
        self.budget = Budget.of(settings)
        self.id = ""
        self.recorded = 0  # evaluations of it that the store held when it was taken up
        self.thresholds: list[float] = []  # of stages that were given none
        self._earlier: Iterator[float] = iter(())  # those of a run that is taken up
        self.held: HoldOut | None = None  # where what is held out chooses the winner
        self.watch = Watch(self.budget, on_progress)
        self.status: Literal["finished", "interrupted"] = "finished"
        self.notes: list[str] = []

    def take_up(self, run: Run) -> None:
        """Go on with a run of the store. Raises UserError where that cannot be."""
        self.program.check_same(run)
        self.store.reopen(run.id)
        self.id = run.id
        self.recorded = run.recorded
        self.budget.before = run.seconds
        self._earlier = iter(run.thresholds)

    def go(self) -> Result:
        """Judge the program, search, shrink, and put the winner into the store."""
        self.watch.tell("reading the program")
        resumed = bool(self.id)
        self.notes += check(self.optimizer, self.settings, self.target.project, resumed=resumed)
        if self.held_out is not None and not self.id:
            self._score(self.held_out)  # what is wrong with it is said now, not after hours
        if self.settings.stage:
            self.objective = cascade(self.objective, self.target, self.settings, self._threshold)
            for stage in self.objective.stages:
                self.program.judged_by(stage.objective)
        with self._judge(self.objective) as workers, ExitStack() as held:
            standing, ledger = self._improve(workers, held)
        validation = None
        if self.held_out is not None and self.status == "finished":
            try:
                validation = self._validate(self.held_out, standing)
            except (KeyboardInterrupt, ExecutorLost) as why:
                self.status = "interrupted"
                self.notes.append(
                    f"what was held out was not judged ({str(why) or 'interrupted'}); "
                    "`tracepy resume` does it"
                )
        ledger.keep(self.status)
        self.watch.phase = self.status
        self.watch.tell("")
        return self._result(standing, validation)

    def _improve(self, workers: Judge | Dispatcher, held: ExitStack) -> tuple[Standing, Ledger]:
        """The winner; what interrupts the search leaves the best until then."""
        reuse = Reuse(workers, self.store, self._surroundings(workers), self.program.originals)
        judge = Replay(reuse, self.store, self.id, self.budget, graphs=asks(self.settings))
        task, racing = self._baseline(judge, reuse)
        if asks(self.settings) and self.optimizer != "search":
            roots = self.objective.roots
            trials = Trials(
                self.target, self.settings, self.executor, roots, judge.evaluate, self.budget
            )
            announce = partial(self.watch.tell, "")
            task = with_model(task, self.target, self.store, self.id, trials, announce, held)
        optimizer = create(self.optimizer, task)
        if self.store.note:
            self.notes.append(self.store.note)
        self.watch.standing = standing = Standing(task, as_it_stands(task))
        ledger = Ledger(
            self.store,
            self.id,
            self.optimizer,
            self.program,
            standing,
            self.budget,
            reuse,
            self.recorded,
        )
        ledger.observe([standing.best])
        goal = goal_of(self.settings, self.objective, task)
        found = Plausible()

        def observe(outcomes: Sequence[Outcome]) -> None:
            ledger.observe(outcomes)
            found.take(outcomes)

        if self.held_out is not None and racing is None:
            begin = partial(self._begin, self.held_out, held)
            self.held = HoldOut(task, begin)
        unseen = None if self.held is None else self.held.better
        trainer = Trainer(
            task, judge, self.budget, goal, observe, self.watch.tell, racing, self.shape, unseen
        )
        try:
            self._search(trainer, optimizer, racing, standing, found)
        except (KeyboardInterrupt, ExecutorLost, ModelLost) as why:
            standing.take([trainer.best])
            self.status = "interrupted"
            if not isinstance(why, KeyboardInterrupt):
                self.notes.append(str(why))
        self.notes += [*trainer.notes, *getattr(optimizer, "notes", [])]
        return standing, ledger

    def _baseline(self, judge: Replay, reuse: Reuse) -> tuple[Task, Racing | None]:
        """The task, and the races that candidates run where the objective is noisy."""
        baseline = judge.baseline()
        self.notes += [x for x in baseline.feedback.splitlines() if x.startswith(TOGETHER)]
        self.budget.spent += 1
        if not self.id:
            refuse_unknown(self.optimizer)  # before anything is stored
            self._create(reuse.judge.mode, baseline.graph)
            judge.begun(self.id)
        heard = listen(baseline, judge, self.budget, self.settings.repeats)
        if heard is None:
            return self._task(baseline), None
        if not judge.whole:
            raise UserError(
                f"run {self.id} cannot be resumed: its objective is noisy, and the tracepy that "
                f"made it did not keep every draw; what it found is kept: tracepy show {self.id}"
            )
        judge.noisy = reuse.noisy = True
        task = self._task(heard)
        return task, Racing(task, judge.evaluate, self.budget, self.settings.repeats)

    def _search(
        self,
        trainer: Trainer,
        optimizer: Optimizer,
        racing: Racing | None,
        standing: Standing,
        found: Plausible,
    ) -> None:
        self.watch.phase = "search"
        try:
            trainer.run(optimizer)
        except BudgetSpent as why:
            self.notes.append(str(why))
        self.watch.phase = "shrink"
        if racing is None and found.outcomes and trainer.reached():
            # Who names a goal wants the run to stop there.
            more = optimizer if self.settings.goal is None else None
            roots = self.objective.roots
            observer = Observer(self.target, self.settings, self.executor, roots)
            standing.best, standing.fixes = choose(
                trainer, more, self.budget, found, self.program, self.objective, observer, self.held
            )
            return
        finalists = trainer.finalists()
        if self.held is not None and finalists:
            self.watch.tell("the best on what was held out")
            trainer.best = self.held.best(finalists)
        self.budget.reserve = 0
        judged = trainer.ties if racing is None else racing.kept
        standing.best = shrink(trainer.best, self.program.originals, judged)
        standing.best = round_numbers(standing.best, standing.task, judged)
        if racing is not None and standing.improved:
            self.watch.phase = "comparison"
            self.watch.tell("the winner and the program as it stood, judged again")
            note = standing.settle(racing.final(standing.best.proposal))
            self.notes += [note] if note else []

    def _judge(self, objective: Objective) -> Judge | Dispatcher:
        return judge_for(self.target, objective, self.settings, self.executor)

    def _begin(self, objective: Objective, held: ExitStack) -> Judge | Dispatcher:
        """A judge that is there until the winner is."""
        judge = self._judge(objective)
        held.enter_context(judge)
        return judge

    def _score(self, objective: Objective) -> float:
        """The score of the program as it stands by another objective."""
        with self._judge(objective) as judge:
            score = judge.baseline().score
        assert score is not None
        return score

    def _threshold(self, objective: Objective) -> float:
        """As `_score`, once in the life of a run."""
        known = next(self._earlier, None)
        self.thresholds.append(self._score(objective) if known is None else known)
        return self.thresholds[-1]

    def _validate(self, objective: Objective, standing: Standing) -> Validation:
        """The program as it stood and the winner on what was held out."""
        with self._judge(objective) as judge:
            before = after = judge.evaluate([Job({})])[0]
            if standing.improved:
                after = judge.evaluate([Job(standing.best.proposal.sources)])[0]
        worse = standing.task.value(after) < standing.task.value(before)
        looked_at = self.held.looked_at if self.held is not None else 0
        return Validation(objective.label, before.score, after.score, worse, looked_at)

    def _surroundings(self, judge: Judge | Dispatcher) -> str | None:
        if self.settings.fresh:
            return None
        return surroundings(self.target, self.objective, self.settings, judge.mode)

    def _task(self, baseline: Evaluation) -> Task:
        return Task(
            self.program.originals,
            self.program.modules,
            baseline,
            -1 if self.settings.minimize else 1,
            self.program.find,
            self.program.frozen,
            self.settings.seed,
            self.context,
            settings=self.settings,
            examples=partial(
                wanted,
                self.objective,
                baseline,
                self.program.originals,
                self.program.modules,
                self.target.project,
            ),
        )

    def _create(self, isolation: str, graph: str | None) -> None:
        self.id = self.store.create(
            target=self.target.label,
            optimizer=self.optimizer,
            settings=dataclasses.asdict(self.settings),
            objective=self.objective.label,
            files=self.program.bytes,
            about={
                "base": str(self.base),
                "folder": str(Path.cwd()),
                "judge": self.given.to_dict(),
                "context": self.context,
                "thresholds": self.thresholds,
                "environment": environment(isolation),
            },
            graph=graph,
        )

    def _result(self, standing: Standing, validation: Validation | None) -> Result:
        task, best = standing.task, standing.best
        goal = goal_of(self.settings, self.objective, task)
        changes = self.program.changes(standing.sources)
        return Result(
            run=self.id,
            target=self.target.label,
            optimizer=self.optimizer,
            objective=self.objective.label,
            baseline=standing.before,
            best=standing.after,
            improved=standing.improved,
            goal_reached=goal is not None and best.value >= task.sign * goal,
            evaluations=self.budget.spent,
            seconds=self.budget.elapsed,
            parameters=self.program.changed(standing.sources),
            patch=self.program.patch(changes),
            changes=changes,
            baseline_cases=task.baseline.passed,
            best_cases=best.evaluation.passed,
            status=self.status,
            notes=self.notes,
            store=self.store.place,
            comparison=standing.comparison,
            validation=validation,
            fixes=standing.fixes,
        )
