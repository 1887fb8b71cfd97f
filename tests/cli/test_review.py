"""`review`: the letters of `git add -p`, and a verdict on what was taken before it is written."""

from __future__ import annotations

import json

import pytest

from tracepy.cli.choosing import review
from tracepy.evaluation.records import Evaluation
from tracepy.store import Store

RATE = ("x + RATE", "x * RATE")
LIMIT = ("LIMIT = 10", "LIMIT = 12")


@pytest.fixture
def run(tracepy, session, project):
    """The id of a finished run of two hunks: RATE and LIMIT, 0.5 -> 1."""
    return json.loads(tracepy("optimize", "shop.py", "--json").out)["run"]


@pytest.fixture
def verdict(monkeypatch):
    """What judging again says; how often it was asked, and about what."""

    class Verdict:
        says = Evaluation("ok", 0.75)
        asked: list[dict[str, bytes]] = []  # noqa: RUF012

        def __call__(self, run, new):
            self.asked.append(dict(new))
            return self.says

    verdict = Verdict()
    verdict.asked = []
    monkeypatch.setattr("tracepy.rejudge.rejudge", verdict)
    return verdict


@pytest.fixture
def reviewed(run, verdict, project):
    """Answers given in turn; whether anything was written."""

    def answer(answers, edits=(), confirm=None):
        asked, saved = iter(answers), iter(edits)

        def ask(question, letters):
            letter = next(asked)
            assert letter in letters
            return letter

        with Store.open(project) as store:
            written = review(
                store, store.find("last"), project,
                ask=ask, edit=lambda text: _saved(next(saved), text), confirm=confirm,
            )  # fmt: skip
        assert next(asked, None) is None
        return written

    return answer


def _saved(edit, text):
    return edit(text) if callable(edit) else edit


def made(old, *taken):
    for before, after in taken:
        old = old.replace(before, after)
    return old.encode()


@pytest.mark.parametrize(
    ("answers", "taken"),
    [
        ("yy", [RATE, LIMIT]),
        ("a", [RATE, LIMIT]),
        ("yn", [RATE]),
        ("yd", [RATE]),
        ("ny", [LIMIT]),
        ("nn", []),
        ("d", []),
        ("q", []),
        ("yq", [RATE]),  # as git does it: what was taken stays taken
        ("jyn", [LIMIT]),  # the one that was passed over is asked for again
        ("ykyn", [RATE]),  # back to a decided one
        ("ykny", [LIMIT]),
        ("?yy", [RATE, LIMIT]),
    ],
)
def test_the_hunks_that_are_taken_are_written(
    reviewed, tracepy, verdict, project, old, answers, taken
):
    assert reviewed(answers) == bool(taken)
    file = project / "shop.py"
    assert file.read_bytes() == made(old, *taken)
    assert verdict.asked == ([{str(file): made(old, *taken)}] if len(taken) == 1 else [])
    if taken:
        assert tracepy("revert").status == 0
        assert file.read_bytes() == old.encode()


def test_the_score_of_a_part_stands_beside_the_others(reviewed, capsys):
    assert reviewed("yn")
    assert "score 0.75 (baseline 0.5, best 1)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("says", "shown"),
    [
        (Evaluation("ok", 0.25), "worse than the program as it stood"),
        (Evaluation("error", None, "KeyError: 'x'"), "no score: error: KeyError: 'x'"),
        (Evaluation("timeout", None), "no score: timeout"),
    ],
)
@pytest.mark.parametrize("sure", [True, False])
def test_a_part_that_is_worse_is_written_only_if_confirmed(
    reviewed, verdict, project, old, capsys, says, shown, sure
):
    verdict.says = says
    assert reviewed("yn", confirm=lambda question: sure) is sure
    assert shown in capsys.readouterr().out
    assert (project / "shop.py").read_bytes() == made(old, *([RATE] if sure else []))


def test_lower_is_better_where_the_run_minimized(tracepy, session, verdict, reviewed, capsys):
    session.scores = (3.0, 1.0)
    tracepy("optimize", "shop.py", "--minimize")
    verdict.says = Evaluation("ok", 4.0)
    assert not reviewed("yn", confirm=lambda question: False)
    verdict.says = Evaluation("ok", 2.0)
    assert reviewed("yn")


def test_an_edited_hunk_is_judged_and_written(reviewed, verdict, project, old):
    def with_line(text):
        return text.replace("+    return x * RATE", "+    y = x * RATE\n+    return y")

    assert reviewed("en", edits=[with_line])
    # The first line of the file ends in \r\n, so that is how lines are added.
    wanted = old.replace("    return x + RATE\n", "    y = x * RATE\r\n    return y\r\n").encode()
    assert (project / "shop.py").read_bytes() == wanted
    assert list(verdict.asked[0].values()) == [wanted]


def test_an_edit_that_does_not_apply_is_told_and_tried_again(
    reviewed, project, old, monkeypatch, capsys
):
    monkeypatch.setattr("click.confirm", lambda *_, **__: True)
    assert reviewed("ne", edits=[" no\n-such line\n", " \n-LIMIT = 10\n+LIMIT = 11\n"])
    assert "does not apply: its kept and removed lines" in capsys.readouterr().out
    assert (project / "shop.py").read_bytes() == made(old, ("LIMIT = 10", "LIMIT = 11"))


def test_an_edit_that_is_not_saved_or_empty_leaves_the_hunk_to_be_decided(reviewed, project, old):
    assert reviewed("eeny", edits=[None, "# nothing\n"])
    assert (project / "shop.py").read_bytes() == made(old, LIMIT)


def test_a_hunk_is_split_where_lines_lie_between(tracepy, session, reviewed, project, old):
    session.new = old.replace("RATE = 2", "RATE = 3").replace(*RATE)
    tracepy("optimize", "shop.py")
    assert reviewed("sny")
    assert (project / "shop.py").read_bytes() == made(old, RATE)


def test_a_file_that_changed_elsewhere_is_merged_and_judged_so(reviewed, verdict, project, old):
    file = project / "shop.py"
    file.write_bytes(old.encode().replace(b"# prices", b"# my prices"))
    assert reviewed("yn")
    wanted = made(old, RATE).replace(b"# prices", b"# my prices")
    assert file.read_bytes() == wanted == verdict.asked[0][str(file)]


def test_review_as_part_of_optimize_says_what_it_needs(tracepy, session):
    ended = tracepy("optimize", "shop.py", "--review")
    assert (ended.status, "--review needs a terminal" in ended.err) == (2, True)
