"""Whether a run asks a model, and whether it can."""

from __future__ import annotations

from pathlib import Path

from tracepy.errors import UserError
from tracepy.optimizers.registry import ASKING, refuse_unknown
from tracepy.settings import Settings


def asks(settings: Settings) -> bool:
    """Whether a model is set, or a recording of one."""
    return bool(settings.model or settings.replay)


def chosen(settings: Settings) -> str:
    """The optimizer's name: `search`, or `hybrid` once a model is set, where none is asked for."""
    return settings.optimizer or ("hybrid" if asks(settings) else "search")


def check(optimizer: str, settings: Settings, project: Path, *, resumed: bool = False) -> None:
    """Refuse what could not be asked, before anything is judged.

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
