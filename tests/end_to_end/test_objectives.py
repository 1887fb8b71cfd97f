"""Objectives as people have them: noisy ones, stages, held-out examples, suites with odd tests."""

import json

import pytest

import tracepy as tracepy_api

SHOP = "RATE = 1  # tracepy: train in {1, 2}\n\ndef price(n):\n    return n * RATE\n"


def optimized(tracepy, *options, status=0):
    done = tracepy("optimize", "shop.py", "--json", "--evaluations", "150", *options)
    assert done.returncode == status, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def shop(project):
    (project / "shop.py").write_text(SHOP)
    return project


def test_a_noisy_improvement_is_shown_with_its_confidence(shop, tracepy):
    (shop / "bench.py").write_text(
        "import random, shop\ndef score(): return 9 * shop.price(1) + random.gauss(0, 1)\n"
    )
    found = optimized(tracepy, "--objective", "bench:score")
    assert found["confidence"] >= 0.96
    assert found["best_error"] > 0


def test_a_deterministic_objective_has_no_confidence(shop, tracepy):
    (shop / "bench.py").write_text("import shop\ndef score(): return shop.price(1)\n")
    assert optimized(tracepy, "--objective", "bench:score")["confidence"] is None


def test_noise_alone_is_not_called_better(shop, tracepy):
    (shop / "bench.py").write_text("import random, shop\ndef score(): return random.random()\n")
    found = optimized(tracepy, "--objective", "bench:score", status=1)
    assert not found["improved"]


def test_what_is_held_out_is_reported_apart(shop, tracepy):
    rows = [{"input": n, "expected": 2 * n} for n in range(1, 11)]
    (shop / "data.jsonl").write_text("\n".join(map(json.dumps, rows)))
    given = ("--dataset", "data.jsonl", "--call", "price", "--validation", "0.3")
    assert optimized(tracepy, *given)["validation"] == {
        "baseline": 0.0, "best": 1.0, "chosen_from": 0
    }  # fmt: skip


def test_what_is_held_out_chooses_among_the_best_and_that_is_said(shop, tracepy):
    (shop / "shop.py").write_text(
        SHOP.replace("1  # tracepy: train in {1, 2}", "2  # tracepy: train in {2, 3, 4, 5, 6}")
    )
    (shop / "bench.py").write_text(
        "import shop\n"
        "def score(): return shop.price(1)\n"
        "def held(): return -abs(shop.price(1) - 4)\n"
    )
    given = ("--train", "RATE", "--objective", "bench:score", "--validation", "bench:held")
    found = optimized(tracepy, *given, "--trainer", "beam:width=6")
    assert found["best"] == 4.0  # the search alone comes to 6
    assert found["validation"] == {"baseline": -2.0, "best": 0.0, "chosen_from": 4}
    done = tracepy("optimize", "shop.py", "--trainer", "beam:width=6", *given)
    assert "it chose from 4 candidates, which flatters the winner" in done.stdout


def test_overfitting_is_warned_of(shop, tracepy):
    (shop / "bench.py").write_text(
        "import shop\ndef score(): return shop.price(3)\ndef held(): return -shop.price(3)\n"
    )
    done = tracepy(
        "optimize",
        "shop.py",
        "--train",
        "RATE",
        "--objective",
        "bench:score",
        "--validation",
        "bench:held",
    )
    assert "held out (bench:held): -3 -> -6" in done.stdout
    assert "overfitting" in done.stdout


def test_ctrl_c_while_what_is_held_out_is_judged_keeps_what_was_found(shop, tracepy, monkeypatch):
    (shop / "bench.py").write_text("import shop\ndef score(): return shop.price(3)\n")
    monkeypatch.chdir(shop)

    def cut_short(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("tracepy.session.run.Session._validate", cut_short)
        found = tracepy_api.optimize("shop.py", objective="bench:score", validation="bench:score")
    assert (found.status, found.best, found.validation) == ("interrupted", 6.0, None)
    assert found.notes[-1].startswith("what was held out was not judged (interrupted)")
    assert "held out (bench:score): 3 -> 6" in tracepy("resume", "last").stdout


def test_who_does_not_pass_a_stage_is_not_judged(shop, tracepy):
    (shop / "bench.py").write_text(
        "import shop\ndef score(): return shop.price(3)\ndef cheap(): return -shop.price(3)\n"
    )
    found = optimized(tracepy, "--objective", "bench:score", "--stage", "bench:cheap", status=1)
    assert found["best"] == 3
    assert "stage bench:cheap: -6, needs >= -3" in tracepy("show", "last").stdout


def test_an_endless_test_fails_by_name_and_the_others_count(shop, tracepy):
    (shop / "test_shop.py").write_text(
        "import shop\n"
        "def test_endless():\n"
        "    while shop.price(1) == 1:\n"
        "        try: pass\n"
        "        except BaseException: pass\n"
        "def test_other(): assert shop.price(1)\n"
    )
    found = optimized(tracepy, "--test-timeout", "0.2s")
    assert (found["baseline"], found["best"]) == (0.5, 1.0)


def test_a_suite_with_options_fixtures_and_outcomes_of_its_own(shop, tracepy):
    (shop / "pytest.ini").write_text(
        "[pytest]\naddopts = -x -n auto --cov=shop\npythonpath = lib\n"
    )
    (shop / "lib").mkdir()
    (shop / "lib/helper.py").write_text("TWO = 2\n")
    (shop / "conftest.py").write_text(
        "import pytest\n@pytest.fixture\ndef broken():\n    yield\n    raise OSError('teardown')\n"
    )
    (shop / "test_shop.py").write_text(
        "import pytest, shop, helper\n"
        "class TestPrice:\n"
        "    @pytest.mark.parametrize('n', [1, 2])\n"
        "    def test_it(self, n): assert shop.price(n) == helper.TWO * n\n"
        "def test_teardown(broken): print('x' * 10**6)\n"
        "@pytest.mark.xfail\ndef test_expected(): assert 0\n"
        "@pytest.mark.skip\ndef test_skipped(): pass\n"
        "def test_passes(): pass\n"
    )
    found = optimized(tracepy, status=0)
    assert (found["baseline"], found["best"]) == (0.25, 0.75)


def test_a_metric_that_needs_the_programs_objects_is_said_to_run_with_it(shop, tracepy):
    (shop / "shop.py").write_text(
        SHOP + "\nclass Bill:\n    pass\n\n"
        "def bill(n):\n    found = Bill()\n    found.total = price(n)\n    return found\n"
    )
    (shop / "metric.py").write_text("def total(bill, expected): return bill.total == expected\n")
    (shop / "data.jsonl").write_text('{"input": 1, "expected": 2}\n{"input": 2, "expected": 4}\n')
    given = ("--dataset", "data.jsonl", "--call", "bill", "--metric", "metric:total")
    done = tracepy("optimize", "shop.py", "--evaluations", "50", *given)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "since it judges shop.Bill objects" in " ".join(done.stdout.split())
