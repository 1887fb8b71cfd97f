"""Whatever a candidate does, the judge comes to a verdict and goes on."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tracepy.errors import BaselineError, UserError
from tracepy.evaluation import Job, Judge, probe
from tracepy.graph import Graph
from tracepy.objective import Objective
from tracepy.objective.find import pytest_objective
from tracepy.settings import Settings
from tracepy.target import resolve

MODULE = "def price(n):\n    return n * 2\n"
BENCH = "import shop\n\ndef score():\n    return float(shop.price(3)), 'as told'\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop").resolve()
    (folder / "shop.py").write_text(MODULE)
    (folder / "bench.py").write_text(BENCH)
    return folder


def judge_of(folder, *, function="score", module="bench", **options):
    spec = {"module": module, "function": function, "imports": [module]}
    objective = Objective("callable", f"{module}:{function}", spec, (str(folder),))
    options = {"workers": 2, "timeout": 10.0, **options}
    return Judge(resolve("shop.py", folder), objective, **options)


@pytest.fixture(scope="module")
def judge(shop):
    with judge_of(shop) as judge:
        judge.baseline()
        yield judge


def one(judge, shop, source):
    return judge.evaluate([Job({str(shop / "shop.py"): source})])[0]


def test_the_baseline_is_judged_as_it_stands(judge):
    found = judge.baseline()
    assert (found.status, found.score, found.feedback) == ("ok", 6.0, "as told")


def test_verdicts_come_in_the_order_of_the_jobs(judge, shop):
    jobs = [Job({str(shop / "shop.py"): f"def price(n): return {i}"}) for i in range(12)]
    assert [found.score for found in judge.evaluate(jobs)] == [float(i) for i in range(12)]


def test_verdicts_are_told_of_as_they_come(judge, shop):
    jobs = [Job({str(shop / "shop.py"): f"def price(n): return {i}"}) for i in range(6)]
    heard = {}
    found = judge.evaluate(jobs, lambda index, verdict: heard.update({index: verdict}))
    assert heard == dict(enumerate(found))


HOSTILE = {
    "sys.exit(0)": ("import sys\ndef price(n): sys.exit(0)", "error", "SystemExit"),
    "os._exit(0)": ("import os\ndef price(n): os._exit(0)", "crashed", "exit status 0"),
    "no memory": ("def price(n): return len(bytearray(10**12))", "memory", "2048 MiB"),
    "recursion": ("def price(n): return price(n)", "error", "RecursionError"),
    "syntax": ("def price(n:", "error", "SyntaxError"),
    "abort": ("import os\ndef price(n): os.abort()", "crashed", "was killed (SIG"),
    "an error without text": (
        "class Odd(Exception):\n    def __str__(self): raise Odd\ndef price(n): raise Odd",
        "error",
        "Odd",
    ),
    "garbage on every pipe": (
        "import os\ndef price(n):\n    for fd in range(3, 30):\n        try: os.write(fd, b'[' * 999)\n"
        "        except OSError: pass\n    return n",
        "crashed",
        "something else than a verdict",
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_candidate_is_one_evaluation(judge, shop, what):
    source, status, text = HOSTILE[what]
    found = one(judge, shop, source)
    assert (found.status, found.score) == (status, None)
    assert text in found.feedback
    assert one(judge, shop, MODULE).score == 6.0


def test_an_endless_loop_ends_at_the_timeout(shop):
    with judge_of(shop, timeout=1.0) as judge:
        found = one(judge, shop, "def price(n):\n    while True: pass")
    assert (found.status, found.feedback) == ("timeout", "it did not finish within 1 s")


def test_output_is_kept_to_its_end_only(judge, shop):
    found = one(
        judge, shop, "def price(n):\n    for _ in range(30): print('x' * 10**6)\n    return n"
    )
    assert found.score == 3.0
    assert 0 < len(found.output) <= 16 * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are found through /proc")
def test_processes_that_a_candidate_leaves_are_ended(tmp_path):
    starts = "import os\ndef price(n):\n    os.waitpid(os.fork() or os._exit(0), 0)\n    return 1\n"
    (tmp_path / "shop.py").write_text(starts)
    (tmp_path / "bench.py").write_text(BENCH)
    source = (
        "import os, time\ndef price(n):\n    for _ in range(9):\n        pid = os.fork()\n"
        "        if not pid:\n            os.setsid(); time.sleep(60); os._exit(0)\n"
        "    return n"
    )
    with judge_of(tmp_path) as judge:
        judge.baseline()
        assert one(judge, tmp_path, source).score == 3.0
        one(judge, tmp_path, starts)  # the server ends what is left before it goes on
        assert len(processes_of(judge)) <= SERVER_AND_SPARES


SERVER_AND_SPARES = 2 + 4  # a server's first process where it is in namespaces of its own


def processes_of(judge):
    """The server and all that came of it: its own folder is in the environment of each."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue
            if os.fsencode(judge._folder) in environment:
                found.add(entry.name)
    return found


