"""Earlier improvements as examples in a prompt."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from tracepy.optimizers.base import Precedent
from tracepy.optimizers.generative.prompt.fence import block


def text(precedents: Sequence[Precedent], room: int, count: Callable[[str], int]) -> str:
    """A section on what helped before; as many as the room allows, empty where none fits.

    Args:
        precedents: The most telling first.
        room: Tokens that it may take.
        count: Counts tokens.
    """
    found = "\n\n#Examples\nWhat improved programs of this project before (old, new, score):"
    shown = 0
    for one in precedents:
        changes = {name: {"old": old, "new": new} for name, old, new in one.changes}
        data = {"judged by": one.objective, "changes": changes, "before": one.before}
        data["after"] = one.after
        more = f"{found}\n{block(json.dumps(data, ensure_ascii=False))}"
        if count(more) > room:
            break
        found, shown = more, shown + 1
    return found if shown else ""
