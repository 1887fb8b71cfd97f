"""Every option of `tracepy optimize`, with its default: one record for command line and file."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run was asked to do. Names are the long option names with underscores.

    Units: `time`, `timeout`, `test_timeout` and `model_timeout` are seconds, `memory_limit` bytes, `max_cost` US dollars.
    """

    # objective
    objective: str | None = None
    pytest: tuple[str, ...] = ()
    command: str | None = None
    dataset: str | None = None
    call: str | None = None
    metric: str = "exact"
    context: str | None = None
    minimize: bool = False
    goal: float | None = None
    repeats: int | None = None
    validation: str | None = None
    stage: tuple[str, ...] = ()
    test_timeout: float | None = None
    # what
    train: tuple[str, ...] = ()
    freeze: tuple[str, ...] = ()
    # how
    optimizer: str | None = None
    trainer: str = "greedy"
    seed: int = 0
    # models
    model: tuple[str, ...] = ()
    api_base: str | None = None
    memory: int | None = None
    mask_trace: bool = False
    score_only: bool = False
    examples: int = 0
    no_tools: bool = False
    candidates: int | None = None
    retries: int = 3
    prompt_tokens: int | None = None
    temperature: float | None = None
    model_timeout: float = 120.0
    requests_per_minute: int | None = None
    env_file: str | None = None
    record: str | None = None
    replay: str | None = None
    # budget
    evaluations: int | None = None
    iterations: int | None = None
    time: float | None = None
    max_cost: float | None = None
    max_tokens: int | None = None
    # workers
    workers: int | None = None
    executor: str = "local"
    timeout: float = 10.0
    memory_limit: int = 2 * 1024**3
    sandbox: str = "auto"
    allow_read: tuple[str, ...] = ()
    allow_env: tuple[str, ...] = ()
    allow_network: bool = False
    fresh: bool = False


def typed(settings: Mapping[str, Any]) -> list[str]:
    """Options that differ from their defaults, as they are typed.

    Args:
        settings: As `dataclasses.asdict(Settings(...))` gives them, or JSON made of that.
    """
    usual = asdict(Settings())
    options = []
    for name, value in settings.items():
        if value in (usual.get(name), None) or (not value and not usual.get(name)):
            continue
        option = f"--{name.replace('_', '-')}"
        for item in value if isinstance(value, (list, tuple)) else [value]:
            options.append(option if item is True else f"{option} {_typed(name, item)}")
    return options


def _typed(name: str, value: object) -> str:
    if isinstance(value, float):
        return (
            f"{value:g}s"
            if name in ("time", "timeout", "test_timeout", "model_timeout")
            else f"{value:g}"
        )
    if name == "memory_limit" and isinstance(value, int) and value % 2**20 == 0:
        return f"{value // 2**20}MiB"
    return shlex.quote(str(value))