def test_a_candidate_that_kills_its_server_takes_no_other_down(shop):
    path = str(shop / "shop.py")
    kill = "import os\ndef price(n): os.kill(os.getppid(), 9); return 99"
    with judge_of(shop) as judge:
        found = judge.evaluate([Job({path: MODULE}), Job({path: kill}), Job({path: MODULE})])
    assert [item.score for item in found[::2]] == [6.0, 6.0]
    assert found[1].score in (None, 99.0)  # 99 where the sandbox keeps signals in


def test_keys_of_the_parent_are_not_in_a_candidates_environment(judge, shop, monkeypatch):
    monkeypatch.setenv("SECRET_API_KEY", "s3cret")
    with judge_of(shop) as other:
        found = one(other, shop, "import os\ndef price(n): return 'SECRET_API_KEY' in os.environ")
    assert found.score == 0.0


def test_the_files_and_the_folder_stay_as_they_were(judge, shop):
    one(judge, shop, "open('left', 'w').write('x')\ndef price(n): return 1")
    assert sorted(item.name for item in shop.iterdir()) == ["bench.py", "shop.py"]
    assert (shop / "shop.py").read_text() == MODULE


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("return None", "None"),
        ("return float('nan')", "nan"),
        ("return float('inf')", "inf"),
        ("return 'high'", "'high' (a str)"),
        ("return [1]", "[1] (a list)"),
        ("return 1.0, 2.0", "(1.0, 2.0)"),
        ("raise ValueError('odd')", "ValueError: odd"),
    ],
)
def test_what_is_no_score_is_a_clear_error_at_the_baseline(tmp_path, body, text):
    (tmp_path / "shop.py").write_text(f"def score():\n    {body}\n")
    with judge_of(tmp_path, module="shop") as judge, pytest.raises(BaselineError) as error:
        judge.baseline()
    assert text in str(error.value)


def test_a_trace_comes_with_lines_slice_and_graph(judge):
    found = judge.baseline(trace=True)
    assert found.trace is not None, found.feedback
    assert found.graph is not None
    (path,) = found.trace.sliced
    assert path.endswith("shop.py")
    assert found.trace.sliced[path] == {2: 1.0}


def test_the_graph_of_a_long_run_comes_with_its_repetitions_folded(tmp_path):
    (tmp_path / "shop.py").write_text(
        "RATE = 2\n\n\ndef score():\n    total = 0\n    for i in range(30_000):\n"
        "        total += i * RATE\n    return float(total)\n"
    )
    with judge_of(tmp_path, module="shop") as judge:
        found = judge.baseline(trace=True)
    assert found.graph is not None
    assert len(found.graph) < 100_000
    graph = Graph.from_json(found.graph)
    turns = {node.note for node in graph.nodes.values() if node.code == "total += i * RATE"}
    assert any(re.match(r"stands for \d\d,\d{3} of them", note) for note in turns), turns


def test_closing_ends_everything_at_once(shop):
    judge = judge_of(shop)
    judge.baseline()
    start = time.monotonic()
    judge.close()
    judge.close()
    assert time.monotonic() - start < 2


