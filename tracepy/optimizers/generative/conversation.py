"""Asking a model until its answer is a candidate: what is wrong with an answer is told to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from tracepy.errors import BudgetSpent
from tracepy.llm.records import Answer, Message, Model, Request, ToolCall
from tracepy.optimizers.generative.answers import Applied, Suggestion, Unreadable, read
from tracepy.optimizers.generative.calling import ENOUGH, MOST, NO_ROOM, asked, turns
from tracepy.optimizers.generative.texts import as_text
from tracepy.optimizers.generative.tools import Toolbox

# What an answer that was cut off is told: asking for the same again would be cut off again.
_CUT = (
    "Your answer was cut off before its end. Answer again, shorter: little reasoning, and only "
    "what changes."
)
_TURN = 8  # tokens that a turn takes beside its text
_EMPTY = "Your answer was empty. Answer with the JSON object that was asked for."


@dataclass(frozen=True)
class Candidate:
    """What came of one conversation.

    Attributes:
        applied: The new sources; None where no answer could be used.
        suggestion: What the model suggested, the last that could be read.
        values: What it changes, as text, by the parameter's name.
        number: The number of the call that gave it, -1 where there was none.
        partial: The sources of its valid part, where only a part of its last suggestion could be used.
        problems: What was wrong with its answers, in the order they came, a sentence each.
        failed: Whether the model did not answer at all.
    """

    applied: Applied | None
    suggestion: Suggestion | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    number: int = -1
    partial: Applied | None = None
    problems: tuple[str, ...] = ()
    failed: bool = False


@dataclass
class _Talk:
    """One conversation that goes on.

    Attributes:
        request: The next question.
        opening: How many of its messages stay whatever is answered.
        fits: Whether a prompt of these messages has room in the model's window.
        toolbox: What the model may call.
        tries: How often it was told what is wrong.
        called: How many tools it has called.
    """

    request: Request
    opening: int
    fits: Callable[[Sequence[Message]], bool]
    toolbox: Toolbox | None = None
    tries: int = 0
    called: int = 0
    problems: list[str] = field(default_factory=list)
    last: Suggestion | None = None
    partial: Applied | None = None
    number: int = -1
    done: Candidate | None = None

    def again(self, answer: Answer, problem: str) -> None:
        """The next question: the same, with the answer that was wrong and what was wrong with it."""
        self.tries += 1
        self.problems.append(problem)
        said = Message("assistant", answer.text)
        # Only the last wrong answer is shown again: prompts do not grow with every try.
        first = self.request.messages[: self.opening]
        shown = (*first, said, Message("user", problem))
        if not answer.text or not self.fits(shown):  # some providers refuse an empty turn
            shown = (*first, Message("user", problem))
        self.request = dataclasses.replace(self.request, messages=shown)

    def use(self, toolbox: Toolbox, answer: Answer, calls: Sequence[ToolCall]) -> None:
        """The next question: the same, with what the tools gave that the answer calls."""
        self.called += len(calls)
        results = [(call, toolbox.call(call)) for call in calls]
        messages = (*self.request.messages, *turns(answer, results))
        tools = self.request.tools
        if self.called >= MOST:
            messages, tools = (*messages, Message("user", ENOUGH)), ()
        if not self.fits(messages):  # what the tools gave has no room: it answers without
            messages = (*self.request.messages[: self.opening], Message("user", NO_ROOM))
            tools, self.called = (), MOST
        # What was looked up stays when an answer is wrong: it was paid for.
        self.opening = len(messages)
        self.request = dataclasses.replace(self.request, messages=messages, tools=tools)


def converse(
    model: Model,
    requests: Sequence[Request],
    names: Sequence[str],
    apply: Callable[[Suggestion], Applied],
    retries: int,
    refuse: Callable[[Applied], str] = lambda _: "",
    toolboxes: Sequence[Toolbox] = (),
) -> list[Candidate]:
    """Ask all requests at once, and those whose answers cannot be used again.

    Args:
        model: Whom to ask.
        requests: What is asked.
        names: Names of the parameters.
        apply: Makes sources of a suggestion.
        retries: How often one conversation is told what is wrong.
        refuse: Says of sources that were made why they are no candidate; empty where they are.
        toolboxes: For each request, what the model may call; none where it may not.

    Returns:
        What came of each request, in order.

    Raises:
        UserError, ModelLost: as `Model.ask`.
        BudgetSpent: not one request could be paid for. Once there are answers it is not raised:
            they count, and so does what was tried on the way.
    """

    def fits(messages: Sequence[Message]) -> bool:
        return sum(model.count(one.text) + _TURN for one in messages) <= model.window

    talks = [
        _Talk(request, len(request.messages), fits, toolbox)
        for request, toolbox in zip_longest(requests, toolboxes)
    ]
    waiting = list(talks)
    while waiting:
        try:
            answers = model.ask([talk.request for talk in waiting])
        except BudgetSpent as why:
            if all(talk.number < 0 for talk in talks):
                raise
            answers = [Answer("", finish="unpaid", error=str(why)) for _ in waiting]
        for talk, answer in zip(waiting, answers, strict=True):
            _take(talk, answer, names, apply, refuse, retries)
        waiting = [talk for talk in waiting if talk.done is None]
    return [talk.done for talk in talks if talk.done is not None]


def _take(
    talk: _Talk,
    answer: Answer,
    names: Sequence[str],
    apply: Callable[[Suggestion], Applied],
    refuse: Callable[[Applied], str],
    retries: int,
) -> None:
    if answer.finish in ("failed", "unpaid"):
        talk.problems.append(answer.error)
        talk.done = _ended(talk, failed=True)
        return
    talk.number = answer.number
    calls = asked(answer) if talk.toolbox is not None and talk.called < MOST else ()
    if talk.toolbox is not None and calls:
        talk.use(talk.toolbox, answer, calls)
        return
    problem = ""
    try:
        if not answer.text.strip():
            raise Unreadable(_CUT if answer.finish == "length" else _EMPTY)
        talk.last = suggestion = read(answer.text, names)
        if not suggestion.values and not suggestion.edits:
            talk.problems.append("the model sees nothing to change")
            talk.done = _ended(talk)
            return
        applied = apply(suggestion)
        if applied.problems:
            problem = " ".join(applied.problems)
            talk.partial = applied if applied.partial else talk.partial
        else:
            problem = refuse(applied)
            if not problem:
                values = {name: as_text(value) for name, value in suggestion.values.items()}
                talk.done = Candidate(
                    applied, suggestion, values, answer.number, None, tuple(talk.problems)
                )
                return
    except Unreadable as error:
        problem = _CUT if answer.finish == "length" else str(error)
    if talk.tries >= retries:
        talk.problems.append(problem)
        talk.done = _ended(talk)
    else:
        talk.again(answer, problem)


def _ended(talk: _Talk, *, failed: bool = False) -> Candidate:
    problems = tuple(talk.problems)
    return Candidate(None, talk.last, {}, talk.number, talk.partial, problems, failed)
