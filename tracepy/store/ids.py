"""The ids of runs: made, and found by what a person types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from tracepy.errors import UserError
from tracepy.store.schema import runs


def all_ids(connection: Connection) -> list[str]:
    """The ids of all runs, the newest last."""
    return list(connection.scalars(select(runs.c.id).order_by(runs.c.created, runs.c.id)))


def free_id(connection: Connection, created: float) -> str:
    """A time-ordered id; its last four digits are the fraction of the second in 65536ths."""
    tick = int(created * 65536)
    while True:
        seconds, fraction = divmod(tick, 65536)
        moment = datetime.fromtimestamp(seconds, UTC)
        run_id = f"{moment:%Y%m%d-%H%M%S}-{fraction:04x}"
        if connection.scalar(select(runs.c.id).where(runs.c.id == run_id)) is None:
            return run_id
        tick += 1


def chosen(text: str, ids: Sequence[str], label: str) -> str:
    """The id that `text` names: itself, a prefix of just one, or `last`.

    Args:
        text: What was typed.
        ids: All there are, the newest last.
        label: Where they are kept, for the message.

    Raises:
        UserError: no run or several match; near misses are named.
    """
    if not ids:
        raise UserError(f"no runs yet in {label}")
    if text == "last":
        return ids[-1]
    if text in ids:
        return text
    matches = [run_id for run_id in ids if run_id.startswith(text)] if text else []
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise UserError(f"{text!r} could be {_listed(matches)}: give more of it")
    from difflib import get_close_matches

    near = get_close_matches(text, ids, 3, 0.6) or ids[:-4:-1]
    raise UserError(f"no run {text!r}; there is {_listed(near)}, or `last`")


def _listed(ids: Sequence[str], limit: int = 5) -> str:
    more = f" and {len(ids) - limit} more" if len(ids) > limit else ""
    return ", ".join(ids[:limit]) + more
