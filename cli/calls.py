"""What a run asked its models, word for word, and what it was answered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from tracepy import transcript
from tracepy.cli import screen
from tracepy.errors import UserError

if TYPE_CHECKING:
    from tracepy.store import ModelCall, Run


def show_all(run: Run, calls: Sequence[ModelCall], as_json: bool) -> None:
    """A line for each call."""
    if as_json:
        click.echo(json.dumps([_object(call) for call in calls], indent=2, allow_nan=False))
        return
    if not calls:
        screen.say(f"run {run.id} asked no model")
    for call in calls:
        gave = "" if call.evaluation is None else f"  -> #{call.evaluation}"
        line = f"{call.number:>5}  {transcript.facts(call)}  {transcript.ended(call)}"
        screen.say(f"{line.rstrip()}{gave}")


def show_one(run: Run, calls: Sequence[ModelCall], number: int, as_json: bool) -> None:
    """One call: all that was sent, as it was sent, and the answer.

    Raises:
        UserError: the run has no such call.
    """
    call = next((call for call in calls if call.number == number), None)
    if call is None:
        has = f"calls 0 to {calls[-1].number}" if calls else "no calls of a model"
        raise UserError(f"run {run.id} has no call {number}: it has {has}")
    if as_json:
        click.echo(json.dumps(_object(call), indent=2, allow_nan=False))
        return
    gave = "" if call.evaluation is None else f"  gave candidate #{call.evaluation}"
    screen.say(click.style(f"call {call.number}  {transcript.facts(call)}{gave}", dim=True))
    for head, text in (*transcript.prompt(call), *transcript.answer(call)):
        screen.say(click.style(f"\n--- {head} ---", bold=True))
        if text:
            screen.say(text)


def _object(call: ModelCall) -> dict[str, Any]:
    kept = asdict(call)
    read = transcript.read
    return {**kept, "prompt": read(call.prompt), "answer": read(call.answer)}