def test_modes_that_are_not_there_are_refused(monkeypatch):
    monkeypatch.setattr("tracepy.evaluation.isolation._no_bwrap", lambda: "it is not installed")
    with pytest.raises(UserError, match="bwrap is not to be had here: it is not installed"):
        probe("bwrap")
    with pytest.raises(UserError, match="one of"):
        probe("jail")


@pytest.mark.skipif(probe().mode == "limits", reason="this machine offers no isolation")
@pytest.mark.parametrize(
    "attempt",
    [
        "open(str({own!r}) + '.more', 'w').write('x')",
        "__import__('os').remove({own!r})",
        "__import__('socket').socket(__import__('socket').AF_INET)",
    ],
)
def test_the_sandbox_keeps_a_candidate_in(judge, shop, attempt):
    source = (
        "def price(n):\n    try:\n        "
        + attempt.format(own=str(shop / "bench.py"))
        + "\n    except OSError:\n        return 1\n    return 0"
    )
    assert one(judge, shop, source).score == 1.0
    assert (shop / "bench.py").read_text() == BENCH


def test_a_run_too_long_to_replay_still_shows_what_ran_and_its_types(tmp_path):
    folder = tmp_path.resolve()
    (folder / "shop.py").write_text(
        "".join(
            f"def {name}(n):\n"
            "    total = 0\n"
            "    for step in range(n):\n"
            "        total += step\n"
            "    return total\n"
            for name in ("price", "tax", "weight", "volume")
        )
    )
    (folder / "bench.py").write_text(
        "import shop\n\ndef score():\n"
        "    return sum(map(float, (f(30_000) for f in (shop.price, shop.tax, shop.weight, shop.volume))))\n"
    )
    with judge_of(folder) as judge:
        trace = judge.baseline(trace=True).trace
    path = str(folder / "shop.py")
    assert trace.sliced == {}
    assert {2, 3, 4} <= set(trace.cases["bench:score"][path])
    assert trace.types[path][4]["total"] == ["int"]


def test_what_is_printed_counts_as_judged_although_nothing_depends_on_it(tmp_path):
    folder = tmp_path.resolve()
    (folder / "shop.py").write_text(
        "def price(n):\n    unused = n + 1\n    print(n)\n    return n * 2\n"
    )
    (folder / "bench.py").write_text(
        "import shop\n\ndef score():\n    return float(shop.price(2))\n"
    )
    with judge_of(folder) as judge:
        trace = judge.baseline(trace=True).trace
    near = trace.sliced[str(folder / "shop.py")]
    assert near[3] == 0.9
    assert 2 not in near


def test_a_program_that_does_not_end_says_how_to_give_it_longer(tmp_path):
    folder = tmp_path.resolve()
    (folder / "shop.py").write_text("def price(n):\n    while True:\n        pass\n")
    (folder / "bench.py").write_text(BENCH)
    with (
        judge_of(folder, timeout=0.3) as judge,
        pytest.raises(BaselineError, match="--timeout"),
    ):
        judge.baseline()


