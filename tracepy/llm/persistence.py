"""A question asked until it is answered, or until asking again makes no sense."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from tracepy.llm.catalog import About
from tracepy.llm.client import Client, Reply
from tracepy.llm.clock import Clock
from tracepy.llm.faults import Fault, fault_of
from tracepy.llm.pace import Pace
from tracepy.llm.purse import Purse, Share
from tracepy.llm.wire import Sent

ATTEMPTS = 6  # of one question
_NOBODY_THERE = 3  # of one question, where nobody was ever there to answer
_FIRST, _LONGEST = 1.0, 60.0  # seconds between two of them; each wait is twice the last
_PATIENCE = 600.0  # seconds that a provider may ask to wait, all in all


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a question.

    Attributes:
        reply: The answer, or None.
        fault: Why there is none.
        seconds: From the first attempt to the last, waits included.
        asked: When, in seconds since the epoch.
        attempts: How often it was asked.
        lost: How many attempts may have been charged without an answer: for each, what was put
            aside counts as spent.
    """

    reply: Reply | None
    fault: Fault | None
    seconds: float
    asked: float
    attempts: int
    lost: int


class Persistence:
    """Asks with patience. Used by several threads at a time."""

    def __init__(
        self, client: Client, pace: Pace, purse: Purse, clock: Clock, scrub: Callable[[str], str]
    ) -> None:
        self._client = client
        self._pace = pace
        self._purse = purse
        self._clock = clock
        self._scrub = scrub
        self._answered: set[str] = set()  # models that did answer
        self._no_json: set[str] = set()  # models that refused to be asked for JSON

    def ask(
        self,
        about: About,
        sent: Sent,
        share: Share | None,
        chance: random.Random,
        tell: Callable[[str], None] = lambda _: None,
    ) -> Tried:
        """Ask until there is an answer.

        Args:
            about: Whom.
            sent: What.
            share: What is put aside for it; None where nothing bounds the run.
            chance: The jitter's.
            tell: Told in words what is waited for before it is asked (again), and nothing once
                it is.
        """
        began, asked = self._clock.monotonic(), self._clock.now()
        answer = share.answer if share else about.answer if about.known else None
        wait, waited, attempts, lost = _FIRST, 0.0, 0, 0
        while True:
            as_json = sent.json and about.name not in self._no_json
            self._pace.wait(tell)
            tell("")
            attempts += 1
            try:
                reply = self._client.ask(about, sent, answer, as_json=as_json)
            except Exception as error:
                fault = fault_of(error, self._clock.now(), self._scrub)
            else:
                self._answered.add(about.name)
                return Tried(reply, None, self._clock.monotonic() - began, asked, attempts, lost)
            if fault.kind in ("wrong", "again") and as_json and "response_format" in fault.said:
                self._no_json.add(about.name)
                continue
            if fault.kind == "wrong" and about.name not in self._answered:
                fault = Fault("key", fault.said, fault.status)
            lost += fault.lost
            pause = wait * (0.5 + chance.random()) if fault.wait is None else fault.wait
            waited += pause
            most = ATTEMPTS if fault.reached or about.name in self._answered else _NOBODY_THERE
            if fault.kind != "again" or attempts >= most or waited > _PATIENCE:
                break
            if fault.lost and share is not None and not self._purse.again(share):
                said = f"{fault.said}, and the budget does not allow to ask again"
                fault = Fault("again", said, fault.status, lost=True)
                break
            if fault.wait is None:
                wait = min(2 * wait, _LONGEST)
            else:
                self._pace.hold(fault.wait)
            tell(f"it is asked again in {max(pause, 1.0):.0f} s ({fault.said})")
            self._clock.sleep(pause)
        return Tried(None, fault, self._clock.monotonic() - began, asked, attempts, lost)
