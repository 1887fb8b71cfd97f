"""From what a worker sent, and how it ended, to an evaluation."""

from __future__ import annotations

import base64
import json
import math
import signal
from dataclasses import replace
from typing import Any, get_args

import msgspec

from tracepy.evaluation.records import PICTURES, Evaluation, Picture, Status, kind_of
from tracepy.evaluation.watch import OUTPUT_LIMIT, PROCESSES

UNTRACED_LIMIT = 4 * 1024**2  # characters of a verdict that brings no trace
FEEDBACK_LIMIT, CASE_LIMIT, NAME_LIMIT = 50_000, 10_000, 1_000
CASES = 100_000

_Lines = dict[str, dict[int, dict[str, list[str]]]]


class _Trace(msgspec.Struct):
    """The types of `TraceFacts`, for what comes from a candidate's process."""

    cases: dict[str, dict[str, list[int]]]
    sliced: dict[str, dict[int, float]]
    types: _Lines
    values: _Lines
    calls: dict[str, dict[str, list[dict[str, str]]]]


_EXCESS: dict[str, tuple[Status, str]] = {
    "memory": ("memory", "its processes together needed more memory than {memory}"),
    "processes": ("crashed", f"it started more than {PROCESSES} processes"),
    "output": ("crashed", f"it printed more than {OUTPUT_LIMIT // 1024**2} MiB"),
}


def read(reply: dict[str, Any], config: dict[str, Any], *, traced: bool = True) -> Evaluation:
    """The evaluation that a server's reply stands for. A reply is a candidate's: it may be anything.

    Args:
        reply: What the server sent.
        config: The server's configuration.
        traced: Whether a trace was asked for; without, none is taken.
    """
    known: dict[str, Any] = {
        "seconds": float(reply["seconds"]),
        "cpu": float(reply["cpu"]),
        "memory": int(reply["memory"]),
        "output": str(reply["output"]),
    }
    how, number = reply["how"]
    if how == "timeout":
        text = f"it did not finish within {config['timeout']:g} s"
        return Evaluation("timeout", None, text, **known)
    if how in _EXCESS:
        status, text = _EXCESS[how]
        size = f"{config['memory_limit'] / 1024**2:.0f} MiB"
        return Evaluation(status, None, text.format(memory=size), **known)
    if reply["tampered"]:
        text = f"it is not judged, since it does what the program does not: {reply['tampered']}"
        return Evaluation("error", None, text, **known)
    if reply["reply"] is not None:
        try:
            found = Evaluation.from_dict({**_decoded(reply["reply"], traced=traced), **known})
            check(found)
            return bounded(found)
        except Exception as error:  # whatever a forger thought of
            text = f"its verdict cannot be read: {type(error).__name__}: {error}"
            return Evaluation("crashed", None, text[:500], **known)
    if how == "signal" and number == getattr(signal, "SIGXCPU", None):
        return Evaluation("timeout", None, "it used up its CPU time", **known)
    return Evaluation("crashed", None, ended(how, number), **known)


def habits(reply: dict[str, Any]) -> list[str]:
    """What the program as it stands does of what candidates may not begin to do."""
    if reply["reply"] is None:
        return []
    found = json.loads(reply["reply"]).get("habits", [])
    return [str(kind) for kind in found]


def _decoded(text: str, *, traced: bool) -> dict[str, Any]:
    if not traced and len(text) > UNTRACED_LIMIT:
        raise ValueError(f"{len(text):,} characters")
    found: dict[str, Any] = json.loads(text)["evaluation"]
    return found if traced else {**found, "trace": None, "graph": None}


def check(found: Evaluation) -> None:
    """Raises ValueError where a verdict is not what an evaluation may be."""
    if found.status not in get_args(Status):
        raise ValueError(f"status {found.status!r}")
    scores = [case.score for case in found.cases]
    if found.status == "ok":
        scores += [found.score if found.score is not None else math.nan, found.slowest]
    for score in scores:
        if type(score) not in {int, float} or not math.isfinite(float(score)):
            raise ValueError("a score is no finite number")
    texts = [found.feedback, *(case.name for case in found.cases)]
    texts += [case.text for case in found.cases]
    if not all(type(text) is str for text in texts) or type(found.complete) is not bool:
        raise ValueError("a field is of another type")
    if len(found.images) > PICTURES or not all(map(_is_picture, found.images)):
        raise ValueError("an image is none")
    if found.graph is not None and type(found.graph) is not str:
        raise ValueError("a graph is no text")
    if found.trace is not None:
        # Not asdict: it copies all that is in there, which takes ten times as long as the check.
        parts = {name: getattr(found.trace, name) for name in _Trace.__struct_fields__}
        msgspec.convert(parts, _Trace)


def _is_picture(one: Picture) -> bool:
    """Whether a picture is what it says: it will be shown, and sent to models."""
    return type(one.data) is str and kind_of(base64.b64decode(one.data, validate=True)) == one.kind


def bounded(found: Evaluation) -> Evaluation:
    """A verdict whose texts are not larger than those of an honest runner."""
    cases = tuple(
        replace(case, name=case.name[:NAME_LIMIT], text=case.text[:CASE_LIMIT])
        for case in found.cases[:CASES]
    )
    score = None if found.score is None else float(found.score)
    return replace(found, score=score, feedback=found.feedback[:FEEDBACK_LIMIT], cases=cases)


def ended(how: str, number: int) -> str:
    """How a worker ended that came to no verdict, in words."""
    if how == "signal":
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = f"signal {number}"
        return f"its process was killed ({name}) before it came to a verdict"
    if how == "garbage":
        return "something else than a verdict was written to the judge's pipe"
    return f"it ended its process (exit status {number}) before it came to a verdict"


def server_died() -> Evaluation:
    """The verdict on a candidate that took its server down."""
    return Evaluation("crashed", None, "it killed the process that started it")
