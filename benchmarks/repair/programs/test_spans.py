import pytest
import spans


@pytest.mark.parametrize(
    ("given", "merged"),
    [
        ([], []),
        ([(1, 2)], [(1, 2)]),
        ([(3, 5), (1, 2)], [(1, 2), (3, 5)]),
        ([(1, 4), (2, 3)], [(1, 4)]),
        ([(1, 2), (2, 6)], [(1, 6)]),
    ],
)
def test_merge(given, merged):
    assert spans.merge(given) == merged


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([], [(0, 10)]),
        ([(2, 4)], [(0, 2), (4, 10)]),
        ([(0, 10)], []),
        ([(1, 8), (2, 3)], [(0, 1), (8, 10)]),
    ],
)
def test_gaps(given, found):
    assert spans.gaps(given, 0, 10) == found


def test_covered():
    assert spans.covered([(1, 3), (2, 5), (7, 8)]) == 5
