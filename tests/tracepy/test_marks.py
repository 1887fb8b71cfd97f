"""Explicit marks: they change nothing at run time."""

import tracepy


def test_train_returns_the_function_itself():
    def f():
        return 1

    assert tracepy.train(f) is f


def test_param_returns_its_value_itself():
    value = [1, 2]
    assert tracepy.param(value, low=0, high=9, words="small", name="sizes") is value
