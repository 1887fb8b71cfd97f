import pytest
from vector import Point, Vector


def test_equal():
    assert Vector(1, 2) == Vector(1, 2)
    assert Vector(1, 2) != Vector(2, 1)


def test_not_equal_to_something_else():
    assert Vector(1) != 1


def test_add():
    assert Vector(1, 2) + Vector(3, 4) == Vector(4, 6)


def test_add_of_different_lengths():
    with pytest.raises(ValueError):
        Vector(1, 2) + Vector(3)


def test_mul():
    assert Vector(1, 2) * 3 == Vector(3, 6)


def test_a_point_stays_a_point():
    assert type(Point(1, 2) * 2) is Point
    assert type(Point(1, 2) + Point(1, 1)) is Point


def test_length():
    assert Vector(3, 4).length() == 5


def test_name():
    assert Point(1, 2).name() == "1/2"
