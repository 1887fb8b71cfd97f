"""What `tracepy optimize` takes, shows, writes and returns, round a session that is given."""

from __future__ import annotations

import io
import json

import pytest

from tracepy.cli.live import LivePanel, PlainLines, seconds_left
from tracepy.errors import UserError
from tracepy.progress import Progress


def test_a_winner_is_shown_and_kept_not_written(tracepy, session, project, old):
    ended = tracepy("optimize", "shop.py", "--pytest", "test_shop.py")
    assert ended.status == 0
    assert "better: 0.5 -> 1, 1 -> 2 of 2 cases pass (5 evaluations, 10 s)" in ended.out
    assert "shop:LIMIT  10 -> 12" in ended.out
    assert "-    return x + RATE\n+    return x * RATE\n" in ended.out
    assert "tracepy apply last" in ended.out
    assert "\x1b" not in ended.out + ended.err
    assert (project / "shop.py").read_bytes() == old.encode()


def test_options_become_settings(tracepy, session):
    tracepy(
        "optimize", "shop.py", "--pytest", "-x", "--pytest", "test_shop.py", "--time", "2m",
        "--timeout", "500ms", "--memory-limit", "1GiB", "--goal", "0.9", "--train", "total",
        "--minimize", "--sandbox", "off", "--workers", "2", "--evaluations", "50",
    )  # fmt: skip
    settings = session.settings
    assert settings.pytest == ("-x", "test_shop.py")
    assert (settings.time, settings.timeout, settings.memory_limit) == (120.0, 0.5, 2**30)
    assert (settings.goal, settings.train, settings.minimize) == (0.9, ("total",), True)
    assert (settings.sandbox, settings.workers, settings.evaluations) == ("off", 2, 50)


def test_the_configuration_counts_and_the_command_line_wins(tracepy, session, project):
    (project / "pyproject.toml").write_text(
        '[tool.tracepy]\nevaluations = 7\nseed = 3\npatch = "out.patch"\n'
    )
    tracepy("optimize", "shop.py", "--seed", "4")
    assert (session.settings.evaluations, session.settings.seed) == (7, 4)
    assert (project / "out.patch").read_text().startswith("diff --git a/shop.py b/shop.py\n")


def test_json_is_one_object_and_nothing_else(tracepy, session):
    ended = tracepy("optimize", "shop.py", "--json")
    assert ended.err == ""
    found = json.loads(ended.out)
    assert found.pop("patch").startswith("diff --git")
    assert found.pop("run")
    assert found == {
        "target": "shop.py",
        "optimizer": "search",
        "baseline": 0.5,
        "best": 1.0,
        "improved": True,
        "confidence": None,
        "baseline_error": None,
        "best_error": None,
        "validation": None,
        "evaluations": 5,
        "seconds": 10.0,
        "llm": {"calls": 0, "prompt_tokens": 0, "completion_tokens": 0, "cost": 0.0},
        "parameters": [{"name": "shop:LIMIT", "kind": "number", "old": 10, "new": 12}],
        "fixes": [],
    }


def test_json_has_no_infinities(tracepy, session):
    session.scores = (float("-inf"), 2.0)
    assert json.loads(tracepy("optimize", "shop.py", "--json").out)["baseline"] is None


def test_quiet_prints_the_patch_that_git_takes(tracepy, session, project):
    ended = tracepy("optimize", "shop.py", "--quiet")
    assert ended.err == ""
    assert ended.out.startswith("diff --git a/shop.py b/shop.py\n--- a/shop.py\n")
    assert ended.out.endswith("+LIMIT = 12\n\\ No newline at end of file\n")


def test_nothing_better_is_status_1(tracepy, session, old):
    session.new = old
    ended = tracepy("optimize", "shop.py", "--quiet")
    assert ended.status == 1
    assert ended.out == "nothing better than 0.5, 1 of 2 cases pass found (5 evaluations, 10 s)\n"


def test_a_goal_that_is_met_already_is_status_0(tracepy, session, old):
    session.new, session.scores = old, (1.0, 1.0)
    ended = tracepy("optimize", "shop.py")
    assert ended.status == 0
    assert "nothing to do: the score is 1" in ended.out


def test_an_interrupted_run_shows_its_best_and_is_130(tracepy, session):
    session.status = "interrupted"
    ended = tracepy("optimize", "shop.py")
    assert ended.status == 130
    assert "interrupted: this is the best so far" in ended.out
    assert "+    return x * RATE" in ended.out


def test_an_interrupted_run_writes_no_file(tracepy, session, project, old):
    session.status = "interrupted"
    ended = tracepy("optimize", "shop.py", "--write", "--json")
    assert ended.status == 130
    assert json.loads(ended.out)["improved"] is True
    assert ended.err == "interrupted, so nothing was written to the files\n"
    assert (project / "shop.py").read_bytes() == old.encode()


def test_write_changes_the_file_and_can_be_reverted(tracepy, session, project, old, new):
    ended = tracepy("optimize", "shop.py", "--write")
    assert ended.status == 0
    assert "wrote shop.py\n" in ended.out
    assert "tracepy revert last" in ended.out
    assert (project / "shop.py").read_bytes() == new.encode()
    assert tracepy("revert").status == 0
    assert (project / "shop.py").read_bytes() == old.encode()


