"""What a report is made of: a run's rows, what each changes, and what the score depended on."""

from __future__ import annotations

import logging
import subprocess
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracepy.reported import BEST, BETTER, SHOP, candidate, family, report, stored
from tracepy.errors import UserError
from tracepy.graph.model import Graph, Node
from tracepy.report.candidates import candidates_of, path_to
from tracepy.report.code import changed_lines, cut
from tracepy.report.data import command, environment, gather
from tracepy.report.diffs import rows
from tracepy.report.plot import limits, scores, thinned
from tracepy.report.steps import changes, step
from tracepy.report.visible import LINE_LIMIT, one_line, visible
from tracepy.store import Run, Store

PROJECT = PurePosixPath("/p")


@dataclass
class Row:
    """A row of the store with all that it may tell."""

    index: int
    score: float | None = 0.5
    status: str = "ok"
    note: str = ""
    feedback: str = ""
    seconds: float = 0.1
    sources: dict[str, str] = field(default_factory=dict)
    parent: int | None = None
    proposer: str = "search"
    reason: str = ""
    cpu: float = 0.0
    memory: int = 0
    complete: bool = True
    passed: int | None = None
    cases: int | None = None
    created: float = 0.0
    reused: str | None = None


def run_of(**settings: Any) -> Run:
    return Run("r", 100.0, "shop.py", "search", "pytest", settings, "finished")


def test_a_run_without_a_verdict_is_told(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.create(target="t", optimizer="search", settings={}, objective="o", files={})
        with pytest.raises(UserError, match="cut short before its first verdict"):
            gather(store, store.find("last"))


def test_unseen_characters_are_written_out() -> None:
    assert visible("a\u202eb") == "a⟨U+202E⟩b"
    assert visible("x\r\ny\x1b[31m\0") == "x␍\ny␛[31m␀"
    assert visible("\ud800 \u2028 \ufeff \U000e0041") == "⟨U+D800⟩ ⟨U+2028⟩ ⟨U+FEFF⟩ ⟨U+E0041⟩"
    assert visible("naïve 日本語 👍\t→\n") == "naïve 日本語 👍\t→\n"


def test_long_text_is_cut_and_says_so() -> None:
    assert visible("x" * 30, 10) == "xxxxxxxxxx\n… 20 more characters"
    assert visible("x" * (LINE_LIMIT + 5)).endswith("x… 5 more characters")
    assert one_line("a\nb  c", 4) == "a b…"


def test_a_step_is_a_diff_per_file() -> None:
    originals = {"/p/a.py": "x = 1\n", "/p/b.py": "y = 1\n"}
    told = step({"/p/a.py": "x = 2\n"}, {"/p/b.py": "y = 2\n"}, originals, PROJECT)
    assert told == "=== a.py\n@@ -1 +1 @@\n-x = 2\n+x = 1\n=== b.py\n@@ -1 +1 @@\n-y = 1\n+y = 2"
    assert step({}, {}, originals, PROJECT) == ""


def test_rows_of_a_diff_have_their_numbers() -> None:
    told = "=== a.py\n@@ -7,2 +7,3 @@\n same\n-gone\n+=== new\n+new"
    assert [(row.kind, row.number) for row in rows(told)] == [
        ("file", None), ("hunk", None), ("same", 7), ("gone", 8), ("add", 8), ("add", 9),
    ]  # fmt: skip


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", "é\r\n"]), max_size=60)
EDITS = st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["", "X\n", "a\n"])), max_size=4)


@given(LINES, EDITS, st.booleans())
def test_what_changes_is_what_patch_would_make(
    lines: list[str], edits: list[tuple[int, str]], inserts: bool
) -> None:
    """Only the stretch between the shared ends is compared: its line numbers must still be right."""
    new = list(lines)
    for place, text in edits:
        place = min(place, len(new))
        new[place : place + (not inserts)] = [text] if text else []
    old_text, new_text = "".join(lines), "".join(new)
    found = changes(old_text, new_text)
    assert patched(lines, found) == new_text
    assert bool(found) == (old_text != new_text)


