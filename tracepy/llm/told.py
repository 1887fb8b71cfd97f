"""What a run is told of what came back: an answer, or in one line why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tracepy.errors import BudgetSpent, ModelLost
from tracepy.llm.catalog import About
from tracepy.llm.client import Reply
from tracepy.llm.faults import Fault
from tracepy.llm.persistence import Tried
from tracepy.llm.recording import Line
from tracepy.llm.records import Answer, ToolCall


def answer_to(
    number: int,
    about: About,
    counted: int,
    tried: Tried,
    count: Callable[[str], int],
    scrub: Callable[[str], str],
) -> Answer:
    """What came of a question.

    Args:
        number: Of the question's call.
        about: Who was asked.
        counted: Tokens of the prompt as we count them, for providers that do not say.
        tried: What came back.
        count: Counts tokens.
        scrub: Takes keys out of a text.
    """
    if tried.reply is not None:
        return _answer(number, about, counted, tried.reply, tried.seconds, count, scrub)
    fault = tried.fault
    assert fault is not None
    return Answer(
        "",
        model=about.name,
        finish="refused" if fault.kind == "refused" else "failed",
        error=_error(fault.kind, fault.said, tried.attempts),
        cost=None if about.prices is None else 0.0,
        seconds=tried.seconds,
        number=number,
    )


def _answer(
    number: int,
    about: About,
    counted: int,
    reply: Reply,
    seconds: float,
    count: Callable[[str], int],
    scrub: Callable[[str], str],
) -> Answer:
    text = scrub(reply.text)
    calls = tuple(
        ToolCall(scrub(call.id), scrub(call.name), scrub(call.arguments)) for call in reply.calls
    )
    prompt = counted if reply.prompt is None else reply.prompt
    completion = reply.completion
    if completion is None:
        completion = count(text) + sum(count(call.arguments) for call in calls)
    prices = about.prices
    cost = None if prices is None else prices.cost(prompt, completion, reply.cached)
    return Answer(
        text, calls, about.name, reply.finish, "", prompt, completion, cost, seconds, number
    )


def answers_of(lines: Sequence[Line]) -> list[Answer]:
    """What a run is told of a batch.

    Raises:
        ModelLost: nothing was answered, after all attempts.
        BudgetSpent: nothing can be paid for.
    """
    answers = [line.answer for line in lines]
    if answers and all(answer.finish == "unpaid" for answer in answers):
        raise BudgetSpent(answers[0].error)
    asked = [line for line in lines if line.answer.finish != "unpaid"]
    if asked and all(line.lost for line in asked):
        raise ModelLost(f"{asked[0].answer.model} {asked[0].answer.error}")
    return answers


def _error(kind: str, said: str, attempts: int) -> str:
    if kind == "overflow":
        return f"the prompt is longer than the model's context window: {said}"
    if kind == "refused":
        return f"the provider refused: {said}"
    if kind == "again" and attempts > 1:
        return f"gave no answer in {attempts} attempts: {said}"
    return f"gave no answer: {said}"


_ADVICE = {
    401: "check its key, in the environment or in .env",
    402: "the account has no credit",
    403: "the key may not use this model",
    404: "check the model's name and --api-base",
    429: "the account's quota is used up",
}


def cannot(name: str, fault: Fault) -> str:
    """Why a model cannot be asked at all, and what to do about it."""
    advice = _ADVICE.get(fault.status, "check the model's name, --api-base and the key")
    return f"--model {name} cannot be asked: {fault.said} ({advice})"
