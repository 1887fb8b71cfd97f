"""Every option of `tracepy optimize`, with its default: one record for command line and file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run was asked to do. Names are the long option names with underscores.

    Units: `time`, `timeout` and `test_timeout` are seconds, `memory_limit` bytes, `max_cost` US dollars.
    """

    # objective
    objective: str | None = None
    pytest: tuple[str, ...] = ()
    command: str | None = None
    dataset: str | None = None
    call: str | None = None
    metric: str = "exact"
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
    # budget
    evaluations: int | None = None
    iterations: int | None = None
    time: float | None = None
    # workers
    workers: int | None = None
    timeout: float = 10.0
    memory_limit: int = 2 * 1024**3
    sandbox: str = "auto"
