from recent import Recent


def filled():
    cache = Recent(2)
    cache.put("a", 1)
    cache.put("b", 2)
    return cache


def test_holds_what_was_put():
    cache = filled()
    assert cache.get("a") == 1
    assert cache.get("b") == 2


def test_a_default():
    assert filled().get("c", 7) == 7


def test_forgets_the_oldest():
    cache = filled()
    cache.put("c", 3)
    assert list(cache.items) == ["b", "c"]


def test_use_keeps_alive():
    cache = filled()
    cache.get("a")
    cache.put("c", 3)
    assert list(cache.items) == ["a", "c"]


def test_a_key_put_again_is_new():
    cache = filled()
    cache.put("a", 9)
    assert list(cache.items.items()) == [("b", 2), ("a", 9)]


def test_rate():
    cache = filled()
    cache.get("a")
    cache.get("x")
    cache.get("y")
    cache.get("z")
    assert cache.rate() == 0.25


def test_rate_of_an_unused_cache():
    assert Recent(1).rate() == 0.0
