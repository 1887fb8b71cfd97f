"""What a data set expects stays in a process of its own, and whatever becomes of that process, the
run goes on."""

import json
import time

import pytest

from tracepy.errors import BaselineError, UserError
from tracepy.evaluation import Job, Judge, probe
from tracepy.objective import Objective
from tracepy.objective.record import Stage
from tracepy.target import resolve

SHOP = "def price(n):\n    return n * 2\n"
WRONG = "def price(n):\n    return -1\n"
# As careless as metrics are: it does what it is told by what it is given.
METRIC = """\
import os
import time

seen = []

def score(result, expected):
    seen.append(result)
    if result == "raise":
        raise KeyError("no such price")
    if result == "hang":
        time.sleep(60)
    if result == "eat":
        seen.append(bytearray(2**40))
    if result == "end":
        os._exit(0)
    if result == "talk":
        for fd in range(3, 9):
            try:
                os.write(fd, b"\\0\\0\\0\\0\\0\\0\\0\\4null")
            except OSError:
                pass
    if result == "spread":
        seen.clear()
        globals()["score"] = float
        if os.fork() == 0:
            time.sleep(60)
    if result == "interrupt":
        raise KeyboardInterrupt
    return float(result == expected)

def count(result, expected):
    seen.append(result)
    return len(seen)

def total(result, expected):
    return float(result.total == expected)

def kind(result, expected):
    return float(type(result).__module__ in ("numpy", "decimal", "builtins") and result == expected)
"""


