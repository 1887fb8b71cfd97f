"""How much is recorded: of a run, of one function, of one loop; and what happens beyond it.

The log grants itself events in portions, and at the end of each one the recording has a look at
which functions and loops wrote them: what has taken more than its share is shut, so that the rest
of the run is still seen. Once the whole budget is spent nothing is written any more: calls that
begin afterwards run the function as it was written.
"""

from __future__ import annotations

from tracepy.recorder._log import Gate, Log, Recording, gates_of
from tracepy.recorder.registry import registry
from tracepy.recorder.unseen import unseen

BYTES = 64
"""An event may take so many on average; a budget of events is also one of memory."""
_PORTION = 1 << 15  # events after which there is a look, at most
_PORTIONS = 32  # how many there are of a budget, at least
# Shares of the whole budget; what is left over is for what is called less.
_OF_FUNCTION = 4
_OF_LOOP = 16


class Logs:
    """The logs of one recording.

    Attributes:
        limit: Events that may be written.
        recording: What is written, and read back.
        shut: Functions and loops that had taken their share, as `(path, function, line)`.
    """

    def __init__(self, events: int) -> None:
        self.limit = events
        portion = max(1, min(_PORTION, events // _PORTIONS))
        self.recording = Recording(events, BYTES * events, portion, self.look)
        self.shut: set[tuple[str, str, int]] = set()
        self._closed: set[int] = set()
        self._counts: dict[int, int] = {}

    @property
    def full(self) -> bool:
        """Whether the budget was spent."""
        return self.recording.full

    @unseen
    def look(self, log: Log) -> None:
        """Count what was written since the last look towards its functions and loops."""
        for number, count in log.counts().items():
            if registry.sites[number].event == "turn" and self._spent(number, count, _OF_LOOP):
                self.recording.shut_loop(number)
            enter = registry.enter_of(number)
            if enter in gates and self._spent(enter, count, _OF_FUNCTION):
                self._closed.add(enter)
                gates[enter].shut(self.recording)

    @unseen
    def _spent(self, number: int, count: int, part: int) -> bool:
        counts = self._counts
        counts[number] = counts.get(number, 0) + count
        spent = counts[number] > self.limit // part
        if spent:
            site, module = registry.sites[number], registry.modules[number]
            self.shut.add((module.path, site.function, site.line))
        return spent

    def resume(self) -> None:
        """Go on after another recording, which may have shut other functions."""
        for number in self._closed:
            gates[number].shut(self.recording)
        self.recording.resume()


gates: dict[int, Gate] = {}
"""Of each function, by the number of its first site."""
active: Logs | None = None


def gate_of(number: int) -> Gate:
    """Whether a function's calls are recorded, by its first site."""
    gate = gates.get(number)
    if gate is None:
        gate = gates[number] = Gate(number)
    return gate


gates_of(gate_of)


def start(logs: Logs) -> Logs | None:
    """Begin a recording; gives the one that it interrupts."""
    global active
    outer, active = active, logs
    logs.recording.begin()
    return outer


def stop(logs: Logs, outer: Logs | None) -> None:
    """End a recording, and go on with the one that it interrupted."""
    global active
    logs.recording.end()
    active = outer
    if outer is not None:
        outer.resume()
