"""Shrinking: changes that do nothing for the score are taken back."""

from collections.abc import Sequence

from tracepy.evaluation.records import Evaluation
from tracepy.optimizers import Outcome, Proposal
from tracepy.shrink import shrink
from tracepy.transforms.source import Source

ORIGINAL = "a = 1\nb = 1\nc = 1\nd = 1\ne = 1\n"


def judge(proposals: Sequence[Proposal]) -> list[Outcome]:
    """Only `b` and `d` count, and both are wanted as 2."""
    outcomes = []
    for proposal in proposals:
        text = proposal.sources.get("m.py", ORIGINAL)
        value = float(("b = 2" in text) + ("d = 2" in text))
        outcomes.append(Outcome(proposal, Evaluation("ok", value), value))
    return outcomes


def outcome(text: str) -> Outcome:
    return judge([Proposal({"m.py": text}, "winner")])[0]


def test_changes_without_effect_go_and_the_others_stay() -> None:
    winner = outcome("a = 7\nb = 2\nc = 7\nd = 2\ne = 7\n")
    small = shrink(winner, {"m.py": Source(ORIGINAL, "m.py")}, judge)
    expected = ORIGINAL.replace("b = 1", "b = 2").replace("d = 1", "d = 2")
    assert small.proposal.sources["m.py"] == expected


def test_separate_changes_are_told_apart() -> None:
    lines = ORIGINAL.splitlines(keepends=True)
    lines[0], lines[3] = "a = 7\n", "d = 2\n"
    small = shrink(outcome("".join(lines)), {"m.py": Source(ORIGINAL, "m.py")}, judge)
    assert small.proposal.sources["m.py"] == ORIGINAL.replace("d = 1", "d = 2")


def test_line_ends_survive() -> None:
    crlf = ORIGINAL.replace("\n", "\r\n")
    text = crlf.replace("a = 1", "a = 7").replace("d = 1", "d = 2")
    small = shrink(outcome(text), {"m.py": Source(crlf, "m.py")}, judge)
    assert small.proposal.sources["m.py"] == crlf.replace("d = 1", "d = 2")


def test_a_single_change_costs_nothing() -> None:
    def never(proposals: Sequence[Proposal]) -> list[Outcome]:
        raise AssertionError("nothing to judge")

    winner = outcome(ORIGINAL.replace("b = 1", "b = 2"))
    assert shrink(winner, {"m.py": Source(ORIGINAL, "m.py")}, never) is winner
