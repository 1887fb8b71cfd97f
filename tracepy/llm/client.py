"""One question to one provider, through litellm: asked once, answered or not.

litellm is imported in the background as soon as a run knows that it will be asked: that takes
seconds, which the run's first evaluations hide.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from tracepy.llm.catalog import About
from tracepy.llm.keys import Keys
from tracepy.llm.records import Finish, ToolCall
from tracepy.llm.wire import Sent, clean

_LOCAL_KEY = "none"  # local servers take any; the client refuses to be without one
_LONGEST = 2_000_000  # characters of an answer that are kept
# Seconds beyond its timeout in which a transport may end a request by itself, and close it. Its
# timeout is one of each read: a byte now and then keeps a request going for ever.
GRACE = 2.0

_FINISHES: dict[str, Finish] = {
    "length": "length",
    "content_filter": "refused",
    "tool_calls": "tools",
    "function_call": "tools",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider answered.

    Attributes:
        text, calls, finish: As in `Answer`.
        prompt, completion: Tokens as the provider counts them; None where it does not say.
        cached: Of the prompt's, those that it still had.
    """

    text: str
    calls: tuple[ToolCall, ...]
    finish: Finish
    prompt: int | None
    completion: int | None
    cached: int = 0


class Unread(Exception):
    """A response that is none: no choices, no message."""


class Overdue(Exception):
    """An answer was not there in time, though something of it came now and then."""


class Client:
    """Asks models of any provider.

    Args:
        keys: Where keys come from.
        api_base: The address of an OpenAI-compatible server, instead of the provider's own.
        temperature: None for the provider's own.
        timeout: Seconds until an answer must be there.
    """

    def __init__(
        self, keys: Keys, api_base: str | None, temperature: float | None, timeout: float
    ) -> None:
        self._keys = keys
        self._base = api_base
        self._temperature = temperature
        self._timeout = timeout
        self._loading = threading.Thread(target=loaded, name="import litellm", daemon=True)

    def begin(self, models: Sequence[About]) -> None:
        """Have litellm imported meanwhile, and what it needs to ask these models at hand."""
        for about in models:
            self._keys.pass_on(about.provider)
        self._loading.start()

    def ask(self, about: About, sent: Sent, answer: int | None, *, as_json: bool) -> Reply:
        """Ask once.

        Args:
            about: Whom.
            sent: What.
            answer: The most tokens that the answer may have; None for the provider's own bound.
            as_json: Whether a JSON object is demanded.

        Raises:
            Exception: whatever litellm raises, or Overdue; `faults.fault_of` says what it means.
        """
        self._loading.join()
        import litellm

        options: dict[str, Any] = {"temperature": self._temperature, "max_tokens": answer}
        if sent.tools:
            options["tools"] = sent.tools
        if as_json:
            options["response_format"] = {"type": "json_object"}
        if self._base is not None:
            options["api_base"] = self._base
        key = self._keys.of(about.provider)
        if key is None and self._base is not None:
            key = _LOCAL_KEY
        if key is not None:
            options["api_key"] = key
        complete = partial(
            litellm.completion,
            model=about.name,
            messages=json.loads(json.dumps(sent.messages)),  # some adapters change theirs
            timeout=self._timeout,
            num_retries=0,
            max_retries=0,
            drop_params=True,
            stream=False,
            **{name: value for name, value in options.items() if value is not None},
        )
        return reply_of(within(self._timeout + GRACE, complete))


def within(seconds: float, work: Callable[[], Any]) -> Any:
    """What work gives, if it is done in time. What is overdue is left to itself: no transport
    offers to cut a request of another thread off.

    Raises:
        Overdue: it is not done in time.
    """
    done: queue.SimpleQueue[tuple[Any, Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            done.put((work(), None))
        except Exception as error:
            done.put((None, error))

    threading.Thread(target=run, name="request", daemon=True).start()
    try:
        found, error = done.get(timeout=seconds)
    except queue.Empty:
        raise Overdue(f"no whole answer within {seconds:g} s") from None
    if error is not None:
        raise error
    return found


def reply_of(response: Any) -> Reply:
    """What a response of litellm's says.

    Raises:
        Unread: it says nothing.
    """
    choices = getattr(response, "choices", None)
    message = getattr(choices[0], "message", None) if choices else None
    if not choices or message is None:
        raise Unread("the response has no message")
    text = getattr(message, "content", None)
    text = clean(text if isinstance(text, str) else "")
    calls = tuple(
        ToolCall(
            clean(str(call.id or f"call_{at}")),
            clean(str(call.function.name or "")),
            clean(str(call.function.arguments or "")),
        )
        for at, call in enumerate(getattr(message, "tool_calls", None) or ())
    )
    finish: Finish = _FINISHES.get(str(choices[0].finish_reason), "stop")
    if calls:
        finish = "tools"
    elif finish == "tools":
        finish = "stop"
    refusal = getattr(message, "refusal", None)
    if refusal and not text and not calls:
        text, finish = clean(str(refusal)), "refused"
    if len(text) > _LONGEST:
        text, finish = text[:_LONGEST], "length"
    usage = getattr(response, "usage", None)
    details = getattr(usage, "prompt_tokens_details", None)
    return Reply(
        text,
        calls,
        finish,
        _count(usage, "prompt_tokens"),
        _count(usage, "completion_tokens"),
        _count(details, "cached_tokens") or 0,
    )


def _count(usage: Any, name: str) -> int | None:
    value = usage.get(name) if isinstance(usage, Mapping) else getattr(usage, name, None)
    return value if isinstance(value, int) and value >= 0 else None


def loaded() -> None:
    """Import litellm; what goes wrong then is told to whoever asks."""
    with suppress(Exception):  # whoever asks imports it once more, and is told
        _load()


def _load() -> None:
    """Import litellm, and have it quiet: no fetching, no printing, no reading of `.env`."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    os.environ.setdefault("LITELLM_MODE", "PRODUCTION")
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy", "httpx", "openai"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    import litellm

    litellm.suppress_debug_info = True
    litellm.telemetry = False
    litellm.turn_off_message_logging = True
    litellm.drop_params = True
    litellm.num_retries = 0
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
