"""Ways round what is frozen or constrained, in a new function: what is seen, what is let through."""

import pytest

from tests.tracepy.test_answers_applying import SHOP, applied

HEAD = "def plain(x):\n    "


@pytest.mark.parametrize(
    "line",
    [
        "global LIMIT\n    LIMIT = 9",
        "import shop\n    shop.LIMIT = 9",
        "import shop\n    setattr(shop, 'LIMIT', 9)",
        "import shop\n    object.__setattr__(shop, 'LIMIT', 9)",
        "globals()['LIMIT'] = 9",
        "globals()['LIMIT'] += 9",
        "globals().update(LIMIT=9)",
        "globals().update({'LIMIT': 9})",
        "del globals()['LIMIT']",
        "globals().__setitem__('LIMIT', 9)",
        "for LIMIT in (9,): pass",
        "(LIMIT := 9)",
        "from other import LIMIT",
        "again = lambda LIMIT=9: LIMIT",
        "LIMIT.append(1)",
        "LIMIT[0] = 1",
    ],
)
def test_a_frozen_name_is_not_bound_anew(line):
    result, text = applied({"plain": f"{HEAD}{line}\n    return x"})
    assert [("`LIMIT` is frozen" in problem) for problem in result.problems] == [True]
    assert text == SHOP


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("RATE", "global RATE\n    RATE = 2"),
        ("SIZE", "globals()['SIZE'] = 20"),
        ("PROMPT", "import shop\n    shop.PROMPT = 'one two three four five six'"),
        ("weights", "Cart.weights[0] = 2"),
        ("weights", "Cart.weights.append(3)"),
    ],
)
def test_a_constraint_is_not_gone_round(name, line):
    result, text = applied({"plain": f"{HEAD}{line}\n    return x"})
    assert [(f"`{name}` has a constraint" in problem) for problem in result.problems] == [True]
    assert text == SHOP


@pytest.mark.parametrize(
    "line",
    [
        "step = base = 40  # locals of another function",
        "x.append(LIMIT)",
        "x[LIMIT] = RATE",
        "x = LIMIT == 3",
        "PAIRS = [(1, 2.0)]  # free to become anything",
        "names = {'LIMIT': 3}",
        "x['LIMIT'] = x.pop('RATE')",
    ],
)
def test_other_names_are_free(line):
    result, _ = applied({"plain": f"{HEAD}{line}\n    return x"})
    assert result.problems == ()


def test_a_literal_is_not_bound_again_further_down():
    source = (
        "def total(items, tax=0.1, *, extra=None):\n"
        "    step = 2\n    base = 7\n    step = 40\n    return step * base\n"
    )
    result, text = applied({"total": source})
    assert "`step` has a constraint" in result.problems[0]
    assert text == SHOP


def test_what_was_bound_before_may_be_so_still():
    old = SHOP.replace(
        "def plain(x): return x  # tracepy: train",
        "def plain(x):  # tracepy: train\n    LIMIT = 4\n    return LIMIT + x\n",
    )
    result, _ = applied({"plain": f"{HEAD}LIMIT = 5\n    return LIMIT"}, text=old)
    assert result.problems == ()
    result, _ = applied({"plain": f"{HEAD}LIMIT = 5\n    LIMIT = 6\n    return LIMIT"}, text=old)
    assert "`LIMIT` is frozen" in result.problems[0]
