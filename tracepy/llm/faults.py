"""Why a question got no answer, and whether asking again may help."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Literal

_LONGEST = 300  # characters of what a provider said
# What is wrong stays wrong: the same question gets the same refusal.
_WRONG = frozenset({400, 401, 402, 403, 404, 405, 413, 415, 422})
# Names of exceptions, so that none of the packages that define them need be imported here.
_TIMEOUTS = frozenset(
    {"Timeout", "APITimeoutError", "ReadTimeout", "WriteTimeout", "PoolTimeout", "Overdue"}
)
_NOBODY = frozenset({"ConnectError", "ConnectTimeout"})
_NO_CREDIT = re.compile(
    r"insufficient_quota|billing|credit balance|exceeded your current quota", re.I
)
_OVERFLOW = re.compile(
    r"context.{0,20}(length|window|size)|maximum.{0,20}tokens|too many tokens|prompt is too long",
    re.I | re.S,
)
_PREFIX = re.compile(r"^(?:litellm\.)?(?:[A-Za-z_]*(?:Error|Exception|Timeout))\s*[:\-]\s*")


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong.

    Attributes:
        kind: `again` (asking again may help), `wrong` (it will not), `key` (the key, the model's
            name or the address is wrong: no question will be answered), `overflow` (the prompt is
            too long), `refused` (the provider does not want to answer this).
        said: What the provider or the machine said, in one line, without keys.
        status: Its HTTP status; 0 where there was no response.
        wait: Seconds that the provider asks to wait; None where it does not say.
        lost: Whether the question arrived and the answer did not: it may be charged.
        reached: False where nobody was there to answer.
    """

    kind: Literal["again", "wrong", "key", "overflow", "refused"]
    said: str
    status: int = 0
    wait: float | None = None
    lost: bool = False
    reached: bool = True


def fault_of(error: Exception, now: float, scrub: Callable[[str], str]) -> Fault:
    """What an exception of litellm's means.

    Args:
        error: As `litellm.completion` raised it.
        now: Seconds since the epoch, to which a date in `Retry-After` is compared.
        scrub: Takes keys out of a text.
    """
    name = type(error).__name__
    causes = _causes(error)
    kinds = {type(cause).__name__ for cause in causes}
    answered = "HTTPStatusError" in kinds
    status = _status(error)
    said = one_line(scrub(str(error)))
    if name == "ContextWindowExceededError" or (status in (400, 413) and _OVERFLOW.search(said)):
        return Fault("overflow", said, status)
    if name == "ContentPolicyViolationError":
        return Fault("refused", said, status)
    if not answered and kinds & _TIMEOUTS:
        return Fault("again", "no answer in time", lost=True)
    if not answered and (broken := [cause for cause in causes if _is_transport(cause)]):
        nobody = bool(kinds & _NOBODY)
        said = one_line(scrub(str(broken[0]))) or said
        return Fault("again", said, lost=not nobody, reached=not nobody)
    if status == 429 and _NO_CREDIT.search(said):
        return Fault("key", said, status)
    if status in (401, 402, 403, 404):
        return Fault("key", said, status)
    if status in _WRONG:
        return Fault("wrong", said, status)
    # Without an error's status it was a response that could not be read: worked on, and charged.
    return Fault("again", said, status, _wait(error, now), lost=not answered and status != 429)


def one_line(text: str) -> str:
    """What was said, in one line of bounded length, without names of exceptions in front."""
    text = " ".join(text.split())
    while (shorter := _PREFIX.sub("", text)) != text:
        text = shorter
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def seconds_of(value: str, now: float) -> float | None:
    """What a `Retry-After` header asks for, be it seconds or a date; None of anything else."""
    try:
        return max(float(value), 0.0) if float(value) < float("inf") else None
    except ValueError:
        pass
    try:
        return max(parsedate_to_datetime(value).timestamp() - now, 0.0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _wait(error: Exception, now: float) -> float | None:
    for cause in _causes(error):
        response = getattr(cause, "response", None)
        for headers in (
            getattr(cause, "litellm_response_headers", None),
            getattr(response, "headers", None),
            getattr(cause, "headers", None),
        ):
            value = None if headers is None else headers.get("retry-after")
            if value is not None and (seconds := seconds_of(str(value), now)) is not None:
                return seconds
    return None


def _is_transport(cause: BaseException) -> bool:
    return type(cause).__module__.split(".")[0] == "httpx"


def _status(error: Exception) -> int:
    # litellm gives a status to what had none: what it was made from knows better.
    for cause in (error, *_causes(error)):
        status = getattr(cause, "status_code", None)
        if isinstance(status, int):
            return status
    return 0


def _causes(error: BaseException) -> list[BaseException]:
    """An exception and what it was made from."""
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in found and len(found) < 20:
        found.append(at)
        at = at.__cause__ or at.__context__
    return found
