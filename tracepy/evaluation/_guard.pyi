"""The compiled part: keeps a score honest in the process of a candidate (`native/guard.c`)."""

from types import CodeType, ModuleType

def watch(modules: dict[str, ModuleType], /) -> None: ...
def arm(
    fd: int,
    nonce: str,
    targets: frozenset[str],
    judged: frozenset[str],
    allowed: frozenset[str],
    senders: tuple[CodeType, ...],
    library: tuple[str, ...],
    learning: bool,
    /,
) -> None: ...
def seen() -> list[str]: ...
def send(data: bytes, /) -> None: ...
