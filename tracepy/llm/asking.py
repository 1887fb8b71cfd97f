"""The model of a run: whom to ask, what that may cost, what is kept of it."""

from __future__ import annotations

import queue
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from tracepy.errors import UserError
from tracepy.llm.catalog import About
from tracepy.llm.ensemble import Choice
from tracepy.llm.keys import Keys
from tracepy.llm.ledger import Earlier, Keep, answered, call_of
from tracepy.llm.persistence import Persistence, Tried
from tracepy.llm.purse import Purse, Share
from tracepy.llm.recording import Line, Recorder
from tracepy.llm.records import Answer, Request
from tracepy.llm.tokens import Counter
from tracepy.llm.told import answer_to, answers_of, cannot
from tracepy.llm.wire import Sent, sent

if TYPE_CHECKING:
    from tracepy.store import ModelCall

PARALLEL = 16  # questions on their way at a time


@dataclass(slots=True)
class Question:
    """One request on its way through `Asked.ask`."""

    sent: Sent
    model: int
    about: About
    number: int
    counted: int
    share: Share | None = None
    known: ModelCall | None = None
    answer: Answer | None = None
    lost: tuple[int, float, bool] = (0, 0.0, False)
    before: tuple[int, float] = (0, 0.0)  # tokens and dollars lost on it when the run ended there
    created: float = 0.0
    error: BaseException | None = field(default=None, repr=False)


