import durations
import pytest


@pytest.mark.parametrize(
    ("text", "seconds"), [("5s", 5), ("2m", 120), ("1h30m", 5400), ("1d 2s", 86402), ("", 0)]
)
def test_parse(text, seconds):
    assert durations.parse(text) == seconds


@pytest.mark.parametrize("text", ["h", "5x", "12"])
def test_what_is_no_duration(text):
    with pytest.raises(ValueError):
        durations.parse(text)


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (1, "1s"), (61, "1m1s"), (90000, "1d1h")])
def test_show(seconds, text):
    assert durations.show(seconds) == text
