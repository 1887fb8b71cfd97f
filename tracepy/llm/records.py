"""What optimizers and models say to each other: plain frozen records, no provider's types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "assistant", "tool"]
Finish = Literal["stop", "length", "tools", "refused", "failed", "unpaid"]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture, for models that see.

    Attributes:
        data: The file's bytes.
        kind: Its media type, such as `image/png`.
    """

    data: bytes
    kind: str = "image/png"


@dataclass(frozen=True, slots=True)
class Tool:
    """What a model may call.

    Attributes:
        name: A Python identifier.
        description: When to call it, and what comes back.
        parameters: A JSON schema of its arguments.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that a model asks for; its arguments are JSON as the model wrote it, or what should be."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation.

    Attributes:
        role: Who says it.
        text: What is said.
        images: Pictures that belong to it.
        calls: What an assistant's turn calls.
        call: Of a tool's turn, the id of the call that it answers.
    """

    role: Role
    text: str
    images: tuple[Image, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    call: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One question.

    Attributes:
        messages: The conversation up to the answer that is wanted.
        tools: What the model may call instead of answering.
        json: Whether the answer should be one JSON object.
        purpose: Why it is asked, in a word, for whoever reads the run's calls.
    """

    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    json: bool = False
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question.

    Attributes:
        text: What the model said; empty where it called tools only, or nothing came.
        calls: The tools that it calls.
        model: Which model it was.
        finish: `stop`, or why it ends here: `length` (cut off), `tools`, `refused` (by the provider
            or the model), `failed` (no answer came, after all retries), `unpaid` (not asked, since
            the budget does not allow it).
        error: Of `failed` and `unpaid`, why, in one line.
        prompt_tokens, completion_tokens: As the provider counts them, else as we do.
        cost: US dollars; None where the price is not known.
        seconds: How long it took, retries included.
        number: Its number among the run's calls; -1 where nothing was sent.
    """

    text: str
    calls: tuple[ToolCall, ...] = ()
    model: str = ""
    finish: Finish = "stop"
    error: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    seconds: float = 0.0
    number: int = -1


class Model(Protocol):
    """A model, or several that stand for one, with a budget, a recording and a ledger behind it."""

    @property
    def window(self) -> int:
        """Tokens that one prompt may have, the answer's share taken off."""
        ...

    @property
    def sees(self) -> bool:
        """Whether it takes pictures."""
        ...

    @property
    def calls_tools(self) -> bool:
        """Whether it takes tools; else they are offered in the text."""
        ...

    def count(self, text: str) -> int:
        """Tokens of a text, by the model's own tokenizer where that is at hand."""
        ...

    def ask(self, requests: Sequence[Request]) -> list[Answer]:
        """The answers, in order; asked at the same time where there are several.

        Raises:
            UserError: the model cannot be asked at all (no such model, a refused key).
            ModelLost: it did not answer for so long that going on makes no sense.
            BudgetSpent: none of the requests can be paid for.
        """
        ...
