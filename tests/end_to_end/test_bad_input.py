"""Mistakes get one clear message and the documented exit status, and no file is touched."""

from pathlib import Path

import pytest

GOOD = "def double(x):\n    return x + x\n"
WRONG = "def double(x):\n    return x * x\n"
TEST = """from shop import double

def test_double():
    assert double(3) == 6
    assert double(5) == 10
    assert double(-1) == -2
"""


def assert_refused(result, status: int, *words: str) -> None:
    """One message, the status, and no frame of ours (the user's own traceback may be shown)."""
    assert result.returncode == status, result.stderr
    assert result.stderr.count("tracepy: error: ") == 1
    assert "/cli/" not in result.stderr
    for word in words:
        assert word in result.stderr


def test_no_such_file_names_its_neighbours(project: Path, tracepy) -> None:
    (project / "shop.py").write_text(GOOD)
    assert_refused(tracepy("optimize", "shpo.py"), 2, "shpo.py", "shop.py")


def test_a_syntax_error_in_the_module_is_shown_where_it_is(project: Path, tracepy) -> None:
    (project / "shop.py").write_text("def double(x:\n    return x\n")
    assert_refused(tracepy("optimize", "shop.py"), 2, "shop.py:1")


def test_no_objective_says_what_was_looked_for_and_how_to_give_one(project: Path, tracepy) -> None:
    (project / "shop.py").write_text(GOOD)
    assert_refused(tracepy("optimize", "shop.py"), 2, "--objective", "--pytest", "doctest")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise ValueError('no stock')", ("ValueError", "no stock")),
        ("return None", ("None",)),
        ("return float('nan')", ("nan",)),
        ("return 'good'", ("'good'",)),
    ],
)
def test_an_objective_without_a_score_ends_at_the_baseline(
    project: Path, tracepy, body: str, words: tuple[str, ...]
) -> None:
    (project / "shop.py").write_text(GOOD)
    (project / "judge.py").write_text(f"import shop\n\ndef score():\n    {body}\n")
    assert_refused(tracepy("optimize", "shop.py", "--objective", "judge:score"), 3, *words)


def test_an_objective_that_is_not_there_names_what_is(project: Path, tracepy) -> None:
    (project / "shop.py").write_text(GOOD)
    (project / "judge.py").write_text("def score():\n    return 1.0\n")
    assert_refused(tracepy("optimize", "shop.py", "--objective", "judge:scroe"), 2, "score")


def test_tests_that_cannot_be_collected(project: Path, tracepy) -> None:
    (project / "shop.py").write_text(GOOD)
    (project / "test_shop.py").write_text("import no_such_module\n" + TEST)
    assert_refused(tracepy("optimize", "shop.py", "--pytest", "test_shop.py"), 3, "no_such_module")


def test_a_baseline_that_passes_everything_is_done_at_once(project: Path, tracepy) -> None:
    (project / "shop.py").write_text(GOOD)
    (project / "test_shop.py").write_text(TEST)
    result = tracepy("optimize", "shop.py")
    assert result.returncode == 0, result.stderr
    assert "nothing to do" in result.stdout


def test_nothing_trainable(project: Path, tracepy) -> None:
    (project / "shop.py").write_text("import os\n")
    (project / "judge.py").write_text("def score():\n    return 0.5\n")
    assert_refused(tracepy("optimize", "shop.py", "--objective", "judge:score"), 2, "nothing")


def test_a_train_pattern_that_matches_nothing_lists_near_misses(project: Path, tracepy) -> None:
    (project / "shop.py").write_text(WRONG)
    (project / "test_shop.py").write_text(TEST)
    assert_refused(tracepy("optimize", "shop.py", "--train", "shop:duoble"), 2, "shop:double")


def test_a_module_that_cannot_be_imported(project: Path, tracepy) -> None:
    (project / "shop.py").write_text("import no_such_module\n\n" + WRONG)
    (project / "judge.py").write_text("import shop\n\ndef score():\n    return 0.5\n")
    assert_refused(
        tracepy("optimize", "shop.py", "--objective", "judge:score"), 3, "no_such_module"
    )


def test_an_unknown_optimizer_names_those_there_are(project: Path, tracepy) -> None:
    (project / "shop.py").write_text(WRONG)
    (project / "test_shop.py").write_text(TEST)
    assert_refused(tracepy("optimize", "shop.py", "--optimizer", "serach"), 2, "search")


def test_a_read_only_file_is_left_alone_at_write_and_the_run_is_kept(
    project: Path, tracepy
) -> None:
    module = project / "shop.py"
    module.write_text(WRONG)
    (project / "test_shop.py").write_text(TEST)
    module.chmod(0o444)
    assert_refused(tracepy("optimize", "shop.py", "--write"), 2, "shop.py")
    assert module.read_text() == WRONG
    module.chmod(0o644)
    assert tracepy("apply", "last").returncode == 0
    assert module.read_text() == "def double(x):\n    return x + x\n"


def test_a_file_that_changed_during_the_run_is_left_alone_and_the_patch_is_kept(
    project: Path, tracepy
) -> None:
    module = project / "shop.py"
    module.write_text(WRONG)
    # The objective, run outside the sandbox, edits the module as a person in an editor would.
    (project / "test_shop.py").write_text(TEST)
    assert tracepy("optimize", "shop.py").returncode == 0
    edited = WRONG.replace("return ", "return 0 + ")
    module.write_text(edited)
    assert_refused(tracepy("apply", "last"), 2, "shop.py", "in the same place")
    assert module.read_text() == edited
    assert "+    return x + x" in tracepy("diff", "last").stdout
