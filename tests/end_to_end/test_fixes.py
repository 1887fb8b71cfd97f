"""Two different fixes pass the tests: one is taken, the other is offered with what tells them apart."""

import json
import signal

import pytest

from tests.end_to_end.test_resume import ended, start, until

PRICE = '''\
def price(n):
    """Ten or more are cheaper."""
    total = n * 3
    if n > 10:
        total = total - n
    return total
'''
TESTS = """\
from price import price

def test_few():
    assert price(2) == 6

def test_ten():
    assert price(10) == 20

def test_many():
    assert price(20) == 40
"""


@pytest.fixture
def shop(project):
    (project / "price.py").write_text(PRICE)
    (project / "test_price.py").write_text(TESTS)
    return project


def test_other_fixes_are_offered_with_inputs_on_which_they_differ(shop, tracepy):
    done = tracepy("optimize", "price.py", "--seed", "0")
    assert done.returncode == 0, done.stderr
    assert "reaches the same score" in done.stdout
    told = json.loads(tracepy("show", "last", "--json").stdout)
    best, *others = told["fixes"]
    assert best["best"] and not best["differs"]
    patches = {
        one["number"]: tracepy("diff", "last", "--candidate", str(one["number"])).stdout
        for one in told["fixes"]
    }
    assert patches[best["number"]] == tracepy("diff", "last").stdout
    for one in others:
        assert patches[one["number"]] not in ("", patches[best["number"]])
        for difference in one["differs"]:
            # What is said of a call is what the fixed program does.
            assert outcome(shop, patches[one["number"]], difference["call"]) == difference["here"]
            assert outcome(shop, patches[best["number"]], difference["call"]) == difference["best"]
    assert any(one["differs"] for one in others)
    shown = tracepy("show", "last").stdout
    assert f"#{others[0]['number']}" in shown and others[0]["differs"][0]["call"] in shown


def outcome(folder, patch, call):
    """What a call gives in the program with this patch."""
    text = PRICE
    for line in patch.splitlines():
        if line.startswith("-") and not line.startswith("---"):
            old = line[1:]
        if line.startswith("+") and not line.startswith("+++"):
            text = text.replace(old, line[1:])
    module = {}
    exec(text, module)
    return repr(eval(call, module))


def test_who_names_a_goal_gets_no_further_search(shop, tracepy):
    free = json.loads(tracepy("optimize", "price.py", "--json", "--fresh").stdout)
    named = json.loads(tracepy("optimize", "price.py", "--goal", "1.0", "--json", "--fresh").stdout)
    assert named["best"] == free["best"] == 1.0
    assert named["evaluations"] < free["evaluations"]


def test_the_same_seed_offers_the_same(shop, tracepy):
    found = [
        json.loads(tracepy("optimize", "price.py", "--json", "--fresh", "--seed", "3").stdout)
        for _ in range(2)
    ]
    assert found[0]["fixes"] == found[1]["fixes"] and found[0]["patch"] == found[1]["patch"]


@pytest.mark.parametrize("number", [4, 22])
def test_a_run_that_was_killed_offers_what_it_would_have_offered(
    shop, tracepy, monkeypatch, number
):
    """Before the goal was reached, and while other fixes are looked for."""
    monkeypatch.delenv("TRACEPY_STORE", raising=False)
    whole = json.loads(tracepy("optimize", "price.py", "--json", "--fresh", "--seed", "3").stdout)
    process = start(shop, "optimize", "price.py", "--fresh", "--seed", "3", "--json")
    until(shop, process, number, beside=whole["run"])
    process.send_signal(signal.SIGKILL)
    ended(process)
    resumed = json.loads(tracepy("resume", "last", "--json").stdout)
    for name in ("best", "evaluations", "patch", "fixes"):
        assert resumed[name] == whole[name], name


def test_a_fix_that_gives_the_same_whatever_it_gets_is_said_to_suit_only_the_tests(
    project, tracepy
):
    (project / "level.py").write_text("def level(n):\n    return n * 2\n")
    cases = "".join(f"\ndef test_{n}():\n    assert level({n}) == 7\n" for n in (3, 9, 5))
    (project / "test_level.py").write_text(f"from level import level\n{cases}")
    done = tracepy("optimize", "level.py", "--seed", "0", "--evaluations", "300")
    assert "+    return 7" in done.stdout
    said = "it may only suit the tests: it gives the same whatever it gets"
    assert said in done.stdout + done.stderr
