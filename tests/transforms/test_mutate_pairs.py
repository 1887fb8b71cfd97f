"""Where the fix stands among the edits of its statement, family by family, over the corpus of pairs."""

from __future__ import annotations

from collections import defaultdict
from statistics import median, median_low

import pytest

from tests.transforms.pairs import Pair, rank_of_fix, read_pairs

pytestmark = pytest.mark.slow
FAR = 10_000  # stands for a fix that is not among the edits


@pytest.fixture(scope="module")
def ranks() -> dict[str, tuple[Pair, int]]:
    return {pair.name: (pair, rank_of_fix(pair) or FAR) for pair in read_pairs()}


def test_the_corpus_is_large_and_varied() -> None:
    pairs = read_pairs()
    assert len(pairs) > 350
    assert len({pair.family for pair in pairs}) > 40
    assert len({pair.before for pair in pairs}) == len(pairs)


def test_nearly_all_fixes_are_in_the_repertoire(ranks: dict[str, tuple[Pair, int]]) -> None:
    missing = [name for name, (_, rank) in ranks.items() if rank == FAR]
    assert len(missing) <= 0.08 * len(ranks), missing


def test_fixes_come_early_where_the_statement_is_known(ranks: dict[str, tuple[Pair, int]]) -> None:
    found = [rank for _, rank in ranks.values()]
    assert median(found) <= 60
    assert sum(rank <= 100 for rank in found) >= 0.6 * len(found)
    assert sum(rank <= 400 for rank in found) >= 0.8 * len(found)


def test_no_family_comes_late(ranks: dict[str, tuple[Pair, int]]) -> None:
    families: defaultdict[str, list[int]] = defaultdict(list)
    for pair, rank in ranks.values():
        families[pair.family].append(rank)
    late = {
        family: sorted(found)
        for family, found in families.items()
        if len(found) >= 3 and median_low(found) > 600
    }
    assert not late