def test_a_file_that_changed_meanwhile_is_left_alone(tracepy, session, project):
    session.meanwhile = lambda file: file.write_text("mine = 1\n")
    ended = tracepy("optimize", "shop.py", "--write")
    assert ended.status == 2
    assert "changed on disk" in ended.err
    assert "The patch is kept: tracepy diff" in ended.err
    assert (project / "shop.py").read_text() == "mine = 1\n"
    assert "+    return x * RATE" in tracepy("diff", "last").out


def test_a_read_only_file_is_left_alone(tracepy, session, project, old):
    (project / "shop.py").chmod(0o444)
    ended = tracepy("optimize", "shop.py", "--write")
    assert (ended.status, "read-only" in ended.err) == (2, True)
    assert (project / "shop.py").read_bytes() == old.encode()


def test_a_patch_that_cannot_be_written_is_said_before_the_run(tracepy, session):
    ended = tracepy("optimize", "shop.py", "--patch", "nosuch/out.patch")
    assert (ended.status, session.settings) == (2, None)
    assert "nosuch/out.patch" in ended.err


@pytest.mark.parametrize(
    "args", [("--json", "--quiet"), ("--review",), ("--minimize", "--maximize"), ("--time", "soon")]
)
def test_options_that_cannot_be(tracepy, session, args):
    ended = tracepy("optimize", "shop.py", *args)
    assert (ended.status, session.settings) == (2, None)


def test_piped_progress_is_a_line_now_and_then(tracepy, session):
    lines = tracepy("optimize", "shop.py").err.splitlines()
    assert lines[0] == ("  2.0 s  1 of 5 evaluations  score 0.5, nothing better yet  trying line 6")
    assert any("best 1, was 0.5" in line for line in lines)


def test_plain_lines_are_seconds_apart():
    lines: list[str] = []
    plain = PlainLines(lines.append, interval=5.0)
    for step in range(1000):
        plain.update(Progress("search", step, None, 0.5, 0.5, "", step * 0.01, None))
    assert len(lines) == 2


def progress(**values: object) -> Progress:
    usual: dict[str, object] = {
        "phase": "search", "evaluations": 40, "budget": 100, "baseline": 0.5, "best": 0.75,
        "trying": "total: + -> *", "seconds": 4.0, "time_budget": None,
    }  # fmt: skip
    return Progress(**{**usual, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "rate", "left"),
    [
        ({}, 10.0, 6.0),
        ({"budget": None, "time_budget": 60.0}, 10.0, 56.0),
        ({"time_budget": 5.0}, 10.0, 1.0),
        ({"budget": None}, 10.0, None),
        ({}, None, None),
    ],
)
def test_the_time_left_is_that_of_the_budget_that_ends_first(given, rate, left):
    assert seconds_left(progress(**given), rate) == left


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_the_live_panel_fits_its_terminal(width):
    from rich.console import Console

    now = [0.0]
    panel = LivePanel("tracepy optimize shop.py", clock=lambda: now[0])
    panel.update(progress(evaluations=0, seconds=0.0))
    panel.update(progress())
    out = io.StringIO()
    Console(file=out, width=width, color_system=None).print(panel)
    lines = out.getvalue().splitlines()
    assert len(lines) == 4
    assert all(len(line) <= width for line in lines)
    if width >= 80:
        assert "40/100 evaluations 10/s 6.0 s left" in lines[1]
        assert "best 0.75, was 0.5" in lines[2]
        assert "search: total: + -> *" in lines[3]


def test_who_waits_for_a_model_sees_for_how_long_and_at_what_cost():
    from rich.console import Console

    def last() -> str:
        out = io.StringIO()
        Console(file=out, width=80, color_system=None).print(panel)
        return out.getvalue().splitlines()[-1].strip()

    now = [0.0]
    panel = LivePanel("tracepy optimize shop.py", clock=lambda: now[0])
    panel.update(progress(trying="", asking="openai/gpt-4o"))
    now[0] = 12.2
    assert last() == "asking openai/gpt-4o: 12 s"
    panel.update(progress(trying="", asking="openai/gpt-4o", paid="$0.03"))
    now[0] = 135.2 + 12.2
    assert last() == "asking openai/gpt-4o: 2 min 15 s, $0.03 so far"
    panel.update(
        progress(trying="", asking="m", paid="$0.03", waiting="it is asked again in 20 s (busy)")
    )
    now[0] += 3.0
    assert last() == "waiting for m, it is asked again in 20 s (busy): 3 s, $0.03 so far"
    panel.update(progress())
    assert last() == "search: total: + -> *"
    lines: list[str] = []
    PlainLines(lines.append).update(progress(asking="openai/gpt-4o", paid="$0.03"))
    assert lines[0].endswith("  asking openai/gpt-4o: $0.03 so far")


def test_what_the_session_says_is_wrong_is_one_line(tracepy, session):
    session.fails = UserError("no objective found for shop.py")
    ended = tracepy("optimize", "shop.py")
    assert (ended.status, ended.err) == (2, "tracepy: error: no objective found for shop.py\n")


def test_a_run_elsewhere_names_its_project(tracepy, session, project, monkeypatch, new):
    session.project = project
    monkeypatch.chdir(project.parent)
    ended = tracepy("optimize", "project/shop.py")
    [line] = [line for line in ended.out.splitlines() if "tracepy apply" in line]
    arguments = line.split("write it")[0].split()[1:]
    assert arguments[-2:] == ["--project", "project"]
    assert tracepy(*arguments).status == 0
    assert (project / "shop.py").read_bytes() == new.encode()
