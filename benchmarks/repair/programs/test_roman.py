import pytest
import roman


@pytest.mark.parametrize(
    ("text", "number"),
    [("III", 3), ("IX", 9), ("XL", 40), ("MCMXCIV", 1994), ("DCC", 700), ("", 0)],
)
def test_read(text, number):
    assert roman.read(text) == number


@pytest.mark.parametrize(("number", "text"), [(3, "III"), (49, "XLIX"), (2024, "MMXXIV")])
def test_write(number, text):
    assert roman.write(number) == text


def test_nothing_has_no_numeral():
    with pytest.raises(ValueError):
        roman.write(0)
