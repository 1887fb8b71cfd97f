import pytest
import tree


def grown(*keys):
    root = None
    for key in keys:
        root = tree.insert(root, key)
    return root


@pytest.mark.parametrize("keys", [(), (1,), (2, 1, 3), (5, 4, 3, 8, 9)])
def test_walk_is_in_order(keys):
    assert tree.walk(grown(*keys)) == sorted(keys)


def test_a_key_once():
    assert tree.walk(grown(1, 2, 2, 1)) == [1, 2]


@pytest.mark.parametrize(("keys", "depth"), [((), 0), ((1,), 1), ((2, 1, 3), 2), ((1, 2, 3, 4), 4)])
def test_depth(keys, depth):
    assert tree.depth(grown(*keys)) == depth


@pytest.mark.parametrize(("low", "high", "count"), [(0, 9, 5), (4, 6, 2), (9, 9, 0), (1, 3, 2)])
def test_between(low, high, count):
    assert tree.between(grown(5, 2, 8, 6, 3), low, high) == count
