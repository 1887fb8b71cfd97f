import itertools

import pytest
import windows


@pytest.mark.parametrize(
    ("items", "size", "found"),
    [
        ([], 2, []),
        ([1, 2, 3, 4], 2, [[1, 2], [3, 4]]),
        ([1, 2, 3], 2, [[1, 2], [3]]),
        ([1], 5, [[1]]),
    ],
)
def test_chunks(items, size, found):
    assert list(windows.chunks(items, size)) == found


@pytest.mark.parametrize(
    ("items", "found"), [("abc", [("a", "b"), ("b", "c")]), ("a", []), ("", [])]
)
def test_pairs(items, found):
    assert list(windows.pairs(items)) == found


@pytest.mark.parametrize(
    ("numbers", "width", "found"),
    [([1, 3, 5], 2, [2, 4]), ([1, 2], 1, [1, 2]), ([1], 2, []), ([2, 4, 9, 5], 3, [5, 6])],
)
def test_averages(numbers, width, found):
    assert list(windows.averages(numbers, width)) == found


@pytest.mark.parametrize(("count", "found"), [(0, []), (2, [0, 1])])
def test_take(count, found):
    assert list(windows.take(itertools.count(), count)) == found
