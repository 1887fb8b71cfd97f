"""What earlier runs of a project improved, as examples for a model."""

from __future__ import annotations

from tracepy.optimizers.base import Precedent
from tracepy.store import Run, Store

_LOOKED_AT = 200
_LONGEST = 4000  # characters of both texts of a parameter


def precedents(store: Store, number: int, target: str, before: float) -> tuple[Precedent, ...]:
    """Improvements that were found in earlier runs, those of the same target first, then the newest.

    Args:
        store: Where runs are kept.
        number: How many.
        target: What is to be improved now.
        before: Only runs that began before this (seconds since the epoch): a run that is gone on
            with sees what it saw when it began.
    """
    if number < 1:
        return ()
    found: list[tuple[bool, int, Precedent]] = []
    seen: set[tuple[object, ...]] = set()
    for age, key in enumerate(reversed(store.ids()[-_LOOKED_AT:])):
        run = store.find(key)
        if run.created >= before or not run.improved or run.status == "running":
            continue
        one = _precedent(run)
        if one is None or one.changes in seen:
            continue
        seen.add(one.changes)
        found.append((run.target != target, age, one))
    found.sort(key=lambda item: item[:2])
    return tuple(one for _, _, one in found[:number])


def _precedent(run: Run) -> Precedent | None:
    changes = tuple(
        (str(item["name"]), _text(item["old"]), _text(item["new"])) for item in run.parameters
    )
    if not changes or sum(len(old) + len(new) for _, old, new in changes) > _LONGEST:
        return None
    return Precedent(run.objective, run.baseline, run.best, changes)


def _text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)