CHILDLESS = """\
import signal

signal.signal(signal.SIGCHLD, signal.SIG_IGN)

def score(result, expected):
    return float(result == expected)
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    folder = tmp_path.resolve()
    (folder / "pyproject.toml").write_text("")
    (folder / "shop.py").write_text(SHOP)
    (folder / "judge.py").write_text(METRIC)
    write(folder, [{"input": n, "expected": 2 * n} for n in range(1, 6)])
    monkeypatch.chdir(folder)
    return folder


def write(folder, rows):
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def data_set(folder, metric="exact", rows=None):
    if metric not in {"exact", "contains", "close"}:
        metric = {"module": "judge", "function": metric, "imports": ["judge"]}
    call = {"module": "shop", "function": "price", "imports": ["shop"]}
    spec = {"file": str(folder / "rows.jsonl"), "call": call, "metric": metric}
    return Objective("dataset", "rows", spec | ({"rows": rows} if rows else {}), (str(folder),))


def judge_of(folder, metric="exact", stages=(), **options):
    objective = data_set(folder, metric)
    objective = Objective("dataset", "rows", objective.spec, objective.roots, tuple(stages))
    options = {"workers": 1, "timeout": 5.0, **options}
    return Judge(resolve("shop.py", folder), objective, **options)


def one(judge, folder, source, **job):
    return judge.evaluate([Job({str(folder / "shop.py"): source}, **job)])[0]


def returns(value):
    return f"def price(n):\n    return {value!r}\n"


def test_each_example_is_a_case(shop):
    with judge_of(shop) as judge:
        assert judge.baseline().score == 1.0
        found = one(judge, shop, "def price(n):\n    return n * 2 if n < 3 else None\n")
    assert [(case.name, case.score) for case in found.cases][1:3] == [
        ("line 2", 1.0),
        ("line 3", 0),
    ]
    assert "line 3: got None, expected 6" in found.feedback
    assert found.complete


def test_a_metric_whose_module_ignores_what_becomes_of_children(shop):
    (shop / "judge.py").write_text(CHILDLESS)
    with judge_of(shop, "score") as judge:
        assert judge.baseline().score == 1.0
        assert one(judge, shop, WRONG).score == 0.0


def test_what_a_call_raises_is_described(shop):
    with judge_of(shop) as judge:
        found = one(judge, shop, "def price(n):\n    return n * 2 if n - 3 else 1 / 0\n")
    assert found.score == 0.8
    assert "ZeroDivisionError" in found.feedback
    assert "tracepy" not in found.feedback


@pytest.mark.parametrize(
    ("metric", "answer", "expected", "good"),
    [
        ("contains", "it is 12 euros", 12, True),
        ("contains", ["a", 12], 12, True),
        ("contains", "it is 11 euros", 12, False),
        ("close", 0.1 + 0.2, 0.3, True),
        ("close", "0.3", 0.3, True),
        ("close", float("nan"), 0.3, False),
        ("close", "much", 0.3, False),
    ],
)
def test_metrics_without_a_function(shop, metric, answer, expected, good):
    write(shop, [{"input": 1, "expected": expected}])
    (shop / "shop.py").write_text(returns(answer).replace("nan", "float('nan')"))
    with judge_of(shop, metric) as judge:
        assert judge.baseline().score == good


@pytest.mark.parametrize(
    ("answer", "status", "text"),
    [
        ("raise", "ok", "no such price"),
        ("interrupt", "ok", "KeyboardInterrupt"),
        ("hang", "timeout", "the metric did not finish within 1 s"),
        ("eat", "memory", "too much memory"),
        ("end", "crashed", "the process of the metric ended"),
        ("spread", "ok", "line 1"),
        ("talk", "crashed", "the metric's process sent something else than marks"),
    ],
)
def test_what_a_metric_does_to_a_value_costs_one_candidate(shop, answer, status, text):
    with judge_of(shop, "score", timeout=1.0) as judge:
        judge.baseline()
        for _ in range(2):  # by a scorer that has marked others, and by one that has not
            found = one(judge, shop, returns(answer))
            assert (found.status, found.score) == (status, 0.0 if status == "ok" else None)
            assert text in found.feedback
            assert one(judge, shop, SHOP).score == 1.0


def test_a_metric_that_is_not_there_is_what_is_wrong(shop):
    with judge_of(shop, "scare") as judge, pytest.raises(BaselineError, match="'scare'"):
        judge.baseline()


def test_a_data_set_that_cannot_be_read_is_a_user_error(shop):
    (shop / "rows.jsonl").write_text('{"input": 1}\n')
    with pytest.raises(UserError, match=r"rows\.jsonl:1: an example needs input"):
        judge_of(shop)


def test_a_slow_candidate_stops_once_it_cannot_win(shop):
    write(shop, [{"input": n, "expected": 2 * n} for n in range(100)])
    slow = "import time\ndef price(n):\n    time.sleep(0.1)\n    return 1\n"
    with judge_of(shop, timeout=20.0) as judge:
        judge.baseline()
        start = time.monotonic()
        found = one(judge, shop, slow, beat=0.98)
    assert time.monotonic() - start < 2.0
    assert (found.status, found.complete, len(found.cases)) == ("ok", False, 2)


def test_it_stops_though_it_never_comes_to_the_next_case(shop):
    hangs = "def price(n):\n    while n > 1: pass\n    return 1\n"
    dies = "import os\ndef price(n):\n    return 1 if n == 1 else os._exit(0)\n"
    with judge_of(shop) as judge:
        judge.baseline()
        for source in (hangs, dies):
            found = one(judge, shop, source, beat=0.9)
            assert (found.status, found.score, len(found.cases)) == ("ok", 0.0, 1)
        assert one(judge, shop, dies, beat=0.5).status == "crashed"


def test_failing_cases_run_first(shop):
    with judge_of(shop) as judge:
        judge.baseline()
        first = ("line 4", "line 2")
        found = one(judge, shop, WRONG, first=first, beat=0.7)
    assert [case.name for case in found.cases] == list(first)


def test_who_fails_a_stage_gets_no_further(shop):
    stage = Stage(data_set(shop, rows=[0, 1]), 1.0)
    later = "import time\ndef price(n):\n    time.sleep(n > 2 and 60)\n    return n + 1\n"
    with judge_of(shop, stages=[stage]) as judge:
        judge.baseline()
        start = time.monotonic()
        found = one(judge, shop, later)
        assert time.monotonic() - start < 2.0
        assert (found.status, found.score) == ("error", None)
        assert "stage rows: 0.5, needs >= 1" in found.feedback
        assert one(judge, shop, SHOP + "\n").score == 1.0


def test_of_a_traced_program_the_failing_cases_are_followed(shop):
    write(shop, [{"input": n, "expected": 2 * n} for n in range(1, 10)])
    bad = "def price(n):\n    if n > 6:\n        return 9\n    return n * 2\n"
    (shop / "shop.py").write_text(bad)
    with judge_of(shop) as judge:
        found = judge.baseline(trace=True)
    assert found.score == 6 / 9
    followed = found.trace.sliced[str(shop / "shop.py")]
    assert 3 in followed
    assert 4 not in followed


def test_values_of_libraries_reach_a_metric_as_they_are(shop):
    write(shop, [{"input": 1, "expected": 2}])
    (shop / "shop.py").write_text("from decimal import Decimal\ndef price(n): return Decimal(2)\n")
    with judge_of(shop, "kind") as judge:
        assert judge.baseline().score == 1.0
        assert judge.objects == ""


OBJECTS = """\
class Bill:
    def __init__(self, total):
        self.total = total

