"""Shrinking: changes that do nothing for the score are taken back."""

from collections.abc import Sequence
from pathlib import Path

from tracepy import parameters as theta
from tracepy.evaluation.records import Evaluation
from tracepy.optimizers import Outcome, Proposal, Task
from tracepy.shrink import round_numbers, shrink
from tracepy.target import resolve
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


def test_tuned_fractions_are_written_with_as_few_digits_as_keep_the_score(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text("RATE = 0.5  # tracepy: train in [0.0, 1.0]\nSTEP = 0.25\n")
    target = resolve(str(path), tmp_path)
    task = Task(
        {str(path): Source.read(path)},
        {str(path): "model"},
        Evaluation("ok", 0.0),
        1,
        lambda sources: theta.find(target, sources),
        lambda source, module: [],
    )

    def judge_rate(proposals: Sequence[Proposal]) -> list[Outcome]:
        outcomes = []
        for proposal in proposals:
            rate = float(proposal.sources[str(path)].split()[2])
            value = float(0.33 <= rate <= 0.4)
            outcomes.append(Outcome(proposal, Evaluation("ok", value), value))
        return outcomes

    text = path.read_text().replace("0.5", "0.3371942")
    (winner,) = judge_rate([Proposal({str(path): text}, "winner")])
    plain = round_numbers(winner, task, judge_rate)
    assert plain.proposal.sources[str(path)].startswith("RATE = 0.34  # tracepy")


def wanted(*parts: str, original: str = ORIGINAL):
    """A judge of programs that want all of these, and how many programs it was asked about."""
    asked: list[str] = []

    def judged(proposals: Sequence[Proposal]) -> list[Outcome]:
        found = []
        for proposal in proposals:
            text = proposal.sources.get("m.py", original)
            asked.append(text)
            value = float(all(part in text for part in parts))
            found.append(Outcome(proposal, Evaluation("ok", value), value))
        return found

    return judged, asked


def shrunk(original: str, text: str, *parts: str) -> tuple[str, int]:
    judged, asked = wanted(*parts, original=original)
    best = judged([Proposal({"m.py": text}, "winner", promise=0.5)])[0]
    small = shrink(best, {"m.py": Source(original, "m.py")}, judged)
    assert small.proposal.promise == 0.5
    return small.proposal.sources["m.py"], len(asked) - 1


def test_two_changes_of_one_line_are_told_apart() -> None:
    original = "def f(a, b):\n    return  g(a + b, 1)  # as is\n"
    text = original.replace("a + b", "a - b").replace("1)", "7)")
    small, _ = shrunk(original, text, "a - b")
    assert small == original.replace("a + b", "a - b")


def test_statements_that_were_put_in_together_are_told_apart() -> None:
    original = "def f(a):\n    return a\n"
    guard = "    if a is None:\n        return 0\n"
    text = original.replace("    return", f"    a = a\n{guard}    a = +a\n    return")
    small, _ = shrunk(original, text, guard)
    assert small == original.replace("    return", f"{guard}    return")


def test_many_changes_go_by_halves() -> None:
    original = "".join(f"x{number} = 1\n" for number in range(64))
    text = original.replace("= 1", "= 2")
    small, asked = shrunk(original, text, "x50 = 2")
    assert small == original.replace("x50 = 1", "x50 = 2")
    assert asked < 30


def test_what_is_no_python_is_not_judged() -> None:
    original = "def f(a):\n    return a\n"
    text = "def f(a):\n    if a:\n        return a\n    return 0\n"
    judged, asked = wanted("if a", "return 0", original=original)
    best = judged([Proposal({"m.py": text}, "winner")])[0]
    shrink(best, {"m.py": Source(original, "m.py")}, judged)
    for one in asked:
        compile(one, "m.py", "exec")


def test_a_line_that_was_rewritten_and_a_number_stay_whole() -> None:
    prompt = 'ASK = "Say what the capital of this country is, and no more."\n'
    other = 'ASK = "Answer with one single word: which city governs the land of this name?"\n'
    assert shrunk(prompt, other, "ASK") == (other, 0)
    long, longer = (f'ASK = """\n{text}"""\n' for text in (prompt[7:-2], other[7:-2]))
    assert shrunk(long, longer, "ASK") == (longer, 0)
    assert shrunk("RATE = 1e-3\n", "RATE = 2.5e-4\n", "RATE") == ("RATE = 2.5e-4\n", 0)
