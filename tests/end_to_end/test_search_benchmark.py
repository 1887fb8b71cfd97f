"""The corpus of the search benchmark: draws, halves of tests, a module under another name."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.search.corpus import bugs, changed_lines, listed
from benchmarks.search.drawing import draws
from benchmarks.search.history import undone
from benchmarks.search.positions import replaced
from benchmarks.search.splitting import held_out, without
from benchmarks.search.standard import adapted
from benchmarks.search.subjects import Subject, Unavailable

MODULE = '''\
"""Prices."""

RATE = 7


def total(prices, discount=0, rounded=True):
    if not prices and not discount:
        return 0
    whole = sum(prices) - discount
    if rounded and whole > 0:
        whole = round(whole * (100 + RATE) / 100, 2)
    return max(whole, 0)


def listing(names, prices):
    found = []
    for name, price in zip(names, prices):
        found.append(f"{name.strip()}: {price}")
    return sorted(found, key=len)
'''
TESTS = """\
import shop


def test_nothing():
    assert shop.total([]) == 0


def test_rounded():
    assert shop.total([10, 20]) == 32.1


def test_not_rounded():
    assert shop.total([10, 20], rounded=False) == 30


def test_discount():
    assert shop.total([10, 20], discount=10) == 21.4
    assert shop.total([1], discount=10) == 0


def test_listing():
    assert shop.listing([" pear", "fig"], [3, 4]) == ["fig: 4", "pear: 3"]
"""
SHOP = Subject(
    "shop", "ours", {"shop.py": MODULE, "test_shop.py": TESTS}, "shop.py", ("test_shop.py",)
)


def test_a_draw_is_the_module_with_another_statement():
    drawn = list(islice(draws("shop", MODULE, 1), 60))
    assert len({draw.text for draw in drawn}) == 60
    assert len({draw.pattern for draw in drawn}) > 8
    for draw in drawn:
        assert ast.dump(ast.parse(draw.text)) != ast.dump(ast.parse(MODULE))
        assert 1 <= draw.line <= len(MODULE.splitlines())


def test_the_seed_makes_the_same_draws_in_every_process():
    code = (
        "import sys; from itertools import islice; from benchmarks.search.drawing import draws;"
        "print([draw.digest for draw in islice(draws('shop', sys.stdin.read(), 5), 30)])"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code], input=MODULE, capture_output=True, text=True, check=True,
            cwd=Path(__file__).parents[2], env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert said[0] == said[1]
    assert said[0] != str([draw.digest for draw in islice(draws("shop", MODULE, 6), 30)])


def test_what_the_tests_tell_is_kept_and_drawn_again():
    entry = listed(SHOP, seed=1, count=3)
    assert len(entry["bugs"]) == 3
    for bug in bugs(SHOP, 1, entry):
        assert bug.wrong != MODULE
        assert all(1 <= line <= len(bug.wrong.splitlines()) for line in bug.lines)
        guiding, judging = bug.given["test_shop.py"], bug.judging.get("test_shop.py", "")
        assert ("def test_listing" in guiding) + ("def test_listing" in judging) == 1
    with pytest.raises(Unavailable, match="not the version"):
        list(bugs(SHOP, 1, {**entry, "digest": "another"}))


def test_a_test_is_in_one_half_and_lines_stay_where_they_were():
    guiding, judging = without(TESTS, held_out), without(TESTS, lambda name: not held_out(name))
    assert guiding.count("def test") + judging.count("def test") == TESTS.count("def test") == 5
    assert guiding.count("\n") == judging.count("\n") == TESTS.count("\n")


def test_a_test_that_is_used_elsewhere_stays():
    text = "class Base:\n    def test_one(self):\n        pass\n\n    test_two = test_one\n"
    assert without(text, lambda name: True) == text


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("import html.parser\n", "import own\n"),
        ("from html.parser import HTMLParser\n", "from own import HTMLParser\n"),
        ("from html import parser, escape\n", "import own as parser; from html import escape\n"),
        ("x = html.parser.HTMLParser()\n", "x = own.HTMLParser()\n"),
        ("import html.parser as p, os\n", "import own as p, os\n"),
    ],
)
def test_tests_import_the_copy(text: str, after: str):
    assert adapted(text, "html.parser", "own") == after


def test_a_name_without_dots_stays_what_tests_call_the_copy():
    assert adapted("import copy\nx.copy()\n", "copy", "own") == "import own as copy\nx.copy()\n"


def test_blocks_of_a_release_are_undone_one_by_one():
    right, wrong = "a = 1\nb = 2\nc = 3\nd = 4\n", "a = 0\nb = 2\nc = 3\n"
    blocks = undone(right, wrong)
    assert len(blocks) == 2
    assert replaced(right, blocks) == wrong
    assert replaced(right, blocks[:1]) == "a = 0\nb = 2\nc = 3\nd = 4\n"
    assert changed_lines("a = 0\nb = 2\nc = 3\nd = 4\n", right) == (1,)