def price(n):
    return Bill(n * 2)
"""


def test_a_metric_that_needs_objects_runs_where_they_are_and_says_so(shop):
    (shop / "shop.py").write_text(OBJECTS)
    with judge_of(shop, "total") as judge:
        found = judge.baseline(trace=True)
        assert found.score == 1.0
        assert "it judges shop.Bill objects, which cannot be sent as data" in found.feedback
        assert judge.objects == "shop.Bill"
        assert one(judge, shop, OBJECTS.replace("n * 2", "n + 1")).score == 0.2


def test_so_it_does_in_a_run_that_is_gone_on_with(shop):
    (shop / "shop.py").write_text(OBJECTS)
    with judge_of(shop, "total") as judge:  # whose first job is a candidate
        path = str(shop / "shop.py")
        jobs = [Job({path: OBJECTS.replace("n * 2", f"n + {i}")}) for i in range(6)]
        found = judge.evaluate([*jobs, Job({})])
        assert [item.score for item in found] == [0.0, *[0.2] * 5, 1.0]
        assert judge.objects == "shop.Bill"


def test_a_candidate_cannot_have_it_run_there(shop):
    with judge_of(shop, "score") as judge:
        judge.baseline()
        found = one(judge, shop, OBJECTS)
        assert found.score == 0.0
        assert "has a shop.Bill in it, which is no data" in found.feedback
        assert judge.objects == ""


def test_what_a_metric_keeps_is_for_one_candidate(shop):
    with judge_of(shop, "count") as judge:
        for found in (judge.baseline(), one(judge, shop, SHOP + "\n"), one(judge, shop, SHOP)):
            assert [case.score for case in found.cases] == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_a_metric_with_threads_stays_where_they_are(shop):
    starts = (
        "import threading\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    )
    (shop / "judge.py").write_text(METRIC + starts)
    with judge_of(shop, "count") as judge:
        assert judge.baseline().cases[0].score == 1.0
        assert one(judge, shop, SHOP + "\n").cases[0].score == 6.0


@pytest.mark.skipif(probe().mode not in {"bwrap", "landlock"}, reason="it can be read without")
def test_the_file_is_hidden_unless_it_is_opened(shop):
    reads = "def price(n):\n    return open('rows.jsonl').read() and n * 2\n"
    (shop / "shop.py").write_text(reads)
    with judge_of(shop) as judge:
        assert judge.baseline().score == 0.0
    with judge_of(shop, readable=[str(shop / "rows.jsonl")]) as judge:
        assert judge.baseline().score == 1.0


def test_answers_that_are_too_much_are_one_clear_sentence(shop):
    with judge_of(shop) as judge:
        judge.baseline()
        found = one(judge, shop, "def price(n):\n    return 'x' * 4 * 10**6\n")
    assert (found.status, found.score) == ("error", None)
    assert "its answers are more than 16 MiB together" in found.feedback


def test_more_answers_than_questions_are_none(shop):
    floods = (
        "import os\ndef price(n):\n    for fd in range(3, 9):\n"
        "        try: os.write(fd, b'\\n' * 10**6)\n        except OSError: pass\n    return n * 2\n"
    )
    with judge_of(shop) as judge:
        judge.baseline()
        found = one(judge, shop, floods)
        assert (found.status, found.score) == ("crashed", None)
        assert found.feedback == "it sent more answers than there are questions"
        assert one(judge, shop, SHOP).score == 1.0


def test_many_at_once_with_a_metric_of_ones_own(shop):
    jobs = [Job({str(shop / "shop.py"): f"def price(n): return n + {i}\n"}) for i in range(20)]
    with judge_of(shop, "score", workers=2) as judge:
        judge.baseline()
        assert [found.score for found in judge.evaluate(jobs)] == [0, *[0.2] * 5, *[0] * 14]
