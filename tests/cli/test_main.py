"""The command itself: help without imports, mistakes in one line, bugs in a file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

import tracepy.cli.main as cli_main
from tracepy.errors import BaselineError, ConflictError, UserError

HEAVY = ("rich", "sqlalchemy", "optuna", "pytest", "numpy", "tracepy.store", "tracepy.session")


def python(*args: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *args], capture_output=True, text=True, timeout=60, **options
    )  # type: ignore[call-overload,no-any-return]


def test_help_names_every_command_and_imports_none():
    script = (
        "import sys; from tracepy.cli.main import main; main(['--help']);"
        f"print([name for name in sys.modules if name.startswith({HEAVY!r})"
        " or name.startswith('tracepy.cli.')])"
    )
    *text, loaded = python("-c", script).stdout.splitlines()
    assert eval(loaded) in ([], ["tracepy.cli.main"])
    for name in cli_main.COMMANDS:
        assert any(line.startswith(f"  {name} ") for line in text)


@pytest.mark.parametrize("module", ["tracepy", "tracepy.cli.main"])
def test_it_runs_as_a_module(module):
    assert python("-m", module, "--version").stdout == f"tracepy {cli_main.tracepy.__version__}\n"


def test_a_near_miss_is_named(tracepy):
    ended = tracepy("optimise")
    assert ended.status == 2
    assert ended.err == (
        "tracepy: error: no such command: optimise; did you mean optimize?\nTry `tracepy --help`.\n"
    )


@pytest.mark.parametrize(
    "args", [("optimize",), ("optimize", "--nosuch", "x.py"), ("show", "a", "b"), ("--nosuch",)]
)
def test_a_wrong_command_line_is_status_2_and_no_traceback(tracepy, args):
    ended = tracepy(*args)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("tracepy: error: ")


def failing(error: BaseException) -> click.Command:
    @click.command("failing")
    def command() -> None:
        raise error

    return command


@pytest.fixture
def raising(monkeypatch, tracepy):
    def run(error: BaseException):
        monkeypatch.setattr("tracepy.cli.runs.command", failing(error))
        return tracepy("runs")

    return run


@pytest.mark.parametrize(
    ("error", "status"),
    [(UserError("no such file"), 2), (ConflictError("changed"), 2), (BaselineError("no"), 3)],
)
def test_a_mistake_is_one_line_and_its_status(raising, error, status):
    ended = raising(error)
    assert (ended.status, ended.out) == (status, "")
    assert ended.err == f"tracepy: error: {error}\n"


def test_an_interrupt_is_status_130(raising):
    ended = raising(KeyboardInterrupt())
    assert (ended.status, ended.err) == (130, "tracepy: interrupted\n")


def test_a_bug_leaves_its_traceback_in_a_file(raising, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ended = raising(ZeroDivisionError("of ours"))
    assert ended.status == 70
    [line] = ended.err.splitlines()
    assert "bug in tracepy (ZeroDivisionError: of ours)" in line
    text = Path(line.rpartition(" ")[2]).read_text()
    assert "Traceback (most recent call last)" in text
    assert "raise error" in text


def test_a_closed_pipe_is_quiet(project):
    script = "import sys; from tracepy.cli.main import main; sys.exit(main(['--help']))"
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=60) == cli_main.BROKEN_PIPE_STATUS