def patched(lines: list[str], hunks: str) -> str:
    """A unified diff applied, by its line numbers alone."""
    made, position = [], 0
    for line in hunks.split("\n")[:-1]:
        if line.startswith("@@"):
            start, _, length = line.split(" ")[1][1:].partition(",")
            begin = int(start) - (length != "0")
            made += lines[position:begin]
            position = begin
        elif line.startswith("+"):
            made.append(line[1:] + "\n")
        else:
            assert lines[position] == line[1:] + "\n"
            made += [lines[position]] if line.startswith(" ") else []
            position += 1
    return "".join(made + lines[position:])


def test_scattered_replacements_are_hunks_of_their_own() -> None:
    old = [f"line {number}\n" for number in range(200)]
    new = list(old)
    new[20], new[24], new[150] = "one\n", "two\n", "three\n"
    heads = [line for line in changes("".join(old), "".join(new)).split("\n") if line[:2] == "@@"]
    assert heads == ["@@ -18,11 +18,11 @@", "@@ -148,7 +148,7 @@"]


def test_git_takes_the_changes(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "patch").write_text(f"--- a/shop.py\n+++ b/shop.py\n{changes(SHOP, BEST)}")
    subprocess.run(["git", "apply", "patch"], cwd=tmp_path, check=True)
    assert (tmp_path / "shop.py").read_text() == BEST


def test_a_run_is_read_from_its_store(tmp_path: Path) -> None:
    with stored(tmp_path) as store:
        told = gather(store, store.find("last"))
    assert told.project == tmp_path
    assert [one.status for one in told.candidates] == ["ok", "ok", "error", "ok"]
    assert [one.leads for one in told.candidates] == [True, True, False, True]
    assert told.winner == 3
    assert told.path[0] == 0 and told.path[-1] == 3
    assert "-RATE = 2\n+RATE = 3" in told.patch
    assert told.candidates[1].step.startswith("=== shop.py\n@@ -2,4 +2,4 @@")
    assert told.failures() == [("error: KeyError: 'x'", 1)]
    assert told.command == "tracepy optimize shop.py --goal 1 --optimizer search --seed 0"
    assert told.slice is None


def test_a_run_without_a_winner_ends_where_it_began(tmp_path: Path) -> None:
    with stored(tmp_path, improved=False, best=0.5, new={}) as store:
        told = gather(store, store.find("last"))
    assert (told.winner, list(told.path), told.patch) == (0, [0], "")


def test_a_candidate_is_compared_with_what_it_was_made_of() -> None:
    path = "/p/shop.py"
    made: Any = [
        Row(0, 0.5, passed=1, cases=2),
        Row(1, 0.75, parent=0, sources={path: BETTER}, reason="\u202e", created=101.5),
        Row(2, 1.0, parent=1, sources={path: BEST}, passed=2, cases=2, reused="run x"),
        Row(3, 1.0, parent=7, sources={path: BEST}),  # of one that came later: nonsense
        Row(4, 0.9, parent=1, complete=False, sources={path: BEST}),
    ]
    found, left_out = candidates_of(made, run_of(), {path: SHOP}, PROJECT)
    assert left_out == 0
    assert [one.parent for one in found] == [None, 0, 1, 0, 1]
    assert "x * RATE" in found[1].step and not found[1].whole
    assert "+    return x * RATE" not in found[2].step and "+    return x * RATE" in found[2].whole
    assert [one.leads for one in found] == [True, True, True, False, False]
    assert (found[1].reason, found[1].created, found[2].reused) == ("⟨U+202E⟩", 1.5, "run x")
    assert path_to(found, 2) == [0, 1, 2]


def test_where_lower_is_better_the_lower_leads() -> None:
    made: Any = [Row(0, 3.0), Row(1, 4.0, parent=0), Row(2, 2.0, parent=0)]
    found, _ = candidates_of(made, run_of(minimize=True), {}, PROJECT)
    assert [one.leads for one in found] == [True, False, True]


def test_past_a_limit_only_the_best_have_their_diffs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracepy.report.candidates.DIFFS_LIMIT", 1)
    monkeypatch.setattr("tracepy.report.candidates.BEST", 2)
    path = "/p/shop.py"
    made: Any = [Row(0, 0.1)] + [
        Row(number, score, parent=parent, sources={path: f"{SHOP}# {number}\n"})
        for number, score, parent in [
            (1, 0.9, 0),
            (2, 0.2, 0),
            (3, None, 0),
            (4, 0.8, 2),
            (5, 0.3, 1),
        ]
    ]
    found, left_out = candidates_of(made, run_of(), {path: SHOP}, PROJECT)
    # The first has room; then 1 and 4 are the best, and 4 is made of 2.
    assert [bool(one.step) for one in found] == [False, True, True, False, True, False]
    assert left_out == 2


