"""Signs in a fix's source that it only suits the tests, or takes something away."""

from pathlib import Path

from tracepy.fixes.literals import of_tests, telling
from tracepy.fixes.suspects import signs
from tracepy.objective import Objective

PRICE = """\
def price(n):
    if n > 10 and n < 90:
        n = n - 1
    return n * 3
"""


def seen(after: str, tests: frozenset[str] = frozenset(), before: str = PRICE):
    return signs({"m.py": before}, {"m.py": after}, tests)


def test_an_input_of_the_tests_that_is_treated_specially_is_named():
    after = PRICE.replace("    return", "    if n == 77:\n        return 42\n    return")
    found = seen(after, frozenset({"77", "42"}))
    assert any("77" in text for text in found.warnings)
    assert any("returns 42" in text for text in found.warnings)


def test_a_bound_that_the_tests_have_too_is_no_special_case():
    found = seen(PRICE.replace("n > 10", "n > 77"), frozenset({"77"}))
    assert found.warnings == ()
    assert found.from_tests == 1


def test_a_small_number_may_be_anyones():
    after = PRICE.replace("    return", "    if n == 0:\n        return 1\n    return")
    assert seen(after, frozenset({"0", "1"})).warnings == ()
    assert not telling(1) and not telling(True) and telling(3) and telling("ab")


def test_an_exception_that_is_swallowed():
    after = PRICE.replace(
        "    return n * 3",
        "    try:\n        return n * 3\n    except TypeError:\n        return None",
    )
    assert len(seen(after).warnings) == 1


def test_what_is_taken_away_is_counted():
    assert seen(PRICE.replace("n > 10", "n >= 10")).removed == 0
    assert seen(PRICE.replace(" and n < 90", "")).removed == 2  # one part; `and` needs two
    assert seen(PRICE.replace("        n = n - 1", "        pass")).removed == 1
    assert seen(PRICE.replace("n > 10 and n < 90", "True")).removed >= 1
    assert seen(PRICE.replace("return n * 3", "return 33")).removed == 1


def test_a_smaller_change_has_fewer_tokens():
    small = seen(PRICE.replace("n > 10", "n >= 10")).tokens
    assert 0 < small < seen(PRICE.replace("n > 10", "len(str(n)) >= 10")).tokens


def test_literals_are_those_of_the_test_files_and_of_recorded_calls(tmp_path: Path):
    test = tmp_path / "test_m.py"
    test.write_text("def test():\n    assert price(77) == 'dear'\n")
    objective = Objective("pytest", "pytest", {"args": [f"{test}::test", "-q"]})
    calls = {"m.py": {"price": [{"n": "[5, 1]"}]}}
    assert of_tests(objective, {}, calls) == {"77", "'dear'", "5"}


def test_of_a_data_set_those_of_its_lines(tmp_path: Path):
    file = tmp_path / "d.jsonl"
    file.write_text('{"input": 77, "expected": "dear"}\nnot json\n')
    assert of_tests(Objective("dataset", "d", {"file": str(file)}), {}, {}) >= {"77", "'dear'"}


def test_tests_that_are_gone_have_no_literals(tmp_path: Path):
    objective = Objective("pytest", "pytest", {"args": [str(tmp_path / "gone.py")]})
    assert of_tests(objective, {}, {}) == frozenset()
