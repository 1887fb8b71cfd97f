"""How numbers, times and diffs look."""

from __future__ import annotations

import io

import pytest

from tracepy.cli import screen


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"),
        (1.0, "1"),
        (-3.0, "-3"),
        (0.123456, "0.1235"),
        (1234567.8, "1.235e+06"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_scores(value, text):
    assert screen.score(value) == text


def test_two_scores_that_differ_look_different():
    assert screen.two_scores(0.1234561, 0.1234562) == ("0.1234561", "0.1234562")
    assert screen.two_scores(0.5, 0.5) == ("0.5", "0.5")
    assert screen.two_scores(None, 1.0) == ("none", "1")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (99.4, "99 s"),
        (99.6, "1 min 40 s"),
        (3599.9, "1 h 00 min"),
        (3661, "1 h 01 min"),
    ],
)
def test_durations(seconds, text):
    assert screen.duration(seconds) == text


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


DIFF = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\r\n+b\n"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colour_is_left_out_where_it_is_not_wanted(monkeypatch, name, value):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stdout", terminal := Terminal())
    screen.show_diff(DIFF)
    assert "\x1b[32m+b\x1b[0m" in terminal.getvalue()
    assert "\x1b[31m-a\x1b[0m\r\n" in terminal.getvalue()

    monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout", plain := Terminal())
    screen.show_diff(DIFF)
    assert plain.getvalue() == DIFF


def test_text_that_the_terminal_lacks_is_escaped(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
    screen.say("prix: 5 €")
    assert raw.getvalue() == b"prix: 5 \\u20ac\n"
