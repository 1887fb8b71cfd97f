"""Models: what is asked of them, what they answer, what that costs.

`open` gives a run's model, `check` says early what is wrong with it, `preload` saves it seconds,
`unasked` says that a replay asks none.
They are imported when used: most runs ask no model, but all know the records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracepy.llm.records import Answer as Answer
from tracepy.llm.records import Image as Image
from tracepy.llm.records import Message as Message
from tracepy.llm.records import Model as Model
from tracepy.llm.records import Request as Request
from tracepy.llm.records import Tool as Tool
from tracepy.llm.records import ToolCall as ToolCall

if TYPE_CHECKING:
    from tracepy.llm.opening import OpenModel as OpenModel
    from tracepy.llm.opening import check as check
    from tracepy.llm.opening import open as open
    from tracepy.llm.opening import preload as preload
    from tracepy.llm.opening import unasked as unasked

_OPENING = frozenset({"OpenModel", "check", "open", "preload", "unasked"})


def __getattr__(name: str) -> Any:
    if name not in _OPENING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tracepy.llm import opening

    return getattr(opening, name)
