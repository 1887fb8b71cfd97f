"""A cache whose `__missing__` does not store the item must not remember the key."""

import pytest
from cachetools import LRUCache


class Squares(LRUCache):
    """Computes what is missing and leaves it to the caller to store it."""

    def __missing__(self, key):
        return key * key


def test_missing_item_is_computed_and_not_stored():
    cache = Squares(maxsize=2)
    assert cache[3] == 9
    assert 3 not in cache
    assert len(cache) == 0


def test_cache_can_be_filled_after_a_miss():
    cache = Squares(maxsize=2)
    assert cache[3] == 9
    cache[5] = "five"
    cache[6] = "six"
    cache[8] = "eight"
    assert sorted(cache) == [6, 8]


def test_popitem_after_a_miss_returns_a_stored_item():
    cache = Squares(maxsize=2)
    assert cache[3] == 9
    cache[5] = "five"
    assert cache.popitem() == (5, "five")


def test_reading_an_item_makes_it_the_most_recent():
    cache = LRUCache(maxsize=2)
    cache[5] = "five"
    cache[6] = "six"
    assert cache[5] == "five"
    cache[7] = "seven"
    assert sorted(cache) == [5, 7]


def test_writing_an_item_again_makes_it_the_most_recent():
    cache = LRUCache(maxsize=2)
    cache[5] = "five"
    cache[6] = "six"
    cache[5] = "cinco"
    cache[7] = "seven"
    assert sorted(cache) == [5, 7]
    assert cache[5] == "cinco"


def test_without_missing_an_absent_key_is_an_error():
    cache = LRUCache(maxsize=2)
    with pytest.raises(KeyError):
        cache[5]
    cache[6] = "six"
    assert cache.popitem() == (6, "six")
