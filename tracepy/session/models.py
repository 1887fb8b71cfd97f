"""Whether a run asks a model, whether it can, and the task with that model."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tracepy.errors import UserError
from tracepy.optimizers.base import Task, Trials
from tracepy.optimizers.registry import ASKING, refuse_unknown
from tracepy.session.precedents import precedents
from tracepy.settings import Settings
from tracepy.store import Store
from tracepy.target import Target

# Where the user sets no bound at all: enough for a repair, little enough not to be a surprise.
DEFAULT_TOKENS = 500_000


def asks(settings: Settings) -> bool:
    """Whether a model is set, or a recording of one."""
    return bool(settings.model or settings.replay)


def chosen(settings: Settings) -> str:
    """The optimizer's name: `search`, or `hybrid` once a model is set, where none is asked for."""
    return settings.optimizer or ("hybrid" if asks(settings) else "search")


def check(optimizer: str, settings: Settings, project: Path, *, resumed: bool = False) -> list[str]:
    """Refuse what could not be asked, before anything is judged.

    Returns:
        What a reader of the result should know.

    Raises:
        UserError: the optimizer needs a model and none is set, or what is set cannot be used.
    """
    if optimizer in ASKING and not asks(settings):
        refuse_unknown(optimizer)
        raise UserError(
            f"the optimizer {optimizer} asks a model: choose one with --model NAME (a key comes "
            "from the environment or a .env file), or play back a recording with --replay FILE"
        )
    if asks(settings):
        from tracepy import llm

        llm.check(settings, project, resumed=resumed)
        if optimizer != "search":
            llm.preload(settings)  # while the program is judged as it stands
            note = llm.unasked(settings, project)
            return [note] if note else []
    return []


def bounded(settings: Settings) -> Settings:
    """The settings with a bound on tokens, where the user sets no bound on anything."""
    asked = (
        settings.max_cost, settings.max_tokens, settings.evaluations, settings.iterations,
        settings.time,
    )  # fmt: skip
    if any(bound is not None for bound in asked):
        return settings
    return dataclasses.replace(settings, max_tokens=DEFAULT_TOKENS)


def with_model(
    task: Task,
    target: Target,
    store: Store,
    run_id: str,
    trials: Trials,
    announce: Callable[[str, str, str], None],
    held: ExitStack,
) -> Task:
    """A task with the model that its run may ask, and what it may try out and learn from.

    Args:
        announce: Told whenever a model is asked, as `tracepy.llm.announced.Announce`.
        held: Closes the model when the run ends.
    """
    from tracepy import llm
    from tracepy.llm.announced import Announced

    settings, before = task.settings, store.calls(run_id)
    announced: list[Announced] = []

    def waiting(words: str) -> None:
        for one in announced:
            one.waiting(words)

    model = llm.open(
        bounded(settings),
        project=target.project,
        keep=partial(store.add_calls, run_id),
        earlier=before,
        seed=settings.seed,
        waiting=waiting,
    )
    held.callback(model.close)
    created = store.find(run_id).created
    earlier = precedents(store, settings.examples, target.label, created)
    if settings.replay is None:
        name, known = ", ".join(settings.model), frozenset(call.number for call in before)
        announced.append(Announced(model, name, announce, store.spent_on(run_id), known))
        model = announced[0]
    return dataclasses.replace(task, model=model, trials=trials, precedents=earlier)
