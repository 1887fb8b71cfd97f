import pytest
from ring import Ring


def of(size, *items):
    ring = Ring(size)
    for item in items:
        ring.push(item)
    return ring


@pytest.mark.parametrize(
    ("items", "left"), [((), []), ((1,), [1]), ((1, 2, 3), [1, 2, 3]), ((1, 2, 3, 4, 5), [3, 4, 5])]
)
def test_keeps_the_newest(items, left):
    assert list(of(3, *items)) == left


def test_pop_takes_the_oldest():
    ring = of(3, 1, 2, 3, 4)
    assert [ring.pop(), ring.pop()] == [2, 3]
    assert list(ring) == [4]


def test_push_after_pop():
    ring = of(2, 1, 2, 3)
    ring.pop()
    ring.push(4)
    assert list(ring) == [3, 4]


def test_pop_of_nothing():
    with pytest.raises(IndexError):
        of(2).pop()
