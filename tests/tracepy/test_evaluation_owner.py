"""A judge keeps its server whatever the process that owns it is like, and whatever becomes of it."""

import os
import shutil
import signal
import threading
import time

import pytest

from tracepy.evaluation import Job, Judge, isolation
from tracepy.objective import Objective
from tracepy.target import resolve

MODES = ("auto", "landlock", "limits")
LISTS = "import os\n\ndef price(n): return float('new.txt' in os.listdir())\n"


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "shop.py").write_text("def price(n):\n    return n * 2\n")
    (tmp_path / "bench.py").write_text("import shop\n\ndef score(): return float(shop.price(3))\n")
    (tmp_path / "here").mkdir()
    return tmp_path.resolve()


def judge_of(shop, sandbox="auto"):
    spec = {"module": "bench", "function": "score", "imports": ["bench"]}
    objective = Objective("callable", "bench:score", spec, (str(shop),))
    target = resolve("shop.py", shop)
    return Judge(target, objective, workers=1, sandbox=sandbox, cwd=shop / "here")


def scores(judge, source=None, count=1):
    sources = {} if source is None else {str(judge.target.project / "shop.py"): source}
    return [found.score for found in judge.evaluate([Job(sources)] * count)]


@pytest.mark.parametrize("sandbox", MODES)
def test_a_process_that_ignores_what_becomes_of_its_children(shop, sandbox):
    for known in (isolation._no_bwrap, isolation._no_landlock, isolation._spaces):
        known.cache_clear()
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with judge_of(shop, sandbox) as judge:
            assert scores(judge, count=3) == [6.0] * 3
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_the_end_of_the_thread_that_judged_first_is_not_that_of_the_server(shop):
    with judge_of(shop) as judge:
        thread = threading.Thread(target=scores, args=(judge,))
        thread.start()
        thread.join()
        server = judge._connection
        with pytest.raises(TimeoutError):  # a server that is killed ends its connection
            _ended(server, within=0.2)
        assert scores(judge) == [6.0]
        assert judge._connection is server


def _ended(connection, within):
    connection._socket.settimeout(within)
    try:
        connection._socket.recv(1)
    finally:
        connection._socket.settimeout(None)


@pytest.mark.parametrize("sandbox", MODES)
def test_a_fork_lets_go_of_a_judge_and_leaves_it_alone(shop, sandbox):
    with judge_of(shop, sandbox) as judge:
        assert scores(judge) == [6.0]
        server = judge._connection
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                with pytest.raises(RuntimeError, match="another process's"):
                    scores(judge)
                judge.close()
                status = 0
            finally:
                os._exit(status)
        assert os.waitpid(pid, 0)[1] == 0
        assert scores(judge) == [6.0]
        assert judge._connection is server


@pytest.mark.parametrize("sandbox", MODES)
def test_a_server_that_is_killed_again_and_again_is_replaced(shop, sandbox):
    with judge_of(shop, sandbox) as judge:
        for _ in range(3):
            assert scores(judge, count=2) == [6.0] * 2
            os.killpg(judge._connection._process.pid, signal.SIGKILL)
        assert scores(judge) == [6.0]


@pytest.mark.parametrize("sandbox", MODES)
def test_workers_find_what_is_new_in_the_working_directory(shop, sandbox):
    with judge_of(shop, sandbox) as judge:
        assert scores(judge, LISTS) == [0.0]
        (shop / "here" / "new.txt").touch()
        os.utime(shop / "here", (time.time() + 10,) * 2)  # the clock of files may be coarse
        assert scores(judge, LISTS, count=12)[-1] == 1.0  # some were waiting already


@pytest.mark.parametrize("sandbox", MODES)
def test_a_working_directory_may_go_away_while_judging(shop, sandbox):
    with judge_of(shop, sandbox) as judge:
        assert scores(judge) == [6.0]
        shutil.rmtree(shop / "here")
        assert scores(judge, count=12) == [6.0] * 12
        os.killpg(judge._connection._process.pid, signal.SIGKILL)
        assert scores(judge) == [6.0]
