"""Candidates that cannot win are turned away by a loaded program, with the verdict they would get."""

import re
from pathlib import Path

import pytest

from tracepy.evaluation import Evaluation, Job, Judge, probe
from tracepy.evaluation import sieve as sieving
from tracepy.objective.find import pytest_objective
from tracepy.settings import Settings
from tracepy.target import resolve

pytestmark = pytest.mark.skipif(not probe().namespaces, reason="no namespaces here")

SHOP = """\
def first(count):
    return count


FACTOR = 2


def doubled(count):
    return count * FACTOR


TABLE = [doubled(n) for n in range(4)]
SEEN = []


def price(count):
    if count > 10:
        return count * 3
    return count + 1


class Cart:
    def total(self, counts):
        result = 0
        for count in counts:
            result = price(count)
        return result
"""
TESTS = """\
import pytest
import shop


@pytest.fixture(scope="module")
def cart():
    return shop.Cart()


@pytest.mark.parametrize("count", [1, 2, 3, 20])
def test_price(count):
    shop.SEEN.append(count)
    assert shop.price(count) == (count * 3 if count > 10 else count + 1)


def test_total(cart, tmp_path, capsys):
    (tmp_path / "x").write_text("x")
    print("hello")
    assert "hello" in capsys.readouterr().out
    assert cart.total([1, 2]) == shop.first(5)


def test_table():
    assert shop.TABLE[2] == 4


def test_seen():
    assert len(shop.SEEN) <= 4
"""
# One that is right, some that fail in all ways, some that are more than a function's body.
EDITS = [
    ("result = price", "result += price"),
    ("result = price", "result = -price"),
    ("result = price", "result = pric"),
    ("result = price(count)", "raise SystemExit(0)"),
    ("result = price(count)", "import os; os._exit(0)"),
    ("return count + 1", "return count + 2"),
    ("return count + 1", "return price(count)"),
    ("return count + 1", "SEEN.clear()\n    return count"),
    ("count * FACTOR", "count + FACTOR"),
    ("FACTOR = 2", "FACTOR = 3"),
    ("def total(self, counts)", "def total(self, counts, more=())"),
    ("for count in counts", "for count in counts[1:]"),
    ("result = price", "result = shop.price"),
    ("    return count\n\n\nFACTOR", "    return -count\n\n\nFACTOR"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "test_shop.py").write_text(TESTS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sieving, "_PAYS_AFTER", 0)
    return tmp_path.resolve()


def judge_of(folder: Path, **options: object) -> Judge:
    settings = Settings(test_timeout=0.5)
    objective = pytest_objective(("test_shop.py",), settings, folder)
    return Judge(resolve("shop.py", folder), objective, workers=2, **options)  # type: ignore[arg-type]


def jobs_of(folder: Path, judge: Judge, edits: list[tuple[str, str]]) -> list[Job]:
    first = judge.baseline()
    failing = tuple(case.name for case in first.cases if not case.score)
    path = str(folder / "shop.py")
    text = (folder / "shop.py").read_text()
    return [
        Job({path: text.replace(old, new)}, first=failing, beat=first.score) for old, new in edits
    ]


def plain(found: Evaluation) -> tuple[object, ...]:
    """A verdict without what time and addresses say."""
    text = re.sub(r"0x[0-9a-f]+", "0x", found.feedback)
    cases = [
        (case.name, case.score, re.sub(r"0x[0-9a-f]+", "0x", case.text)) for case in found.cases
    ]
    return found.status, found.score, text, cases, found.complete


def test_verdicts_are_the_same_with_and_without(folder: Path) -> None:
    with judge_of(folder) as judge:
        jobs = jobs_of(folder, judge, EDITS)
        sieve = judge._sieve
        assert sieve is not None
        asked = sieve.turned_away(jobs, judge._stands, (), None)
        found = judge.evaluate(jobs)
    with judge_of(folder) as judge:
        judge._sieve = None
        judge.baseline()
        without = judge.evaluate(jobs)
    assert [*map(plain, found)] == [*map(plain, without)]
    assert found[0].score == 1.0
    turned = [new for index, (_, new) in enumerate(EDITS) if index in asked]
    assert {"result = -price", "result = pric", "for count in counts[1:]"} <= set(turned)
    # What wins, what is called while the module is imported, and what is no function's body.
    assert not {0, 8, 9, 10} & set(asked)


def test_what_the_program_writes_while_it_is_loaded_does_not_stay(folder: Path) -> None:
    line = 'from contextlib import suppress\nwith suppress(OSError):\n    open("{}", "w").close()\n'
    lines = [line.format(path) for path in ("here", folder / "beside")]
    (folder / "shop.py").write_text(SHOP + "".join(lines))
    before = sorted(folder.iterdir())
    with judge_of(folder) as judge:
        jobs = jobs_of(folder, judge, EDITS[:3])
        assert judge._sieve is not None
        assert judge._sieve.turned_away(jobs, judge._stands, (), None)
    assert sorted(folder.iterdir()) == before


def test_a_candidate_leaves_nothing_to_the_next(folder: Path) -> None:
    with judge_of(folder) as judge:
        bad = ("return count + 1", "SEEN.extend(range(99))\n    return count + 1")
        good = ("result = price", "result += price")
        jobs = jobs_of(folder, judge, [bad, good] * 4)
        assert [found.score for found in judge.evaluate(jobs)][1::2] == [1.0] * 4


@pytest.mark.parametrize(
    "line",
    [
        "import os\nHERE = os.getcwd()\ndef test_own():\n    assert HERE == os.getcwd()\n",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n",
    ],
)
def test_where_the_loaded_program_does_otherwise_all_are_judged_anew(
    folder: Path, line: str
) -> None:
    with (folder / "test_shop.py").open("a") as file:
        file.write("\n" + line)
    with judge_of(folder) as judge:
        jobs = jobs_of(folder, judge, EDITS[:3])
        assert judge.evaluate(jobs)[0].score == 1.0
        assert judge._sieve is not None
        assert judge._sieve.turned_away(jobs, judge._stands, (), None) == {}


def test_a_loop_without_an_end_is_turned_away_and_the_rest_goes_on(folder: Path) -> None:
    endless = "while True:\n                try:\n                    1\n                except BaseException:\n                    pass"  # fmt: skip
    with judge_of(folder, timeout=5.0) as judge:
        jobs = jobs_of(folder, judge, [("result = price(count)", endless), EDITS[1], EDITS[0]])
        found = judge.evaluate(jobs)
    assert "took longer than" in found[0].feedback
    assert [one.score for one in found] == [0.0, 0.0, 1.0]


def test_a_server_that_is_killed_is_one_without_a_sieve(folder: Path) -> None:
    with judge_of(folder) as judge:
        jobs = jobs_of(folder, judge, EDITS[:3])
        judge.evaluate(jobs)
        assert judge._sieve is not None and judge._sieve._judge is not None
        connection = judge._sieve._judge._connection
        assert connection is not None
        connection._process.kill()
        assert judge.evaluate(jobs)[0].score == 1.0
