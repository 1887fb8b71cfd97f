"""What a report shows of models and of pictures: bounded, and never more than text and pictures."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.tracepy.reported import BEST, BETTER, SHOP, stored
from tests.tracepy.test_report_page import HOSTILE, Parts, Show
from tests.tracepy.test_report_page import show as show
from tracepy.evaluation.records import Evaluation, Picture
from tracepy.report import pictures
from tracepy.report.asked import ANSWER_LIMIT, CALLS_SHOWN, PROMPT_LIMIT
from tracepy.report.data import Report, gather
from tracepy.report.page import html, payload
from tracepy.report.pictures import address_of
from tracepy.store import EvaluationRow, ModelCall, Verdict

pytest.importorskip("jinja2")
pytest.importorskip("matplotlib")

# One grey point.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCB3UNq9AAAAABJRU5ErkJggg=="
)
DATA = base64.b64encode(PNG).decode()


def call(
    number: int, evaluation: int | None, prompt: str = "Improve it.", **more: Any
) -> ModelCall:
    """A question with one message."""
    asked = json.dumps({"messages": [{"role": "user", "content": prompt}]})
    told: dict[str, Any] = {
        "model": "some/model", "answer": json.dumps({"finish": "stop", "text": f"answer {number}"}),
        "prompt_tokens": 1200, "completion_tokens": 30, "cost": 0.0125, "seconds": 2.0,
    }  # fmt: skip
    return ModelCall(number, evaluation, prompt=asked, created=1.0, **{**told, **more})


def told(folder: Path, calls: list[ModelCall], images: dict[int, list[Any]]) -> Report:
    """A run of four candidates with these calls, and these pictures of each candidate."""
    path = str(folder / "shop.py")
    texts = [{}, {path: BETTER}, {path: SHOP.replace("x + RATE", "x / RATE")}, {path: BEST}]
    rows = [
        EvaluationRow(n, str(n), f"change {n}", 0.25 + n / 4, sources=texts[n], status="ok")
        for n in range(4)
    ]  # fmt: skip
    with stored(folder, rows[:1]) as store:
        run = store.find("last")
        verdicts = [
            Verdict({**Evaluation("ok", row.score).to_dict(), "images": images.get(row.index, [])})
            for row in rows[1:]
        ]
        store.add(run.id, rows[1:], verdicts, calls={0: 1, 1: 2})
        store.add_calls(run.id, calls)
        return gather(store, run)


def test_calls_are_beside_what_came_of_them(tmp_path: Path, show: Show) -> None:
    free = call(2, None, model="own", cost=None)
    report = told(tmp_path, [call(0, 1), call(1, 3, HOSTILE[2]), free], {})
    assert report.asked.left_out == 0 and set(report.asked.calls) == {1, 3}
    page = show(report)
    assert (
        "some/model, own: 3 calls, 3,690 tokens, $0.03 and what is not known: the price of own"
        in (page.text(".verdict"))
    )
    assert "own" in page.text("#run") and "unknown" in page.text("#run")
    page.ask(3)
    shown = page.text("#panel")
    assert (
        "Asked in call 1" in shown and "some/model · 1,200 + 30 tokens · $0.0125 · 2.0 s" in shown
    )
    assert HOSTILE[2] in shown and "answer 1" in shown
    assert f"tracepy show {report.run.id} --prompt 1" in shown
    assert (
        page.get("document.title").startswith("shop.py") and page.get("document.images.length") == 0
    )
    page.ask(2)
    assert "Asked" not in page.text("#panel")


def picture(data: str = DATA, kind: str = "image/png") -> dict[str, str]:
    return {"kind": kind, "data": data}


def test_pictures_are_shown_and_nothing_is_fetched_for_them(tmp_path: Path, show: Show) -> None:
    report = told(tmp_path, [call(0, 1)], {1: [picture()], 3: [picture(), picture()]})
    assert {number: len(found) for number, found in report.pictures.items()} == {1: 1, 3: 2}
    text = html(report)
    parts = Parts(text)
    assert [held["src"] for tag, held in parts.tags if tag == "img"] == [
        f"data:image/png;base64,{DATA}"
    ] * 2
    assert "; img-src data:" in text
    page = show(report)
    for number, count in ((1, 1), (3, 2), (2, 0)):
        page.ask(number)
        loaded = "[...document.querySelectorAll('#panel img')].map((i) => i.naturalWidth)"
        page.until(f"{loaded}.every((width) => width == 1)")
        assert page.get(f"{loaded}.length") == count


def test_a_report_without_pictures_allows_none(tmp_path: Path) -> None:
    assert "img-src" not in html(told(tmp_path, [], {}))


@pytest.mark.parametrize(
    "item",
    [
        {}, "text", None, picture(kind="image/svg+xml"), picture(kind="text/html"), picture("%"),
        picture(base64.b64encode(b"<svg onload=alert(1)>").decode()), picture(DATA + '"><script>'),
        picture(kind="image/jpeg"), {"kind": "image/png", "data": 5},
    ],
)  # fmt: skip
def test_what_is_no_picture_is_not_shown(item: Any) -> None:
    assert address_of(item) == ""
    assert address_of(picture()) == f"data:image/png;base64,{Picture('image/png', DATA).data}"


def test_pictures_have_so_much_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PICTURES_LIMIT", 3 * len(address_of(picture())))
    found = told(tmp_path, [call(0, 1)], {1: [picture()] * 4, 3: [picture()] * 2}).pictures
    assert {number: len(held) for number, held in found.items()} == {3: 2, 1: 1}


def test_the_calls_of_the_best_are_kept_and_no_more(tmp_path: Path) -> None:
    with stored(tmp_path) as store:
        run = store.find("last")
        made = [
            EvaluationRow(n, str(n), "", n / 1000, "ok", parent=0)
            for n in range(4, 10 + 2 * CALLS_SHOWN)
        ]
        store.add(run.id, made)
        long = "word " * PROMPT_LIMIT
        calls = [call(row.index, row.index, f"{row.index} {long}") for row in made]
        store.add_calls(
            run.id, [*calls, call(1000, 3, "the winner's", answer="x" * 2 * ANSWER_LIMIT)]
        )
        report = gather(store, store.find("last"))
    best = [row.index for row in made[-CALLS_SHOWN + 1 :]]
    assert sorted(report.asked.calls) == [3, *best]
    assert report.asked.left_out == len(made) + 1 - CALLS_SHOWN
    assert "more came of calls" in html(report)
    held = payload(report)["calls"]
    assert all(len(one["prompt"]) < PROMPT_LIMIT + 200 for one in held.values())
    assert "more characters" in held[best[0]]["prompt"]
    assert len(html(report)) < 400_000
