import makers
import pytest


def test_counter():
    count = makers.counter()
    assert [count(), count(), count()] == [0, 1, 2]


def test_counter_with_steps():
    count = makers.counter(10, 5)
    assert [count(), count()] == [10, 15]


def test_memoized():
    calls = []
    square = makers.memoized(lambda number: calls.append(number) or number * number)
    assert [square(3), square(3), square(4)] == [9, 9, 16]
    assert calls == [3, 4]


def test_composed():
    assert makers.composed(lambda x: x + 1, lambda x: x * 2)(5) == 11


def test_composed_of_nothing():
    assert makers.composed()(5) == 5


def test_adders():
    assert [add(10) for add in makers.adders([1, 2])] == [11, 12]


def test_retried():
    answers = ["x", "2"]
    assert makers.retried(lambda: int(answers.pop(0)), 2)() == 2


def test_retried_too_often():
    with pytest.raises(ValueError):
        makers.retried(int, 2)("x")
