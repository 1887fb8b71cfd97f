import pytest
import tokens


def test_tokenize():
    assert tokens.tokenize("12 + (3*4)") == [12, "+", "(", 3, "*", 4, ")"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("1+2", 3),
        ("7-2-1", 4),
        ("2*3+4", 10),
        ("2+3*4", 14),
        ("(2+3)*4", 20),
        ("-3+5", 2),
        ("2*(1+1)-1", 3),
        ("2*3*4", 24),
    ],
)
def test_evaluate(text, value):
    assert tokens.evaluate(text) == value


def test_what_is_left_over():
    with pytest.raises(ValueError):
        tokens.evaluate("1 2")
