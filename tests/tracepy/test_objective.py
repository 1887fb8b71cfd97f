"""Each kind of objective judges a small program, and finding one follows the documented order."""

import json

import pytest

from tracepy.errors import BaselineError, UserError
from tracepy.evaluation import Job, Judge
from tracepy.objective.find import find
from tracepy.objective.metrics import equal
from tracepy.objective.scores import ScoreError, read
from tracepy.objective.values import decode, encode
from tracepy.settings import Settings
from tracepy.target import resolve

SHOP = "def price(n):\n    return n * 2\n"
TESTS = """import pytest
import shop

@pytest.mark.parametrize("n", [0, 1, 2])
def test_price(n):
    assert shop.price(n) == 2 * n

def test_fee():
    assert shop.price(1) == 3
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    folder = tmp_path.resolve()
    (folder / "pyproject.toml").write_text("")
    (folder / "shop.py").write_text(SHOP)
    monkeypatch.chdir(folder)
    return folder


def found(folder, **settings):
    return find(resolve("shop.py", folder), Settings(**settings), folder)


def judged(folder, *sources, **settings):
    target = resolve("shop.py", folder)
    objective = find(target, Settings(**settings), folder)
    with Judge(target, objective, workers=1, timeout=30.0) as judge:
        baseline = judge.baseline()
        jobs = [Job({str(folder / "shop.py"): source}) for source in sources]
        return [baseline, *judge.evaluate(jobs)]


def test_tests_that_import_the_target_are_found_and_run(shop):
    (shop / "tests").mkdir()
    (shop / "tests/test_shop.py").write_text("import sys; sys.path.insert(0, '.')\n" + TESTS)
    (shop / "tests/test_other.py").write_text("import json\ndef test(): assert False\n")
    assert found(shop).kind == "pytest"
    quits = "import sys\ndef price(n): sys.exit(0)"
    drops = "def price(n): return n * 2\nimport os; os._exit(0)"
    baseline, good, quit_, drop = judged(
        shop, "def price(n): return 3 if n == 1 else 2 * n", quits, drops
    )
    assert baseline.score == 0.75
    assert [case.score for case in baseline.cases] == [1.0, 1.0, 1.0, 0.0]
    assert "assert 2 == 3" in baseline.feedback
    assert good.score == 0.75
    assert quit_.score == 0.0
    assert drop.status == "crashed"


def test_failing_tests_run_first_and_a_beaten_candidate_stops(shop):
    (shop / "test_shop.py").write_text(TESTS)
    target = resolve("shop.py", shop)
    with Judge(target, find(target, Settings(), shop), workers=1, timeout=30.0) as judge:
        baseline = judge.baseline()
        first = tuple(case.name for case in baseline.cases if not case.score)
        job = Job({str(shop / "shop.py"): SHOP + "\n"}, first=first, beat=baseline.score)
        evaluation = judge.evaluate([job])[0]
    assert not evaluation.complete
    assert [case.name for case in evaluation.cases] == ["test_shop.py::test_fee"]


def test_tests_that_cannot_be_collected_are_a_baseline_error(shop):
    (shop / "test_shop.py").write_text("import shop, not_there\n")
    with pytest.raises(BaselineError, match="not_there"):
        judged(shop)


def test_no_tests_are_a_user_error(shop):
    (shop / "test_shop.py").write_text("import shop\n")
    with pytest.raises(UserError, match="no tests were found"):
        judged(shop)


def test_a_command_runs_in_a_copy_with_the_candidate(shop):
    command = "python -c 'import shop; print(shop.price(4))'"
    baseline, better = judged(shop, "def price(n): return 50", command=command)
    assert (baseline.score, better.score) == (8.0, 50.0)
    assert (shop / "shop.py").read_text() == SHOP


def test_a_commands_json_line_has_score_and_feedback(shop):
    (shop / "say.py").write_text('print(\'{"score": 0.25, "feedback": "so so"}\')')
    (baseline,) = judged(shop, command="python say.py")
    assert (baseline.score, baseline.feedback) == (0.25, "so so")


def test_a_failing_commands_score_is_its_exit_status(shop):
    baseline, fixed = judged(
        shop, "status = 0", command="python -c 'import shop; exit(shop.status)'"
    )
    assert (baseline.score, fixed.score) == (0.0, 1.0)


def test_a_data_set_is_one_case_per_line(shop):
    rows = [{"input": 1, "expected": 2}, {"args": [2], "answer": 5}]
    (shop / "data.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (baseline,) = judged(shop, dataset="data.jsonl", call="price")
    assert [(case.name, case.score) for case in baseline.cases] == [
        ("line 1", 1.0),
        ("line 2", 0.0),
    ]
    assert "got 4, expected 5" in baseline.feedback


def test_a_script_says_its_score_in_its_last_line(shop):
    (shop / "shop.py").write_text(SHOP + "if __name__ == '__main__':\n    print(price(5))\n")
    (baseline,) = judged(shop)
    assert baseline.score == 10.0


def test_doctests_are_cases(shop):
    (shop / "shop.py").write_text(
        'def price(n):\n    """\n    >>> price(1)\n    2\n    >>> price(2)\n    5\n    """\n'
        "    return n * 2\n"
    )
    (baseline,) = judged(shop)
    assert [(case.name, case.score) for case in baseline.cases] == [("shop.price", 0.5)]


def test_a_marked_function_comes_before_tests(shop):
    (shop / "test_shop.py").write_text(TESTS)
    (shop / "shop.py").write_text(
        SHOP + "\n# tracepy: objective\nasync def score():\n    return True\n"
    )
    assert found(shop).label == "shop:score"
    (baseline,) = judged(shop)
    assert baseline.score == 1.0


def test_nothing_found_says_what_was_looked_for_and_how_to_give_one(shop):
    with pytest.raises(UserError) as error:
        found(shop)
    for words in ("# tracepy: objective", "test_*.py", "doctest", "__main__", "--objective"):
        assert words in str(error.value)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"objective": "shop:prize"}, "did you mean price"),
        ({"objective": "shoq:price"}, "did you mean shop"),
        ({"pytest": ("test_shopp.py",)}, "no such file"),
        ({"dataset": "data.jsonl"}, "--call"),
        ({"objective": "shop:price", "command": "true"}, "one objective"),
    ],
)
def test_what_is_not_there_is_a_user_error(shop, settings, text):
    with pytest.raises(UserError, match=text):
        found(shop, **settings)


class Anything:
    """A class that says it equals everything: what a cheating candidate returns."""

    def __eq__(self, other):
        return True

    __hash__ = None


class AnyText(str):
    def __eq__(self, other):
        return True

    def __contains__(self, other):
        return True

    __hash__ = str.__hash__


@pytest.mark.parametrize(
    ("result", "expected", "good"),
    [
        (3, 3, True),
        (3.0, 3, True),
        (3, 3.0, True),
        (True, 1, True),
        ("a", "a", True),
        ([1, ["a"]], [1, ["a"]], True),
        ((1, 2), [1, 2], False),
        ({"a": [1]}, {"a": [1]}, True),
        ({"a": 1}, {"a": 2}, False),
        (None, None, True),
        (AnyText("a"), "a", True),
        (AnyText("a"), "b", False),
        (Anything(), 3, False),
        ([Anything()], [3], False),
        ({"a": Anything()}, {"a": 3}, False),
    ],
)
def test_only_data_equals_data(result, expected, good):
    tree, _ = encode(result)
    assert equal(decode(json.loads(json.dumps(tree))), expected) is good


class Raises:
    def __float__(self):
        raise RuntimeError("x" * 10**6)


class Exits:
    def __repr__(self):
        raise SystemExit


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), "9" * 10**6, 10**400, 1j, None, b"1", Raises(), Exits()]
)
def test_what_is_no_score_is_one_clear_sentence(value):
    with pytest.raises(ScoreError, match="bench:score returned") as error:
        read(value, "bench:score")
    assert len(str(error.value)) < 500


UNITTEST = """import unittest
import shop

class Tests(unittest.TestCase):
    def test_a(self):
        self.assertEqual(shop.price(1), 2)

    def test_b(self):
        self.assertEqual(shop.fee(2), 3)

    def test_c(self):
        shop.price(1)
        self.skipTest("not now")
"""


def test_tests_of_unittest_that_fail_are_traced_first(shop):
    (shop / "shop.py").write_text(SHOP + "def fee(n):\n    return n\n")
    (shop / "test_shop.py").write_text(UNITTEST)
    target = resolve("shop.py", shop)
    with Judge(target, found(shop), workers=1, timeout=30.0) as judge:
        baseline = judge.baseline(trace=True)
    assert [case.score for case in baseline.cases] == [1.0, 0.0]
    assert list(baseline.trace.values[str(shop / "shop.py")]) == [3, 4, 1, 2]
