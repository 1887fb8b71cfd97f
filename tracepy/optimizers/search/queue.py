"""Which program is edited next: the best so far, those before it, and what lost but came further."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from tracepy.optimizers.base import Outcome, Proposal
from tracepy.optimizers.search.edits import Base
from tracepy.optimizers.search.progress import progress

# Programs that were the best whose edits are tried in turn.
_STREAMS = 4
# Candidates that score no better but have come further are worth building on, up to so many.
_PARTIALS = 12
# Those that have come this far are edited beside the best, so many of them, every so many turns, once
# so many turns have gone to single edits, which most repairs are.
_FAR = 0.3
_BEAM = 3
_TURN_OF_BEAM = 4
_BEFORE_BEAM = 6
# Edits of one that lost; the next is the third.
_DEPTH = 2
# What the progress of a candidate counts that was made from a program before the best.
_OLD = 0.5


@dataclass(eq=False)
class _Stream:
    """Edits of one base, as far as they have been taken."""

    base: Base
    proposals: Iterator[Proposal]
    turns: int = 0


class Queue:
    """Edits of several programs in turn, none twice.

    Args:
        edits: Makes the edits of a program, the most promising first.
        seen: Digests of what was proposed, which grows.
    """

    def __init__(self, edits: Callable[[Base], Iterator[Proposal]], seen: set[str]) -> None:
        self._edits = edits
        self._seen = seen
        self._turns = 0
        self._streams: list[_Stream] = []
        # Candidates that lost, with how far they have come, the furthest first.
        self._partials: list[tuple[float, Base]] = []
        self._beam: list[_Stream] = []

    def push(self, base: Base) -> None:
        """A program that is the best now."""
        # Lists of ideas are long: the least of the older bases makes room.
        self._streams.sort(key=lambda stream: -stream.base.value)
        del self._streams[_STREAMS - 1 :]
        self._streams.append(_Stream(base, self._edits(base)))
        # What was made from programs before it lacks what made this one better.
        self._beam.clear()
        self._partials = [(far * _OLD, one) for far, one in self._partials]

    def take(self, most: int) -> list[Proposal]:
        """The next new edits; fewer where there are no more."""
        batch: list[Proposal] = []
        while len(batch) < most:
            stream = self._next()
            if stream is None:
                break
            batch += islice(self._fresh(stream), most - len(batch))
            if len(batch) < most:
                some = self._beam if stream in self._beam else self._streams
                some.remove(stream)
        return batch

    def keep(self, lost: Outcome) -> None:
        """Remember a candidate that did not win, if it has come further than its base."""
        base: Base = lost.proposal.origin
        if base.lost >= _DEPTH:
            return
        far, partials = progress(base.verdict, lost.evaluation), self._partials
        if not far or (len(partials) >= _PARTIALS and far <= partials[-1][0]):
            return
        kept = Base(
            lost.proposal.sources,
            base.evaluation,  # its lines are near enough to the base's for the base's trace to rank them
            lost.value,
            (*base.notes, lost.proposal.note),
            lost.number,
            lost.evaluation,
            base.lost + 1,
        )
        partials.append((far, kept))
        partials.sort(key=lambda one: -one[0])
        del partials[_PARTIALS:]

    def offer(self, base: Base, far: float) -> None:
        """A program from elsewhere that did not win: it is edited as those are that came further.

        Args:
            base: The program.
            far: How far it has come, 0 to 1.
        """
        self._partials.append((max(far, _FAR), base))
        self._partials.sort(key=lambda one: -one[0])
        del self._partials[_PARTIALS:]

    def _next(self) -> _Stream | None:
        """The base to edit next: the best gets every other turn, older ones share the rest.

        A better score can be a dead end (one more test passes by luck), so the ways not taken
        stay open.
        """
        streams, turn = self._streams, self._turns
        beam = turn >= _BEFORE_BEAM and turn % _TURN_OF_BEAM == 0
        chosen = self._further(_FAR if streams else 0.0) if beam or not streams else None
        if chosen is None and streams:
            best = max(streams, key=lambda stream: stream.base.value)
            rest = [stream for stream in streams if stream is not best]
            chosen = min(rest, key=lambda s: s.turns) if rest and turn % 2 else best
        if chosen is not None:
            self._turns += 1
            chosen.turns += 1
        return chosen

    def _further(self, least: float) -> _Stream | None:
        """The edits of a candidate that did not win but has come at least this far."""
        while self._partials and len(self._beam) < _BEAM and self._partials[0][0] >= least:
            _, base = self._partials.pop(0)
            self._beam.append(_Stream(base, self._edits(base)))
        return min(self._beam, key=lambda stream: stream.turns, default=None)

    def _fresh(self, stream: _Stream) -> Iterator[Proposal]:
        for proposal in stream.proposals:
            digest = proposal.digest()
            if digest not in self._seen:
                self._seen.add(digest)
                yield proposal
