"""The compiled part: keeps a score honest in the process of a candidate (`native/guard.c`)."""

from collections.abc import Callable
from types import ModuleType
from typing import NoReturn

def watch(modules: dict[str, ModuleType], /) -> None: ...
def arm(
    ask: int,
    answer: int,
    targets: frozenset[str],
    judged: frozenset[str],
    allowed: frozenset[str],
    sender: Callable[..., object],
    library: tuple[str, ...],
    learning: bool,
    /,
) -> None: ...
def seen() -> list[str]: ...
def send(data: bytes, /) -> NoReturn: ...
