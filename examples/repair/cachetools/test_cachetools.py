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
    cache[1] = "one"
    cache[2] = "two"
    cache[4] = "four"
    assert sorted(cache) == [2, 4]


def test_popitem_after_a_miss_returns_a_stored_item():
    cache = Squares(maxsize=2)
    assert cache[3] == 9
    cache[1] = "one"
    assert cache.popitem() == (1, "one")


def test_reading_an_item_makes_it_the_most_recent():
    cache = LRUCache(maxsize=2)
    cache[1] = "one"
    cache[2] = "two"
    assert cache[1] == "one"
    cache[3] = "three"
    assert sorted(cache) == [1, 3]


def test_writing_an_item_again_makes_it_the_most_recent():
    cache = LRUCache(maxsize=2)
    cache[1] = "one"
    cache[2] = "two"
    cache[1] = "uno"
    cache[3] = "three"
    assert sorted(cache) == [1, 3]
    assert cache[1] == "uno"


def test_without_missing_an_absent_key_is_an_error():
    cache = LRUCache(maxsize=2)
    with pytest.raises(KeyError):
        cache[1]
    cache[2] = "two"
    assert cache.popitem() == (2, "two")