def test_the_command_that_was_typed_is_the_one_to_type() -> None:
    told = Run(
        "r",
        0.0,
        "my shop.py",
        "search",
        "pytest",
        {"evaluations": 5},
        "finished",
        environment={"argv": ["/usr/bin/tracepy", "optimize", "my shop.py"], "python": "3.11"},
    )
    assert command(told) == "tracepy optimize 'my shop.py'"
    assert environment(told) == {"python": "3.11"}
    plain = Run("r", 0.0, "my shop.py", "search", "x", {"evaluations": 5, "seed": 3}, "finished")
    assert (
        command(plain)
        == "tracepy optimize 'my shop.py' --evaluations 5 --seed 3 --optimizer search"
    )


def test_the_slice_is_lines_with_values() -> None:
    nodes = [
        Node(0, "assign", "/p/shop.py", 1, 1, "<module>", code="RATE = 2", names=("RATE",),
             value="2", parameter="shop:RATE", module="shop"),
        Node(1, "argument", "/p/shop.py", 4, 4, "total", names=("x",), value="\u202e7"),
        Node(2, "return", "/p/shop.py", 5, 5, "total", code="return x + RATE", value="9",
             inputs=[(0, "data"), (1, "data")]),
        Node(3, "assign", "/p/shop.py", 2, 2, "<module>", code="unused", names=("unused",)),
    ]  # fmt: skip
    graph = Graph({one.id: one for one in nodes}, [2])
    found = cut(graph.to_json(), {"/p/shop.py": SHOP}, {"/p/shop.py": BETTER}, PROJECT)
    assert found is not None
    lines = found.files["shop.py"]
    assert [(line.number, line.value, line.changed) for line in lines if line.number != 4] == [
        (1, "RATE = 2", False), (5, "→ 9", True),
    ]  # fmt: skip
    assert lines[0].parameter == "shop:RATE"
    assert lines[-1].near == 4
    assert "shop.py:5" in found.summary
    assert cut(None, {}, {}, PROJECT) is None
    assert cut("no graph", {}, {}, PROJECT) is None


def test_lines_that_a_diff_touches_are_known() -> None:
    assert changed_lines(SHOP, BEST) == {1, 5}
    assert changed_lines("a\nb\n", "a\nnew\nb\n") == {1}


def test_one_bad_score_does_not_flatten_the_rest() -> None:
    points = [(n, 1.0 + n / 100) for n in range(50)] + [(50, -1e300)]
    low, high = limits(points, [1.0, 1.49], minimize=False)
    assert 0.9 < low <= 1.0 and 1.49 <= high < 1.6
    assert limits([], [], minimize=False) == (0.0, 1.0)
    low, high = limits([(0, 5.0)], [5.0], minimize=True)
    assert low < 5.0 < high


def test_points_on_one_spot_are_drawn_once() -> None:
    assert len(thinned([(n, 0.5) for n in range(10_000)], (0.1, 100.0))) <= 501


def test_the_drawing_takes_the_colours_of_the_page() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    made = family(200)
    level = logging.getLogger("matplotlib").level
    plot = scores(made, [0, 1], minimize=False, size=(1080, 320), name="wide")
    assert logging.getLogger("matplotlib").level == level
    with matplotlib.rc_context({"axes.linewidth": 9, "svg.fonttype": "path"}):  # somebody's own
        again = scores(made, [0, 1], minimize=False, size=(1080, 320), name="wide")
    assert plot == again
    assert "style=" not in plot.svg and "<style" not in plot.svg and "#0101" not in plot.svg
    assert 'stroke="var(--accent)"' in plot.svg and "var(--failure)" in plot.svg
    other = scores(made, [0, 1], minimize=False, size=(390, 290), name="narrow").svg
    assert not set(ids(plot.svg)) & set(ids(other))


def ids(svg: str) -> list[str]:
    return [part.split('"')[0] for part in svg.split(' id="')[1:]]


def test_a_report_of_a_run_that_only_began_is_made() -> None:
    told = report([candidate(0, None, leads=False, status="timeout")], baseline=None, best=None,
                  status="interrupted")  # fmt: skip
    assert told.failures() == [("timeout", 1)]
