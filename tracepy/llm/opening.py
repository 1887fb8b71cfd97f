"""A run's model, from its options."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from tracepy.errors import UserError
from tracepy.llm.asking import Asked
from tracepy.llm.catalog import About, about, folder
from tracepy.llm.client import Client, loaded
from tracepy.llm.clock import Clock, RealClock
from tracepy.llm.ensemble import chosen_by, parsed
from tracepy.llm.keys import Keys
from tracepy.llm.ledger import Earlier, Keep
from tracepy.llm.pace import Pace
from tracepy.llm.persistence import Persistence
from tracepy.llm.purse import Purse
from tracepy.llm.recording import Recorder, Recording, header, refuse_filled
from tracepy.llm.records import Model
from tracepy.llm.replaying import Replayed
from tracepy.llm.tokens import Counter
from tracepy.settings import Settings

if TYPE_CHECKING:
    from tracepy.store import ModelCall


@runtime_checkable
class OpenModel(Model, Protocol):
    """A model that is told what its answers were worth, and that is closed after the run."""

    def reward(self, number: int, value: float) -> None:
        """Say what the answer of this number was worth, the higher the better."""
        ...

    def close(self) -> None:
        """Let go of its files."""
        ...


def open(
    settings: Settings,
    *,
    project: Path,
    keep: Keep,
    earlier: Sequence[ModelCall] = (),
    resumed: bool = False,
    seed: int = 0,
    clock: Clock | None = None,
    waiting: Callable[[str], None] = lambda _: None,
) -> OpenModel:
    """The model that a run asks, with its budget, recording and ledger behind it.

    litellm is imported in the background from now on, unless the run is a replay.

    Args:
        settings: The run's options; `model` or `replay` is set.
        project: What relative paths of files are relative to.
        keep: Told of each call at once, from the thread that asks.
        earlier: The run's calls so far, if it goes on: what is asked again is answered from them.
        resumed: Whether the run goes on; with `earlier` it does.
        seed: Of choices by chance.
        clock: What measures and waits, the machine's by default.
        waiting: Told in words what questions wait for: a provider that asks to, or their turn.

    Raises:
        UserError: as `check`, and where a file cannot be opened.
    """
    check(settings, project, resumed=resumed or bool(earlier))
    clock = clock or RealClock()
    keys = Keys.found(settings.env_file, project)
    if settings.replay is not None:
        recording = Recording(project / settings.replay, settings.replay)
        known = frozenset(call.number for call in earlier)
        return Replayed(recording, keys, keep, known, clock.now)
    names, weights = parsed(settings.model)
    abouts = [about(name, settings.api_base) for name in names]
    recorder = None
    if settings.record is not None:
        path = project / settings.record
        again = resumed or bool(earlier)
        recorder = Recorder(path, settings.record, abouts, resumed=again)
    purse = Purse(settings.max_tokens, settings.max_cost)
    client = Client(keys, settings.api_base, settings.temperature, settings.model_timeout)
    client.begin(abouts)
    pace = Pace(settings.requests_per_minute, clock)
    asked = Asked(
        abouts,
        chosen_by(abouts, weights, seed),
        Persistence(client, pace, purse, clock, keys.scrub),
        purse,
        keys,
        keep,
        Earlier(earlier),
        recorder,
        seed,
        waiting,
    )
    threading.Thread(target=asked.count, args=("",), name="tokenizer", daemon=True).start()
    return asked


def preload(settings: Settings) -> None:
    """In the background, read the tokenizer and import litellm, unless the run is a replay."""
    if settings.replay is not None:
        return

    def work() -> None:  # the tokenizer first: the first prompt is counted before it is sent
        for name in parsed(settings.model)[0]:
            Counter(about(name, settings.api_base).encoding).load()
        loaded()

    threading.Thread(target=work, name="import litellm", daemon=True).start()


def check(settings: Settings, project: Path, *, resumed: bool = False) -> None:
    """Say early what is wrong with a run's model, as far as that is known without asking it.

    Args:
        settings: The run's options.
        project: What relative paths of files are relative to.
        resumed: Whether the run goes on: its own recording may be there then.

    Raises:
        UserError: a file is missing, in the way or not what it should be, names or weights are
            wrong, a key is missing, or a cost is bounded whose price is not known.
    """
    keys = Keys.found(settings.env_file, project)
    if settings.replay is not None:
        if settings.record is not None:
            raise UserError("--record and --replay exclude each other: a replay asks no model")
        Recording(project / settings.replay, settings.replay).close()
        return
    names, _ = parsed(settings.model)
    if not names:
        raise UserError("no model is given: --model NAME, such as --model openai/gpt-4o-mini")
    if folder() is None:
        raise UserError("--model needs litellm, which is not installed: pip install litellm")
    abouts = [about(name, settings.api_base) for name in names]
    for name, known in zip(names, abouts, strict=True):
        if settings.max_cost is not None and known.prices is None:
            raise UserError(
                f"--max-cost cannot be kept: the price of {name} is not known; bound it by "
                f"--max-tokens instead"
            )
        _check_key(known, settings.api_base, keys)
    if settings.record is not None:
        _check_writable(project / settings.record, settings.record, abouts, resumed)


def unasked(settings: Settings, project: Path) -> str:
    """Of a replay that names models: that they are not asked, and whose answers it has.

    Returns:
        A sentence; nothing where no model is named, or nothing is replayed.

    Raises:
        UserError: the recording cannot be read.
    """
    if settings.replay is None or not settings.model:
        return ""
    recording = Recording(project / settings.replay, settings.replay)
    recording.close()
    recorded = [known.name for known in recording.models]
    named = parsed(settings.model)[0]
    # With --api-base a name without a provider was recorded with one.
    same = {name if name in recorded else f"openai/{name}" for name in named} == set(recorded)
    given = "" if same else f", not {', '.join(named)}"
    return (
        f"--model was not asked: --replay {settings.replay} gave the answers that "
        f"{', '.join(recorded)} once gave{given}"
    )


def _check_key(known: About, api_base: str | None, keys: Keys) -> None:
    names = keys.names(known.provider)
    if not names or api_base is not None or keys.of(known.provider) is not None:
        return
    prefix = known.provider.upper()
    if keys.get(f"{prefix}_API_BASE", f"{prefix}_BASE_URL"):
        return
    raise UserError(
        f"--model {known.name} needs a key: set {' or '.join(names)} in the environment or in .env"
    )


def _check_writable(path: Path, shown: str, abouts: Sequence[About], resumed: bool) -> None:
    if not resumed:
        refuse_filled(path, shown, but=header(abouts))
    place = path if path.exists() else path.parent
    if not place.exists():
        raise UserError(f"cannot write --record {shown}: its folder is not there")
    if not os.access(place, os.W_OK):
        raise UserError(f"cannot write --record {shown}: permission denied")
