import pytest
import runs


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", []),
        ("a", [("a", 1)]),
        ("aab", [("a", 2), ("b", 1)]),
        ("abba", [("a", 1), ("b", 2), ("a", 1)]),
    ],
)
def test_encode(text, pairs):
    assert runs.encode(text) == pairs


@pytest.mark.parametrize("text", ["", "x", "hello", "aaabbb"])
def test_round_trip(text):
    assert runs.decode(runs.encode(text)) == text


@pytest.mark.parametrize(("text", "best"), [("aabbbc", "bbb"), ("zza", "zz"), ("", "")])
def test_longest(text, best):
    assert runs.longest(text) == best
