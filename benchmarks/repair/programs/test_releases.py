import pytest
from releases import Final, Release, newest


@pytest.mark.parametrize("text", ["1.2.3", "10.0", "2.0-rc1"])
def test_round_trip(text):
    assert str(Release.parse(text)) == text


def test_a_v_in_front():
    assert str(Release.parse(" v1.2")) == "1.2"


@pytest.mark.parametrize(
    ("one", "other"), [("1.2", "1.10"), ("2.0-rc1", "2.0"), ("2.0-a", "2.0-b")]
)
def test_order(one, other):
    assert Release.parse(one) < Release.parse(other)


@pytest.mark.parametrize(("level", "text"), [(0, "2.0.0"), (1, "1.3.0"), (2, "1.2.4")])
def test_bumped(level, text):
    assert str(Release.parse("1.2.3").bumped(level)) == text


def test_bumped_keeps_the_class():
    assert type(Final([1, 0]).bumped(0)) is Final


def test_newest():
    assert newest(["1.9", "1.10", "2.0-rc1"]) == "2.0-rc1"
    assert newest(["1.9", "1.10", "2.0-rc1"], final=True) == "1.10"


def test_newest_of_nothing():
    assert newest([]) is None
