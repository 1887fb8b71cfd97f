"""Cheap judges before the real one, through the command: tests, a command, the first examples."""

import json

import pytest

# 2 is what the objective likes; 3, which it likes better, is what no stage lets pass.
SHOP = "RATE = 1  # tracepy: train in {1, 2, 3}\n\n\ndef price(n):\n    return n * RATE\n"
BENCH = "import shop\n\n\ndef score():\n    return shop.price(3)\n"


@pytest.fixture
def shop(project):
    (project / "shop.py").write_text(SHOP)
    (project / "bench.py").write_text(BENCH)
    return project


def best_of(tracepy, *options):
    """The best score, and what became of the others."""
    done = tracepy("optimize", "shop.py", "--json", "--evaluations", "20", *options)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return json.loads(done.stdout)["best"], tracepy("show", "last").stdout


BENCHED = ("--objective", "bench:score")
TESTS = "import shop\n\n\ndef test_small():\n    assert shop.price(1) < 3\n\n\ndef test_int():\n    assert shop.price(1)\n"


@pytest.mark.parametrize("threshold", ["", ">=1"])
@pytest.mark.parametrize("spec", ["test_quick.py", "test_quick.py::test_small", "quick"])
def test_tests_are_a_stage(shop, tracepy, spec, threshold):
    (shop / "test_quick.py").write_text(TESTS)
    (shop / "quick").mkdir()
    (shop / "quick" / "test_more.py").write_text(TESTS)
    best, shown = best_of(tracepy, *BENCHED, "--stage", spec + threshold)
    assert best == 6
    assert f"stage pytest {spec}: " in shown and "needs >= 1" in shown, shown


@pytest.mark.parametrize("threshold", ["", ">=-2"])
def test_a_command_is_a_stage(shop, tracepy, threshold):
    (shop / "check.py").write_text(
        "import shop\n\nprint('as told')\nprint(min(-1, 1 - shop.price(1)) if shop.price(1) > 2 else -1)\n"
    )
    command = "$ python check.py"
    best, shown = best_of(tracepy, *BENCHED, "--stage", command + threshold)
    assert best == (9 if threshold else 6), shown
    assert threshold or "stage the command python check.py: -2, needs >= -1" in shown, shown


def test_a_command_that_fails_does_not_pass(shop, tracepy):
    (shop / "check.py").write_text("import shop\n\nassert shop.price(1) < 3\nprint(1)\n")
    best, shown = best_of(tracepy, *BENCHED, "--stage", "$python check.py>=1")
    assert best == 6
    assert "stage the command python check.py: " in shown, shown


def test_the_first_examples_are_a_stage(shop, tracepy):
    rows = [{"input": 1, "expected": 2}, *({"input": n, "expected": 3 * n} for n in range(2, 9))]
    (shop / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    given = ("--dataset", "rows.jsonl", "--call", "price")
    assert best_of(tracepy, *given)[0] == 7 / 8
    best, shown = best_of(tracepy, *given, "--stage", "1>=1")
    assert best == 1 / 8
    assert "stage 1 examples: 0, needs >= 1" in shown, shown


def test_stages_of_all_kinds_are_passed_in_their_order(shop, tracepy):
    (shop / "test_quick.py").write_text(TESTS)
    (shop / "check.py").write_text("import shop\n\nprint(shop.price(1))\n")
    stages = ("$ python check.py>=2", "test_quick.py>=1", "bench:score>=6")
    best, shown = best_of(tracepy, *BENCHED, *(x for stage in stages for x in ("--stage", stage)))
    assert best == 6
    assert "stage pytest test_quick.py" in shown, shown


def test_a_lower_score_passes_where_lower_is_better(shop, tracepy):
    (shop / "check.py").write_text("import shop\n\nprint(-shop.price(1) % 3)\n")
    (shop / "bench.py").write_text("import shop\n\n\ndef score():\n    return -shop.price(3)\n")
    best, shown = best_of(tracepy, *BENCHED, "--minimize", "--stage", "$ python check.py<=1")
    assert best == -9
    assert "stage" not in shown.partition("without a score")[2], shown


@pytest.mark.parametrize(
    ("stage", "says"),
    [
        ("test_gone.py", "test_gone.py"),
        ("3", "a number of examples goes with --dataset"),
        ("bench:gone", "gone"),
        ("bench:score>=much", "'much' is no number"),
        ("$ no-such-program", "no-such-program"),
    ],
)
def test_a_stage_that_is_not_there_is_a_mistake(shop, tracepy, stage, says):
    done = tracepy("optimize", "shop.py", *BENCHED, "--stage", stage)
    assert done.returncode in {2, 3}, done.stdout + done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
