"""Candidates judged in executors: the same verdicts as here, and what goes wrong is told."""

import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from tracepy.errors import BaselineError, ExecutorLost, UserError
from tracepy.evaluation import Job, depot, executors, probe, remote
from tracepy.evaluation.dispatch import Dispatcher, TookDownWorkers
from tracepy.evaluation.records import Evaluation
from tracepy.objective.find import find
from tracepy.settings import Settings
from tracepy.target import resolve

MODULE = "def price(n):\n    return n * 2\n"
BENCH = "import shop\n\ndef score():\n    return float(shop.price(3)), shop.__file__\n"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    folder = tmp_path.resolve()
    (folder / "pyproject.toml").write_text("")
    (folder / "shop.py").write_text(MODULE)
    (folder / "bench.py").write_text(BENCH)
    monkeypatch.chdir(folder)
    return folder


def judge_for(folder, pool=None, **options):
    target = resolve("shop.py", folder)
    settings = Settings(**({} if "dataset" in options else {"objective": "bench:score"}), **options)
    return executors.judge_for(target, find(target, settings, folder), settings, pool)


def verdicts(judge, shop):
    path = str(shop / "shop.py")
    jobs = [Job({path: f"def price(n): return {i}"}) for i in range(9)]
    jobs += [Job({path: "import os\nos._exit(3)"}), Job({}, trace=True)]
    with judge:
        first = judge.baseline(trace=True)
        rest = judge.evaluate(jobs)
    return [(x.status, x.score, x.feedback, x.cases, x.trace) for x in [first, *rest]]


def pools():
    yield lambda: ThreadPoolExecutor(2)
    for method in ("spawn", "forkserver", "fork"):
        context = multiprocessing.get_context(method)
        yield lambda context=context: ProcessPoolExecutor(2, mp_context=context)


@pytest.mark.parametrize("pool", list(pools()), ids=["threads", "spawn", "forkserver", "fork"])
def test_verdicts_are_those_of_a_local_run(shop, pool):
    local = verdicts(judge_for(shop, workers=2), shop)
    with pool() as executor:
        assert verdicts(judge_for(shop, executor), shop) == local
        assert executor.submit(int, "1").result() == 1  # it is still the user's


def test_a_data_set_keeps_its_answers_there_too(shop):
    (shop / "rows.jsonl").write_text('{"input": 1, "expected": 2}\n{"input": 2, "expected": 5}\n')
    given = {"dataset": "rows.jsonl", "call": "shop:price", "workers": 2}
    local = verdicts(judge_for(shop, **given), shop)
    assert "got 4, expected 5" in local[0][2]
    with ThreadPoolExecutor(2) as executor:
        assert verdicts(judge_for(shop, executor, **given), shop) == local


@pytest.mark.skipif(probe().mode not in {"bwrap", "landlock"}, reason="it can be read without")
def test_nor_does_the_file_here_show_there(shop, tmp_path):
    (shop / "rows.jsonl").write_text('{"input": 1, "expected": 2}\n{"input": 2, "expected": 5}\n')
    reads = (
        "def price(n):\n    try:\n"
        f"        return 1 + n * ('expected' in open('{shop}/rows.jsonl').read())\n"
        "    except OSError:\n        return 1\n"
    )
    (shop / "shop.py").write_text(reads)
    given = {"dataset": "rows.jsonl", "call": "shop:price", "allow_read": (str(shop.parent),)}
    with ThreadPoolExecutor(1) as executor, judge_for(shop, executor, **given) as judge:
        assert judge.baseline().score == 0.0


def test_verdicts_are_told_of_as_they_come(shop):
    heard = {}
    jobs = [Job({str(shop / "shop.py"): f"def price(n): return {i}"}) for i in range(9)]
    with ThreadPoolExecutor(2) as executor, judge_for(shop, executor) as judge:
        judge.baseline()
        found = judge.evaluate(jobs, lambda index, verdict: heard.update({index: verdict}))
    assert heard == dict(enumerate(found))


def test_what_was_unpacked_is_put_away(shop, tmp_path):
    with ThreadPoolExecutor(1) as executor, judge_for(shop, executor) as judge:
        judge.baseline()
        (place,) = depot._places.values()
        assert (place.copy / "0" / "shop.py").is_file()
        assert not place.folder.is_relative_to(shop)
    assert not depot._places and not place.folder.exists()


def test_a_baseline_that_fails_speaks_of_the_files_here(shop):
    (shop / "bench.py").write_text("def score():\n    raise ValueError(__file__)\n")
    with (
        ThreadPoolExecutor(1) as executor,
        judge_for(shop, executor) as judge,
        pytest.raises(BaselineError) as caught,
    ):
        judge.baseline()
    assert str(shop / "bench.py") in str(caught.value)
    assert "tracepy-shipment" not in str(caught.value)


def test_a_pool_that_breaks_is_one_message(shop):
    with ProcessPoolExecutor(1) as executor, judge_for(shop, executor) as judge:
        judge.baseline()
        for process in executor._processes.values():
            os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(ExecutorLost, match="takes no more work"):
            judge.evaluate([Job({str(shop / "shop.py"): MODULE})])


def test_what_a_worker_lacks_is_named(shop):
    with ThreadPoolExecutor(1) as executor, judge_for(shop, executor) as judge:
        old = judge._recipe
        for change, text in (
            ({"versions": ("3.4", old.versions[1])}, r"has Python 3\.\d+, this command 3.4"),
            ({"modules": ("numpie",)}, "cannot import numpie"),
        ):
            fields = {name: getattr(old, name) for name in old.__slots__}
            judge._recipe = remote.Recipe(**{**fields, **change})
            with pytest.raises(UserError, match=text):
                judge.baseline()


@pytest.mark.parametrize("text", ["dask:host:1", "dask://host", "dask://host:99999", "ray", "DASK"])
def test_a_text_that_names_no_executor(shop, text):
    with pytest.raises(UserError, match=r"local or dask://HOST:PORT"):
        judge_for(shop, executor=text)


class Lossy:
    """A pool in which one candidate takes its worker down."""

    slots = 1

    def submit(self, task):
        return object.__new__(type("Ticket", (), {"task": task, "cancel": lambda self: None}))

    def wait(self, futures):
        return list(futures)[:1]

    def answer(self, future):
        if any("bad" in job.sources for job in future.task.jobs):
            raise TookDownWorkers("it took down its worker")
        scores = [float(job.sources["n"]) for job in future.task.jobs]
        return remote.Answer(tuple(Evaluation("ok", score) for score in scores))

    def close(self):
        pass


def test_a_candidate_that_takes_workers_down_answers_for_itself():
    recipe = remote.Recipe("", (), resolve(__file__, Path.cwd()), {}, "", {})
    jobs = [Job({"n": str(i)}) if i != 5 else Job({"bad": ""}) for i in range(8)]
    found = Dispatcher(None, Lossy(), recipe, None).evaluate(jobs)
    assert [x.score for x in found] == [0.0, 1.0, 2.0, 3.0, 4.0, None, 6.0, 7.0]
    assert (found[5].status, found[5].feedback) == ("crashed", "it took down its worker")