@pytest.mark.skipif(probe().mode == "limits", reason="this machine offers no isolation")
def test_what_is_allowed_is_there_and_nothing_else(tmp_path, monkeypatch):
    home, shop = tmp_path / "home", tmp_path / "home" / "shop"
    shop.mkdir(parents=True)
    (home / "data.txt").write_text("data")
    (home / "secret.txt").write_text("secret")
    (shop / ".env").write_text("KEY=secret")
    (shop / "shop.py").write_text(MODULE)
    (shop / "bench.py").write_text(
        "import os, shop\ndef read(path):\n    try:\n        return open(path).read()\n"
        "    except OSError:\n        return ''\ndef score():\n"
        f"    found = [read(path) for path in ({str(home / 'data.txt')!r}, "
        f"{str(home / 'secret.txt')!r}, {str(shop / '.env')!r})]\n"
        "    return 1.0, repr([*found, os.environ.get('TOLD'), os.environ.get('API_KEY')])\n"
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TOLD", "yes")
    monkeypatch.setenv("API_KEY", "secret")
    allowed = {"readable": [str(home / "data.txt")], "environment": ["TOLD"]}
    with judge_of(shop, **allowed) as judge:
        assert judge.baseline().feedback == "['data', '', '', 'yes', None]"


def test_a_program_that_misses_a_file_is_told_how_to_open_it(tmp_path, monkeypatch):
    if probe().mode == "limits":
        pytest.skip("this machine offers no isolation")
    home, shop = tmp_path / "home", tmp_path / "home" / "shop"
    shop.mkdir(parents=True)
    (home / "data.txt").write_text("data")
    (shop / "shop.py").write_text(
        f"def price(n):\n    return len(open({str(home / 'data.txt')!r}).read())\n"
    )
    (shop / "bench.py").write_text(BENCH)
    monkeypatch.setenv("HOME", str(home))
    with judge_of(shop) as judge, pytest.raises(BaselineError, match="--allow-read"):
        judge.baseline()


def test_libraries_that_the_server_imports_find_a_place_for_temporary_files(tmp_path, monkeypatch):
    installed = tmp_path / "site-packages"
    installed.mkdir()
    (installed / "needs_tmp.py").write_text("import tempfile\nWHERE = tempfile.gettempdir()\n")
    (tmp_path / "shop.py").write_text(MODULE)
    (tmp_path / "bench.py").write_text("import needs_tmp\n" + BENCH)
    monkeypatch.setenv("PYTHONPATH", str(installed))
    with judge_of(tmp_path, readable=[str(installed)]) as judge:
        assert judge.baseline().score == 6.0


@pytest.mark.skipif(probe().mode == "limits", reason="this machine offers no isolation")
@pytest.mark.parametrize("leads", ["../elsewhere/.env", "/nowhere/.env", "real.txt"])
@pytest.mark.parametrize("mode", ["bwrap", "landlock"])
def test_a_secret_that_is_a_link_is_hidden_wherever_it_leads(tmp_path, monkeypatch, leads, mode):
    try:
        probe(mode)
    except UserError as error:
        pytest.skip(str(error))
    home, shop = tmp_path / "home", tmp_path / "home" / "shop"
    for folder, name in ((shop, "real.txt"), (home / "elsewhere", ".env")):
        folder.mkdir(parents=True)
        (folder / name).write_text("KEY=secret")
    (shop / ".env").symlink_to(leads)
    (shop / "shop.py").write_text(MODULE)
    (shop / "bench.py").write_text(
        "import shop\ndef score():\n    try:\n"
        f"        return 1.0, open({str(shop / '.env')!r}).read()\n"
        "    except OSError:\n        return 1.0, ''\n"
    )
    monkeypatch.setenv("HOME", str(home))
    with judge_of(shop, sandbox=mode) as judge:
        assert judge.baseline().feedback == ""


def test_a_system_without_fork_is_told_so(monkeypatch):
    monkeypatch.delattr(os, "fork")
    with pytest.raises(UserError, match="WSL"):
        probe()


def test_a_test_may_take_a_multiple_of_the_slowest_that_passes(tmp_path):
    (tmp_path / "shop.py").write_text(MODULE)
    (tmp_path / "test_shop.py").write_text(
        "import shop\n\ndef test_one():\n    assert shop.price(2) == 4\n"
        "\ndef test_two():\n    assert shop.price(3) == 5\n"
    )
    objective = pytest_objective(("test_shop.py",), Settings(timeout=60.0), tmp_path)
    endless = "def price(n):\n    while n != 4:\n        n = 2\n    return n\n"
    with Judge(resolve("shop.py", tmp_path), objective, workers=1, timeout=60.0) as judge:
        judge.baseline()
        found = judge.evaluate([Job({str(tmp_path / "shop.py"): endless})])[0]
    said = [case.text.rpartition("it took longer than ")[2] for case in found.cases]
    first, second = (float(text.removesuffix(" s")) for text in said)
    assert 0.5 <= first < 30  # half of what is left, where nothing is known
    assert second == pytest.approx(first / 2, rel=0.01)


def test_a_server_is_light():
    """What it has imported is copied by every fork, and what judges is compared with what it had."""
    heavy = (
        "{'pytest', '_pytest', 'hypothesis', 'optuna', 'sqlalchemy', 'numpy'} & set(sys.modules)"
    )
    code = f"import sys, tracepy.evaluation.server; print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
