"""A candidate that reaches for its judge gets no score, however it goes about it."""

import pytest

from tests.tracepy.test_evaluation_judge import BENCH, MODULE, judge_of, one

CHEATS = {
    "frames above": "import sys\ndef price(n):\n    return sys._getframe(1).f_locals.get('wanted', 0)",
    "frames through inspect": "import inspect\ndef price(n):\n    return len(inspect.stack())",
    "frames of a traceback": (
        "def price(n):\n    try:\n        1 / 0\n    except ZeroDivisionError as error:\n"
        "        return len(error.__traceback__.tb_frame.f_back.f_locals)"
    ),
    "frames under another name": (
        "space = {}\nexec(compile('import sys\\ndef look(): return sys._getframe(2)', 'x.py', 'exec'), space)\n"
        "def price(n):\n    return len(space['look']().f_locals)"
    ),
    "objects of the interpreter": "import gc\ndef price(n):\n    return len(gc.get_objects())",
    "memory": "import ctypes\ndef price(n):\n    return ctypes.string_at(id(n), 8)[0]",
    "its memory as a file": "def price(n):\n    return len(open('/proc/self/mem', 'rb').read(0))",
    "a judge's file": "def price(n):\n    return len(open(__import__('bench').__file__).read())",
    "a process": "import subprocess\ndef price(n):\n    return len(subprocess.run(['cat', 'bench.py']).args)",
    "other code in a function": (
        "import bench\ndef price(n):\n    bench.score.__code__ = (lambda: 99.0).__code__\n    return 0"
    ),
    "the judge's reading": (
        "from tracepy.objective import callables\n"
        "def price(n):\n    real = callables.read\n"
        "    callables.read = lambda result, who: real(99.0, who)\n    return 0"
    ),
    "how the verdict is written": (
        "import json\ndef price(n):\n    real = json.dumps\n"
        "    json.dumps = lambda data: real(data).replace('0.0', '99.0')\n    return 0"
    ),
    "a class of the judge": (
        "from tracepy.evaluation.records import Evaluation\n"
        "Evaluation.to_dict = lambda self: {'status': 'ok', 'score': 99.0}\ndef price(n):\n    return 0"
    ),
    "the channel itself": (
        "from tracepy.evaluation import _guard\ndef price(n):\n"
        '    _guard.send(b\'{"evaluation": {"status": "ok", "score": 99.0}}\')\n    return 0'
    ),
    "the clock": "import time\ntime.perf_counter = lambda: 0.0\ndef price(n):\n    return 99",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guarded").resolve()
    (folder / "shop.py").write_text(MODULE)
    (folder / "bench.py").write_text(BENCH)
    return folder


@pytest.fixture(scope="module")
def judge(shop):
    with judge_of(shop) as judge:
        judge.baseline()
        yield judge


@pytest.mark.parametrize("what", CHEATS)
def test_a_cheat_gets_no_score(judge, shop, what):
    found = one(judge, shop, CHEATS[what])
    assert (found.status, found.score) == ("error", None)
    assert "does what the program does not" in found.feedback or "only the judge" in found.feedback
    assert one(judge, shop, MODULE).score == 6.0


HONEST = {
    "logging": "import logging\ndef price(n):\n    logging.warning('at %s', n)\n    return n",
    "a named tuple": (
        "from collections import namedtuple\nPoint = namedtuple('Point', 'x')\n"
        "def price(n):\n    return Point(n).x"
    ),
    "a traceback as text": (
        "import traceback\ndef price(n):\n    try:\n        1 / 0\n    except ZeroDivisionError:\n"
        "        return len(traceback.format_exc()) * 0 + n"
    ),
    "eval": "def price(n):\n    return eval('n + 0')",
    "dataclasses and types": (
        "import dataclasses, enum, typing\n@dataclasses.dataclass\nclass A:\n    x: int\n"
        "class E(enum.Enum):\n    A = 1\nT = typing.TypeVar('T')\ndef price(n):\n    return A(n).x"
    ),
    "files of its own": (
        "import tempfile\ndef price(n):\n    with tempfile.TemporaryFile() as file:\n"
        "        file.write(b'x')\n    return n"
    ),
    "a warning": "import warnings\ndef price(n):\n    warnings.warn('old')\n    return n",
}


@pytest.mark.parametrize("what", HONEST)
def test_ordinary_code_is_left_in_peace(judge, shop, what):
    found = one(judge, shop, HONEST[what])
    assert (found.status, found.score) == ("ok", 3.0), found.feedback


def test_what_the_program_does_itself_its_candidates_may_do(tmp_path):
    looks = "import sys\ndef price(n):\n    return len(sys._getframe(0).f_locals) + {0}\n"
    (tmp_path / "shop.py").write_text(looks.format(0))
    (tmp_path / "bench.py").write_text(BENCH)
    with judge_of(tmp_path) as judge:
        judge.baseline()
        assert one(judge, tmp_path, looks.format(5)).score == 6.0
        assert one(judge, tmp_path, CHEATS["memory"]).score is None
