"""A model that is none: it answers what was recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tracepy.llm.keys import Keys
from tracepy.llm.ledger import Keep, call_of
from tracepy.llm.recording import Recording
from tracepy.llm.records import Answer, Request
from tracepy.llm.tokens import Counter
from tracepy.llm.told import answers_of
from tracepy.llm.wire import sent


class Replayed:
    """Answers from a recording; nothing is sent, no key is needed, litellm is not imported.

    Args:
        recording: What was recorded.
        keys: What must not be kept.
        keep: Told of each call, as when it was recorded.
        known: Numbers of calls that are kept already: the run was interrupted and goes on.
        now: When, in seconds since the epoch.
    """

    def __init__(
        self,
        recording: Recording,
        keys: Keys,
        keep: Keep,
        known: frozenset[int],
        now: Callable[[], float],
    ) -> None:
        self._recording = recording
        self._keys = keys
        self._keep = keep
        self._known = known
        self._now = now
        self._abouts = {about.name: about for about in recording.models}
        self.count: Callable[[str], int] = Counter(recording.models[0].encoding)

    @property
    def window(self) -> int:
        """As when it was recorded."""
        return min(about.window for about in self._recording.models)

    @property
    def sees(self) -> bool:
        """As when it was recorded."""
        return all(about.sees for about in self._recording.models)

    @property
    def calls_tools(self) -> bool:
        """As when it was recorded."""
        return all(about.calls_tools for about in self._recording.models)

    def ask(self, requests: Sequence[Request]) -> list[Answer]:
        """The recorded answers.

        Raises:
            UserError: the run asks something else than was recorded, or more.
            ModelLost, BudgetSpent: so it ended when it was recorded.
        """
        lines = []
        for request in requests:
            about = self._abouts.get(self._recording.model(), self._recording.models[0])
            prompt = sent(request, about, self._keys.scrub).prompt
            line = self._recording.next(prompt)
            lines.append(line)
            number = line.answer.number
            if number >= 0 and number not in self._known:
                lost = (0, 0.0, line.lost)
                self._keep([call_of(line.answer, prompt, self._now(), lost)])
        return answers_of(lines)

    def reward(self, number: int, value: float) -> None:
        """Which model is asked is decided already."""

    def close(self) -> None:
        """Let go of the recording."""
        self._recording.close()
