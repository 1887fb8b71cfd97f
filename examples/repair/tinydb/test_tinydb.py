"""Setting a key that the query cache already holds has to replace its value."""

from tinydb.utils import LRUCache


def test_setting_a_key_again_replaces_its_value():
    cache = LRUCache(capacity=3)
    cache["a"] = "old"
    cache["a"] = "new"
    assert cache["a"] == "new"


def test_replaced_values_stay_apart():
    cache = LRUCache(capacity=3)
    cache["a"] = 1
    cache["b"] = 2
    cache.set("a", ["x"])
    cache.set("b", ["y"])
    assert [cache.get("a"), cache.get("b")] == [["x"], ["y"]]


def test_setting_a_key_again_makes_it_the_most_recent():
    cache = LRUCache(capacity=2)
    cache["a"] = 1
    cache["b"] = 2
    cache["a"] = 3
    cache["c"] = 4
    assert cache.lru == ["a", "c"]


def test_reading_a_key_makes_it_the_most_recent():
    cache = LRUCache(capacity=2)
    cache["a"] = 1
    cache["b"] = 2
    assert cache.get("a") == 1
    cache["c"] = 3
    assert cache.lru == ["a", "c"]


def test_the_oldest_goes_when_the_cache_is_full():
    cache = LRUCache(capacity=2)
    for number, key in enumerate("abc"):
        cache[key] = number + 1
    assert cache.lru == ["b", "c"]
    assert cache.get("a") is None


def test_setting_a_key_again_does_not_evict_another():
    cache = LRUCache(capacity=2)
    cache["a"] = 1
    cache["b"] = 2
    cache["b"] = 3
    assert len(cache) == 2
    assert "a" in cache


def test_without_capacity_nothing_goes():
    cache = LRUCache(capacity=None)
    for number in range(50):
        cache[number] = number + 1
    assert len(cache) == 50


def test_order_follows_the_last_use():
    cache = LRUCache(capacity=3)
    for key in ("a", "b", "c", "a", "b"):
        cache[key] = key.upper()
    assert cache.lru == ["c", "a", "b"]


def test_a_key_that_is_set_again_outlives_the_next_one():
    cache = LRUCache(capacity=2)
    for key in ("a", "b", "a", "c"):
        cache[key] = key.upper()
    assert "a" in cache
    assert "b" not in cache
