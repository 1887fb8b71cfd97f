import fields
import pytest


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("a,b", ["a", "b"]),
        ("one", ["one"]),
        ("", [""]),
        ("a,,c", ["a", "", "c"]),
        ('"a,b",c', ["a,b", "c"]),
        ('"say ""hi""",x', ['say "hi"', "x"]),
        ("tail,", ["tail", ""]),
    ],
)
def test_split(line, parts):
    assert fields.split(line) == parts


def test_another_separator():
    assert fields.split("a;b,c", ";") == ["a", "b,c"]