class Asked:
    """Asks the models of a run. `ask` is called by one thread at a time.

    Args:
        abouts: What is known of the models.
        choice: Which of them is asked.
        persistence: What asks.
        purse: What may be spent.
        keys: What must not be sent or kept.
        keep: Told of each call at once.
        earlier: What the run was answered before it was interrupted.
        recorder: Where all is recorded.
        seed: For the jitter of waits.
        waiting: Told in words, by the thread that asks, what the questions on their way wait for,
            and nothing once none does.
    """

    def __init__(
        self,
        abouts: Sequence[About],
        choice: Choice,
        persistence: Persistence,
        purse: Purse,
        keys: Keys,
        keep: Keep,
        earlier: Earlier,
        recorder: Recorder | None,
        seed: int,
        waiting: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._abouts = list(abouts)
        self._choice = choice
        self._persistence = persistence
        self._purse = purse
        self._keys = keys
        self._keep = keep
        self._earlier = earlier
        self._recorder = recorder
        self._seed = seed
        self._waiting = waiting
        self._number = 0
        self._asked_of: dict[int, int] = {}  # number of a call -> index of its model
        self._counters = {about.encoding: Counter(about.encoding) for about in abouts}
        self.count: Callable[[str], int] = self._counters[abouts[0].encoding]

    @property
    def window(self) -> int:
        """Tokens that one prompt may have, for whichever model is asked."""
        return min(about.window for about in self._abouts)

    @property
    def sees(self) -> bool:
        """Whether all of the models take pictures."""
        return all(about.sees for about in self._abouts)

    @property
    def calls_tools(self) -> bool:
        """Whether all of the models take tools."""
        return all(about.calls_tools for about in self._abouts)

    def ask(self, requests: Sequence[Request]) -> list[Answer]:
        """The answers, in order.

        Raises:
            UserError: a model cannot be asked at all.
            ModelLost: none of the questions was answered, after all attempts.
            BudgetSpent: none of the questions can be paid for.
        """
        questions = [self._question(request) for request in requests]
        self._put_aside(questions)
        for question in questions:
            if question.share is not None:
                self._look_up(question)
        self._ask_again([item for item in questions if item.share is not None])
        if self._lose_others():
            self._put_aside([question for question in questions if question.known is None])
        self._told([question for question in questions if question.known is not None])
        self._send([item for item in questions if item.known is None and item.share is not None])
        lines = [self._settled(question) for question in questions]
        for line in lines:
            if self._recorder is not None:
                self._recorder.put(line)
        for question in questions:
            if question.error is not None:
                raise question.error
        return answers_of(lines)

    def reward(self, number: int, value: float) -> None:
        """Say what an answer was worth; it steers which model is asked.

        Args:
            number: `Answer.number`.
            value: The higher the better; minus infinity for what came to nothing.
        """
        if number in self._asked_of:
            self._choice.reward(self._asked_of.pop(number), value)

    def close(self) -> None:
        """End the recording."""
        if self._recorder is not None:
            self._recorder.close()

    def _question(self, request: Request) -> Question:
        model = self._choice.next()
        about = self._abouts[model]
        made = sent(request, about, self._keys.scrub)
        return Question(made, model, about, -1, made.tokens(self._counters[about.encoding]))

    def _put_aside(self, questions: Sequence[Question]) -> None:
        for question in questions:
            if question.share is not None:
                self._purse.settle(question.about, question.share, 0, 0, 0, 0.0)
        shares = self._purse.put_aside([(item.about, item.counted) for item in questions])
        for question, share in zip(questions, shares, strict=True):
            question.share = share

    def _lose_others(self) -> bool:
        """Whether the run has just left the way that it went before; what it paid there counts."""
        left = self._earlier.left()
        for call in left:
            _, (tokens, cost, _) = answered(call)
            spent = call.prompt_tokens + call.completion_tokens + tokens
            self._purse.add(spent, (call.cost or 0.0) + cost)
        return bool(left)

    def _look_up(self, question: Question) -> None:
        """Its number, and what it was answered when the run asked it before."""
        question.known = self._earlier.take(self._number, question.sent.prompt)
        question.number = self._number = self._earlier.number(self._number)
        self._number += 1

    def _ask_again(self, questions: Sequence[Question]) -> None:
        """Where no model answered the run ended: one that goes on asks once more, and not for ever
        what it was not answered then."""
        known = [answered(item.known)[1] for item in questions if item.known is not None]
        if len(known) < len(questions) or not all(lost for _, _, lost in known):
            return
        for question, (tokens, cost, _) in zip(questions, known, strict=True):
            question.known, question.before = None, (tokens, cost)

    def _told(self, questions: Sequence[Question]) -> None:
        for question in questions:
            assert question.known is not None
            question.created = question.known.created
            question.answer, question.lost = answered(question.known)

    def _send(self, questions: Sequence[Question]) -> None:
        """Have questions answered, so many at a time, and each call kept as it comes in."""
        if not questions:
            return
        left: queue.SimpleQueue[Question] = queue.SimpleQueue()
        news: queue.SimpleQueue[tuple[Question, Tried | BaseException | str]] = queue.SimpleQueue()
        for question in questions:
            left.put(question)

        def work() -> None:
            while True:
                try:
                    question = left.get_nowait()
                except queue.Empty:
                    return
                chance = random.Random(f"wait {self._seed} {question.number}")
                try:
                    share = question.share if self._purse.bounded else None
                    tell = partial(_told, news, question)
                    tried = self._persistence.ask(
                        question.about, question.sent, share, chance, tell
                    )
                    news.put((question, tried))
                except BaseException as error:
                    news.put((question, error))

        # Daemons: whoever presses Ctrl-C does not wait for a provider.
        for _ in range(min(len(questions), PARALLEL)):
            threading.Thread(target=work, name="model", daemon=True).start()
        waits: dict[int, str] = {}
        unanswered = len(questions)
        while unanswered:
            question, tried = news.get()
            said = tried if isinstance(tried, str) else ""
            if said or waits.pop(question.number, ""):
                waits.update({question.number: said} if said else {})
                self._waiting(next(reversed(waits.values()), ""))
            if isinstance(tried, str):
                continue
            unanswered -= 1
            if isinstance(tried, BaseException):
                question.error = tried
                continue
            self._answered(question, tried)
            assert question.answer is not None
            call = call_of(question.answer, question.sent.prompt, question.created, question.lost)
            self._keep([call])

    def _answered(self, question: Question, tried: Tried) -> None:
        """What the run is told of what came back."""
        share, fault = question.share, tried.fault
        assert share is not None
        question.created = tried.asked
        question.answer = answer_to(
            question.number,
            question.about,
            question.counted,
            tried,
            self._counters[question.about.encoding],
            self._keys.scrub,
        )
        if fault is not None and fault.kind == "key":
            question.error = UserError(cannot(question.about.name, fault))
        no_answer = fault is not None and fault.kind == "again"
        tokens, dollars = question.before
        question.lost = (
            tokens + tried.lost * share.tokens, dollars + tried.lost * share.cost, no_answer
        )  # fmt: skip
        if not self._purse.bounded:
            question.lost = (0, 0.0, no_answer)

    def _settled(self, question: Question) -> Line:
        """Give back what was put aside and not spent; what is recorded of the question."""
        share, answer = question.share, question.answer
        if share is None:
            error = (
                "one more question to the model might exceed what --max-cost or --max-tokens allows: "
                f"{self._purse.spent()} are spent"
            )
            return Line(
                question.sent.prompt,
                Answer("", model=question.about.name, finish="unpaid", error=error, cost=0.0),
            )
        if answer is None:  # an error of ours: it is raised
            self._purse.settle(question.about, share, 0, 0, 0, 0.0)
            return Line(question.sent.prompt, Answer("", finish="failed"))
        tokens, cost, lost = question.lost
        self._purse.settle(
            question.about,
            share,
            question.counted,
            answer.prompt_tokens,
            answer.completion_tokens,
            answer.cost or 0.0,
        )
        self._purse.add(tokens, cost)
        self._asked_of[answer.number] = question.model
        return Line(question.sent.prompt, answer, lost)


def _told(news: queue.SimpleQueue[Any], question: Question, words: str) -> None:
    news.put((question, words))
