import pytest
from prefixes import Prefixes

WORDS = ["car", "cart", "dog", "do"]


@pytest.mark.parametrize(
    ("word", "there"), [("car", True), ("ca", False), ("dogs", False), ("do", True), ("x", False)]
)
def test_contains(word, there):
    assert (word in Prefixes(WORDS)) == there


@pytest.mark.parametrize(
    ("prefix", "words"),
    [("ca", ["car", "cart"]), ("", ["car", "cart", "do", "dog"]), ("z", []), ("dog", ["dog"])],
)
def test_starting(prefix, words):
    assert Prefixes(WORDS).starting(prefix) == words


def test_size():
    tree = Prefixes(WORDS)
    tree.add("car")
    assert tree.size == 4
