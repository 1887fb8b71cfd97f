"""How long the report of a long run takes to be written, and to be there in a browser.

    python -m benchmarks.report_page [CANDIDATES ...]

A run of a module of 600 lines is put into a store: each candidate changes a line or two of one of
the best before it, some fail, feedback is as long as a failing test's. `ready` is from the start of
the navigation until the table is drawn and answers (median of five fresh tabs of a headless
Chromium), `filter` until a word was searched in all diffs and feedback and what it is in is drawn
(80 ms of it wait for the next letter).
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.report import publish
from tests.tracepy.chromium import Browser, Tab
from tracepy.report.data import gather
from tracepy.report.page import html
from tracepy.store import EvaluationRow, Store

SIZES = (100, 1_000, 10_000)
TABS = 5
LINES = 600

_FEEDBACK = """9 of 12 tests pass
test_shop.py::test_total_of_{name}
/work/test_shop.py:38: in test_total_of_{name}
    assert total(cart) == {number}
E   AssertionError: assert {number} == 672
E    +  where {number} = total(Cart(lines=[Line('pencils', 8), Line('books', 2)]))
"""


def main() -> None:
    """Print the table and write its JSON."""
    sizes = [int(text) for text in sys.argv[1:]] or SIZES
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(Path(folder) / "profile")
        rows = [_measure(Path(folder), browser, size) for size in sizes]
        browser.close()
    publish("report_page", rows, f"median of {TABS} fresh tabs of a headless Chromium, file://")


def _measure(folder: Path, browser: Browser, size: int) -> dict[str, float]:
    project = folder / f"run{size}"
    project.mkdir()
    with Store.open(project) as store:
        run = store.find(_stored(store, project, size))
        begun = time.perf_counter()
        report = gather(store, run)
        read = time.perf_counter()
        page = project / "report.html"
        page.write_text(html(report), encoding="utf-8")
        written = time.perf_counter()
    ready, paint, search = [], [], []
    for _ in range(TABS):
        tab = Tab(browser, page.as_uri())
        while not tab.get("document.documentElement.dataset.ready"):
            time.sleep(0.02)
        ready.append(float(tab.get("document.documentElement.dataset.ready")))
        paint.append(tab.get(_PAINT) or 0.0)
        tab.get(_SEARCH)
        while not tab.get("window.took"):
            time.sleep(0.02)
        search.append(tab.get("window.took"))
        assert not tab.failures(), tab.failures()
    return {
        "candidates": size,
        "read s": round(read - begun, 2),
        "draw s": round(written - read, 2),
        "page KiB": round(page.stat().st_size / 1024),
        "first paint ms": round(statistics.median(paint)),
        "ready ms": round(statistics.median(ready)),
        "filter ms": round(statistics.median(search)),
    }


_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
_SEARCH = """(() => {
  const find = document.getElementById("find");
  const begun = performance.now();
  new MutationObserver(() => { window.took = performance.now() - begun; })
    .observe(document.getElementById("told"), { childList: true });
  find.value = "carts";
  find.dispatchEvent(new Event("input"));
})()"""


def _stored(store: Store, project: Path, size: int) -> str:
    chance = random.Random(7)
    path = str(project / "shop.py")
    lines = [
        f"    cart.rate_{n} = {n} * cart.count + {n % 7}" if n % 4 else f"def price_{n}(cart):"
        for n in range(LINES)
    ]
    original = "\n".join(lines) + "\n"
    run = store.create(target="shop.py", optimizer="search", settings={"seed": 0},
                       objective="pytest test_shop.py", files={path: original.encode()})  # fmt: skip
    store.add(run, list(_rows(chance, path, original, size)))
    rows = store.evaluations(run)
    best = max(rows, key=lambda row: row.score or 0.0)
    store.finish(run, status="finished", baseline=0.5, best=best.score, improved=True,
                 evaluations=size, seconds=size / 40, parameters=[], patch="",
                 new={name: text.encode() for name, text in best.sources.items()})  # fmt: skip
    return run


def _rows(chance: random.Random, path: str, original: str, size: int) -> Iterator[EvaluationRow]:
    best, level, parent = original.split("\n"), 0.5, 0
    yield EvaluationRow(0, "0", "as it stands", 0.5, "ok", _FEEDBACK.format(name="carts", number=1))
    for index in range(1, size):
        lines = list(best)
        for _ in range(chance.choice((1, 1, 2))):
            line = chance.randrange(LINES)
            lines[line] = f"{lines[line]}  # {chance.randrange(9999)}"
        score = level + chance.gauss(-0.06, 0.03)
        failed = chance.random() < 0.2
        text = _FEEDBACK.format(name=f"cart{chance.randrange(900)}", number=chance.randrange(9999))
        yield EvaluationRow(
            index, str(index), f"line {line + 1}: a comment", None if failed else score,
            "error" if failed else "ok", text, 0.1, {path: "\n".join(lines)}, **_lineage(parent),
        )  # fmt: skip
        if not failed and score > level:
            best, level, parent = lines, score, index


def _lineage(parent: int) -> dict[str, Any]:
    """What the store keeps of it."""
    told = {"parent": parent, "proposer": "edits", "reason": f"best of {parent}"}
    return {key: told[key] for key in told if key in EvaluationRow.__dataclass_fields__}


if __name__ == "__main__":
    main()
