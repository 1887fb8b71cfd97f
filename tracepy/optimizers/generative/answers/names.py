"""Parameters' names as models write them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from tracepy.report.visible import UNSEEN

_LIMIT = 300
_TYPE = re.compile(r"\(\w{1,30}\)\s*+")


def resolve(written: str, names: Sequence[str]) -> str | None:
    """The parameter that a name means: exactly, or in a short form that only one has.

    Short forms are the end of a name (`act` or `Policy.act` for `agent:Policy.act`), and any that
    leaves marks out (`agent.Policy.act`, `act.depth` for `agent:act.<depth>`).
    """
    name = _TYPE.sub("", written[:_LIMIT].strip().strip("`\"' "), count=1)
    if name in names:
        return name
    plain = _plain(name)
    if not plain:
        return None
    for form in (_after_module, _plain):
        found = [known for known in names if form(known) in (name, plain)]
        if found:
            return found[0] if len(found) == 1 else None
    found = [known for known in names if _plain(known).endswith(f".{plain}")]
    return found[0] if len(found) == 1 else None


def meant(written: str, names: Sequence[str]) -> str:
    """What a model that wrote an unknown name is told of those there are."""
    plain = {_plain(name): name for name in names}
    short = {form.rpartition(".")[2]: name for form, name in plain.items()}
    key = _plain(written[:_LIMIT])
    near = [plain[match] for match in difflib.get_close_matches(key, list(plain), n=1, cutoff=0.6)]
    end = key.rpartition(".")[2]
    near += [short[match] for match in difflib.get_close_matches(end, list(short), n=1, cutoff=0.6)]
    if near:
        return f"did you mean `{shown(near[0])}`?"
    return f"use {listed(names)}"


def listed(names: Iterable[str], limit: int = 5) -> str:
    """Some names, as a sentence holds them."""
    known = [f"`{shown(name)}`" for name in names]
    more = f" or {len(known) - limit} others" if len(known) > limit else ""
    return ", ".join(known[:limit]) + more


def shown(text: object, width: int = 60) -> str:
    """A model's text on one line, cut, with nothing in it that a reader would not see."""
    flat = " ".join(str(text)[: 4 * width].split())
    flat = UNSEEN.sub("?", flat).replace("`", "'")
    flat = "".join(char if char.isprintable() else "?" for char in flat)
    return flat if len(flat) <= width else f"{flat[: width - 1]}…"


def _after_module(name: str) -> str:
    return name.partition(":")[2]


def _plain(name: str) -> str:
    name = name.replace("<locals>.", "").replace(":", ".")
    return name.replace("<", "").replace(">", "").strip("`\"' .")
