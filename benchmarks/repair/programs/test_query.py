import pytest
import query


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("?a=1", {"a": ["1"]}),
        ("a=1&a=2&b=", {"a": ["1", "2"], "b": [""]}),
        ("q=one+two&", {"q": ["one two"]}),
    ],
)
def test_parse(text, values):
    assert query.parse(text) == values


@pytest.mark.parametrize(
    ("values", "text"), [({}, ""), ({"b": ["x y"], "a": ["1", "2"]}, "a=1&a=2&b=x+y")]
)
def test_build(values, text):
    assert query.build(values) == text


def test_first():
    assert query.first({"a": ["1", "2"]}, "a") == "1"


def test_first_of_nothing():
    assert query.first({"a": []}, "a", "0") == "0"


def test_merged():
    assert query.merged({"a": ["1"]}, {"a": ["2"], "b": ["3"]}) == {"a": ["1", "2"], "b": ["3"]}


def test_merged_leaves_its_arguments_alone():
    one = {"a": ["1"]}
    query.merged(one, {"a": ["2"]})
    assert one == {"a": ["1"]}
