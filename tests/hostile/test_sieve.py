"""Hostile candidates in front of a program that is loaded: it stays what it was for the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracepy.evaluation import Job, Judge, probe
from tracepy.evaluation import sieve as sieving
from tracepy.objective.find import pytest_objective
from tracepy.settings import Settings
from tracepy.target import resolve

pytestmark = pytest.mark.skipif(not probe().namespaces, reason="no namespaces here")

SHOP = """\
KEPT = [1]


def price(count):
    return count * 2 + 1


def kept():
    return list(KEPT)
"""
TESTS = """\
import shop


def test_kept():
    assert shop.kept() == [1]


def test_two():
    assert shop.price(2) == 4


def test_three():
    assert shop.price(3) == 6
"""
GOOD = "return count * 2"
HOSTILE = {
    "ends its process": "import os; os._exit(0)",
    "kills its parent": "import os; os.kill(os.getppid(), 9)",
    "kills all it can": "import os; os.kill(-1, 9)",
    "kills its group": "import os; os.killpg(0, 9)",
    "forks without end": "import os\n    while True: os.fork()",
    "catches everything": "while True:\n        try:\n            while True: pass\n        except BaseException: pass",
    "leaves a daemon": "import os\n    if not os.fork():\n        os.setsid()\n        while True: pass",
    "takes memory": "x = []\n    while True: x.append(bytearray(10**8))",
    "closes all": "import os; os.closerange(0, 100)",
    "writes to the channel": "import os; os.write(4, b'{}' * 9)",
    "changes what is shared": "KEPT.append(2); kept.__globals__['KEPT'] = []; return 0",
    "changes the tests": "import sys; sys.modules['test_shop'].test_two.__code__ = kept.__code__; return 0",
    "changes the judge": "import _pytest.runner as r; r.call_and_report = None",
    "searches the judge": "import gc; [o.cases.clear() for o in gc.get_objects() if hasattr(o, 'cases')]",
    "clears the modules": "import sys; sys.modules.clear()",
    "removes its folder": "import shutil, pathlib; shutil.rmtree(pathlib.Path(__file__).parent)",
    "crashes": "import ctypes; ctypes.string_at(0)",
    "recurses": "return price(count)",
}  # fmt: skip


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("shop").resolve()
    for name, text in {"pyproject.toml": "", "shop.py": SHOP, "test_shop.py": TESTS}.items():
        (folder / name).write_text(text)
    objective = pytest_objective(("test_shop.py",), Settings(timeout=4.0), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sieving, "_PAYS_AFTER", 0)
        with Judge(resolve("shop.py", folder), objective, workers=2, timeout=4.0) as judge:
            judge.baseline()
            yield judge


def job(judge: Judge, body: str) -> Job:
    path = judge.target.modules["shop"]
    assert judge._stands is not None
    failing = [case.name for case in judge._stands.cases if not case.score]
    text = SHOP.replace("return count * 2 + 1", body)
    return Job({str(path): text}, first=tuple(failing), beat=judge._stands.score)


@pytest.mark.parametrize("body", list(HOSTILE.values()), ids=list(HOSTILE))
def test_the_next_candidate_is_judged_as_if_nothing_had_been(judge: Judge, body: str) -> None:
    good = job(judge, GOOD)
    first, second, third = judge.evaluate([job(judge, body), good, good])
    assert first.score in (None, 0.0)
    assert (second.score, third.score) == (1.0, 1.0)
    sieve = judge._sieve
    assert sieve is not None
    assert sieve._judge is not None
    loaded = sieve._judge
    assert not sieve._off
    # The loaded program itself says that it is right, and that nothing else runs in its place.
    assert loaded.evaluate([good])[0].score == 1.0
    assert loaded.evaluate([Job({})])[0].score == judge._stands.score  # type: ignore[union-attr]
    folder = judge.target.project
    assert {path.name: path.read_text() for path in folder.glob("*.py")} == {
        "shop.py": SHOP,
        "test_shop.py": TESTS,
    }
    assert Path(folder, "pyproject.toml").exists()
