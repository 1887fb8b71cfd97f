"""Whose edits are tried next."""

from __future__ import annotations

from collections.abc import Iterator

from tracepy.evaluation.records import Case, Evaluation
from tracepy.optimizers.base import Outcome, Proposal
from tracepy.optimizers.search.edits import Base
from tracepy.optimizers.search.queue import Queue

FILE = "m.py"


def judged(got: int, wanted: int = 100) -> Evaluation:
    score = float(got == wanted)
    case = Case("one", score, "" if score else f"E   assert {got} == {wanted}")
    return Evaluation("ok", score, "", (case,))


def program(text: str, value: float = 0.0, got: int = 0) -> Base:
    return Base({FILE: text}, judged(got), value)


def edits(base: Base, most: int = 1000) -> Iterator[Proposal]:
    for number in range(most):
        yield Proposal({FILE: f"{base.sources[FILE]}{number}\n"}, "", origin=base)


def origins(some: list[Proposal]) -> list[str]:
    return [one.origin.sources[FILE] for one in some]


def lost(base: Base, got: int, number: int = 1) -> Outcome:
    text = f"{base.sources[FILE]}edited {number}\n"
    return Outcome(Proposal({FILE: text}, "edit", origin=base), judged(got), 0.0, number)


def turns(queue: Queue, count: int) -> list[str]:
    return [origins(queue.take(2))[0] for _ in range(count)]


def test_nothing_is_proposed_twice() -> None:
    queue = Queue(lambda base: edits(base, 5), set())
    queue.push(program("a\n"))
    assert len({one.digest() for one in queue.take(10)}) == 5
    assert queue.take(10) == []


def test_the_best_gets_every_other_turn() -> None:
    queue = Queue(edits, set())
    queue.push(program("a\n", 0.1))
    queue.push(program("b\n", 0.2))
    queue.push(program("c\n", 0.3))
    assert turns(queue, 8) == ["c\n", "b\n", "c\n", "a\n"] * 2


def test_what_came_further_is_edited_beside_the_best() -> None:
    queue = Queue(edits, set())
    base = program("a\n")
    queue.push(base)
    queue.keep(lost(base, 90))
    assert turns(queue, 9).count("a\nedited 1\n") == 1


def test_what_merely_differs_waits_until_single_edits_are_used_up() -> None:
    queue = Queue(lambda base: edits(base, 40), set())
    base = program("a\n")
    queue.push(base)
    queue.keep(lost(base, -5))
    assert origins(queue.take(40)) == ["a\n"] * 40
    assert origins(queue.take(2)) == ["a\nedited 1\n"] * 2


def test_no_more_than_three_edits_are_put_together() -> None:
    made: list[Base] = []

    def of(base: Base) -> Iterator[Proposal]:
        made.append(base)
        return edits(base, 1)

    queue = Queue(of, set())
    queue.push(program("a\n"))
    queue.take(1)
    for got in (40, 60, 80, 90):
        queue.keep(lost(made[-1], got, got))
        queue.take(1)
    assert [base.lost for base in made] == [0, 1, 2]


def test_of_those_that_lost_the_furthest_are_kept() -> None:
    queue = Queue(lambda base: edits(base, 1), set())
    base = program("a\n")
    queue.push(base)
    for got in range(1, 40):
        queue.keep(lost(base, got, got))
    taken = origins(queue.take(100))
    assert taken[1:] == [f"a\nedited {got}\n" for got in range(39, 27, -1)]
