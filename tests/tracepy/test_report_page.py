"""The page of a report: what is written, and what a browser makes of it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.tracepy.chromium import Browser, Tab
from tests.tracepy.reported import candidate, family, report, stored
from tracepy.errors import UserError
from tracepy.report.candidates import Candidate
from tracepy.report.data import Report, gather
from tracepy.report.page import html, write

pytest.importorskip("jinja2")
pytest.importorskip("matplotlib")

HOSTILE = [
    "</script><script>document.title = 'taken'</script>",
    "<!-- <script> -->",
    "<img src=x onerror=\"document.title = 'taken'\">",
    "</pre></section><style>* { display: none }</style>",
    "javascript:document.title='taken'",
    "line\u2028separator\u2029 and \x00 \x1b[31m",
    "half a pair \ud800 and \udfff",
    "quotes \" ' ` \\ &lt; &amp; ]]>",
    "{{ 7 * 7 }} {% include '/etc/passwd' %} ${7 * 7}",
    "__proto__",
    "\u202egnp.exe",
]


def hostile() -> Report:
    """Everything that a stranger may have written is hostile."""
    made: list[Candidate] = []
    for number, bad in enumerate(["as it stands", *HOSTILE]):
        diff = f"=== {bad}\n@@ -1 +1 @@\n-{bad}\n+{bad}\n@@ odd"
        made.append(candidate(number, number / 20, leads=True, note=bad, proposer=bad, reason=bad,
                              feedback=bad, step=diff, whole=diff, reused=bad))  # fmt: skip
    broken = candidate(len(made), None, note="broken", status=HOSTILE[0], feedback=HOSTILE[2])
    bad = HOSTILE[0]
    return report(
        [*made, broken], winner=len(made) - 1, target=bad, objective=bad, optimizer=bad,
        settings={"context": HOSTILE[2], "train": [HOSTILE[3]]},
        parameters=[{"name": bad, "kind": "text", "old": HOSTILE[2], "new": HOSTILE[10]}],
        fixes=[fix(number, text) for number, text in enumerate(HOSTILE)],
    )  # fmt: skip


def fix(number: int, text: str) -> dict[str, Any]:
    """A fix that a run offers, all of whose words are this text."""
    differs = [{"call": text, "here": text, "best": text}]
    return {"number": number, "note": text, "score": 1.0, "best": not number, "cost": 1.0, "alike": 1,
            "warnings": [text], "differs": differs}  # fmt: skip


class Page(Tab):
    """A report in a browser."""

    def ready(self) -> Page:
        """Once its candidates are unpacked; from then on it does not glide."""
        still = [{"name": "prefers-reduced-motion", "value": "reduce"}]
        self.call("Emulation.setEmulatedMedia", features=still)
        for _ in range(2000):
            if self.get("'ready' in document.documentElement.dataset"):
                return self
        raise AssertionError("the page is not ready")

    def rows(self) -> list[str]:
        """The numbers of the candidates that are drawn, in order."""
        return list(self.get("[...document.querySelectorAll('tr[data-index]')].map((r) => r.id)"))

    def click(self, selector: str, times: int = 1) -> None:
        self.see(selector)
        super().click(selector, times)

    def see(self, selector: str) -> None:
        """Scrolls to it."""
        where = "{block: 'center', behavior: 'instant'}"
        self.get(f"document.querySelector({selector!r}).scrollIntoView({where})")

    def ask(self, number: int) -> None:
        """Follows a link to a candidate."""
        self.get(f"location.hash = '#c{number}'")
        self.get("dispatchEvent(new HashChangeEvent('hashchange'))")

    def chosen(self) -> str:
        return str(self.get("document.querySelector('tr[aria-selected=true]')?.id"))

    def keys(self, *keys: str) -> None:
        """Real keys, by the names that the browser knows them by."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38,
                 "ArrowLeft": 37, "ArrowRight": 39, "Home": 36, "End": 35, "PageDown": 34}  # fmt: skip
        for key in keys:
            told: dict[str, Any] = {"key": key, "windowsVirtualKeyCode": codes.get(key, 0)}
            if len(key) == 1:
                told["text"] = key
            if key == "Enter":
                told["text"] = "\r"
            self.call("Input.dispatchKeyEvent", type="keyDown", **told)
            self.call("Input.dispatchKeyEvent", type="keyUp", **told)

    def focused(self) -> str:
        return str(self.get("document.activeElement.id || document.activeElement.tagName"))

    def until(self, expression: str) -> None:
        """Waits for what a timer of the page does."""
        for _ in range(2000):
            if self.get(expression):
                return
        raise AssertionError(f"never: {expression}")


Show = Callable[..., Page]


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    """Opens a report; at the end nothing may have gone wrong in it."""
    tabs: list[Page] = []

    def show(told: Report | Sequence[Candidate], winner: int = 0, state: str = "") -> Page:
        told = told if isinstance(told, Report) else report(told, winner)
        path = tmp_path / f"{len(tabs)}.html"
        path.write_text(html(told), encoding="utf-8")
        tabs.append(Page(browser, path.as_uri() + state).ready())
        return tabs[-1]

    yield show
    for tab in tabs:
        assert tab.failures() == []


class Parts(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(("", {}))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in ("script", "style"):
            kind = self.tags[-1][1].get("type") or "style"
            self.texts[kind] = self.texts.get(kind, "") + data


def test_nothing_comes_from_outside_and_only_ours_may_run() -> None:
    page = html(hostile())
    parts = Parts(page)
    metas = [attrs for tag, attrs in parts.tags if tag == "meta"]
    policy = str(next(m["content"] for m in metas if m.get("http-equiv")))
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    for text in (parts.texts["module"], parts.texts["style"]):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    for _, attrs in parts.tags:
        assert not {"src", "style", "onclick", "onerror", "onload"} & set(attrs)
        assert (attrs.get("href") or "#").startswith("#")
        assert all((attrs.get(key) or "#").startswith("#") for key in ("xlink:href", "action"))
    assert not re.search("url\\((?!#)", page)


def test_other_fixes_stand_beside_the_winner_with_what_tells_them_apart() -> None:
    page = html(report(family(3), 1, fixes=[fix(1, "best"), fix(2, "price(9)")]))
    assert "It may only suit the tests: best." in page
    assert re.search(r"#2 .*price\(9\)", page)
    assert "<code>price(9)</code>: <code>price(9)</code>, the winner <code>price(9)</code>" in page


def test_a_page_is_the_same_each_time() -> None:
    assert html(report(family(40), 31)) == html(report(family(40), 31))


def test_hostile_text_is_only_text(show: Show) -> None:
    tab = show(hostile())
    for number in range(len(HOSTILE) + 2):
        tab.ask(number)
        assert tab.chosen() == f"c{number}"
    assert "taken" not in tab.get("document.title").split(":")[-1]
    assert tab.get("document.querySelectorAll('script').length") == 2
    assert tab.get("document.querySelectorAll('img, iframe, object, style ~ style').length") == 0
    assert tab.get("document.querySelectorAll('style').length") == 1
    assert tab.get("[...document.links].every((a) => a.getAttribute('href')[0] === '#')")
    panel = "document.getElementById('panel').innerText"
    tab.ask(3)
    assert HOSTILE[2] in tab.get(panel)


def test_hostile_text_of_a_real_run_is_made_visible(tmp_path: Path, show: Show) -> None:
    from tracepy.store import EvaluationRow

    path = str(tmp_path / "shop.py")
    rows = [EvaluationRow(0, "0", "as it stands", 0.5, "ok")]
    for number, bad in enumerate(HOSTILE, 1):
        source = {path: f"x = 1 # {bad}\n".replace("\ud800", "?").replace("\udfff", "?")}
        rows.append(EvaluationRow(number, str(number), bad, 0.5, "ok", bad, 0.1, source))
    with stored(tmp_path, rows, improved=False, best=0.5, new={}) as store:
        page = html(gather(store, store.find("last")))
        told = gather(store, store.find("last"))
    assert "\u202e" not in page and "\x1b" not in page and "\u2028" not in page
    tab = show(told, state=f"#c{len(HOSTILE)}")
    assert "⟨U+202E⟩gnp.exe" in tab.text("#panel")
    assert "⟨U+202E⟩" in tab.text("#panel .diff")


def test_the_result_is_told_first(show: Show) -> None:
    made = [
        candidate(0, 0.5, passed=1, cases=2, feedback="1 of 2 tests pass\ntest_shop.py::test_total[a b]\nE  assert"),
        candidate(1, 1.0, leads=True, passed=2, cases=2, feedback="all pass", reason="it adds",
                  proposer="model", cpu=0.25, memory=27 * 2**20),
    ]  # fmt: skip
    tab = show(made, 1)
    result = tab.text("#result")
    for part in ("better", "0.5", "→", "1 → 2 of 2 cases pass", "now passes test_shop.py::test_total[a b]", "all pass",
                 "-RATE = 2", "+RATE = 3", "pytest test_shop.py"):  # fmt: skip
        assert part in result, part
    assert "it adds" in tab.text("#lineage")
    panel = tab.text("#panel")
    for part in ("#1", "winner", "+0.5 against its parent", "2/2", "model", "250 ms", "27 MiB",
                 "it adds", "all pass"):  # fmt: skip
        assert part in panel, part
    run = tab.text("#run")
    for part in ("3.11.7", "tracepy optimize shop.py --seed 0", "27 MiB", "shop.py"):
        assert part in run, part


def test_a_run_that_found_nothing_has_a_page(show: Show) -> None:
    tab = show([candidate(0, 0.5), candidate(1, None)])
    assert "nothing better found" in tab.text("#result")
    assert "Nothing better" in tab.text("#lineage")
    tab = show(report([candidate(0, None, leads=False)], status="interrupted"))
    assert "interrupted" in tab.text("#result")
    assert tab.rows() == ["c0"]


def test_the_table_is_walked_by_keys(show: Show) -> None:
    tab = show(family(300), 291)
    tab.get("document.getElementById('table').focus()")
    assert tab.chosen() == "c291"
    tab.keys("Home")
    assert tab.chosen() == "c0"
    tab.keys("ArrowDown", "ArrowDown", "j", "k")
    assert tab.chosen() == "c2"
    assert tab.get("document.getElementById('table').getAttribute('aria-activedescendant')") == "c2"
    assert "change 2" in tab.text("#panel h3")
    tab.keys("End")
    assert tab.chosen() == "c299"
    inside = """(() => { const row = document.querySelector('tr[aria-selected=true]').getBoundingClientRect();
        const box = document.getElementById('scroll').getBoundingClientRect();
        return row.top >= box.top && row.bottom <= box.bottom + 1; })()"""
    assert tab.get(inside)
    tab.keys("Enter")
    assert tab.focused() == "panel"
    tab.keys("Escape")
    assert tab.focused() == "table"


def test_everything_is_reached_by_tab(show: Show) -> None:
    tab = show(family(30), 21)
    reached = []
    for _ in range(80):
        tab.keys("Tab")
        reached.append(tab.get("document.activeElement.id || document.activeElement.textContent"))
    wanted = ["Skip to the candidates", "Result", "find", "kind", "as-list", "as-tree", "table"]
    places = [reached.index(one) for one in wanted]
    assert places == sorted(places) and places[0] == 0


def test_the_list_is_sorted_and_found_in(show: Show) -> None:
    tab = show(family(60), 51)
    tab.click("[data-sort=score]")
    assert tab.rows()[:3] == ["c51", "c41", "c31"]
    assert tab.get("document.querySelector('th.c-score').getAttribute('aria-sort')") == "descending"
    tab.click("[data-sort=score]")
    assert tab.get("document.querySelector('th.c-score').getAttribute('aria-sort')") == "ascending"
    tab.click("[data-sort=number]")
    tab.get("document.getElementById('kind').value = 'failed'")
    tab.get("document.getElementById('kind').dispatchEvent(new Event('change'))")
    assert tab.rows()[:3] == ["c5", "c10", "c15"]
    assert tab.text("#shown") == "11 of 60"
    tab.keys("/")
    assert tab.focused() == "find"
    tab.keys(*"keyerror #10")
    tab.until("document.getElementById('shown').textContent === '1 of 60'")
    assert tab.rows() == ["c10"]
    tab.ask(7)  # what the filter hides is listed again when it is asked for
    assert tab.chosen() == "c7"


def test_the_tree_shows_who_was_made_of_whom(show: Show) -> None:
    tab = show(family(60), 51)
    tab.click("#as-tree")
    assert tab.get("document.getElementById('table').getAttribute('role')") == "treegrid"
    assert tab.rows()[:4] == ["c0", "c1", "c11", "c21"]  # the winner's path is open
    level = "document.getElementById('c{}').getAttribute('aria-level')"
    assert [tab.get(level.format(n)) for n in (0, 1, 11)] == ["1", "2", "3"]
    tab.get("document.getElementById('table').focus()")
    tab.keys("Home")
    tab.keys("ArrowLeft")
    assert tab.rows() == ["c0"]
    tab.keys("ArrowRight", "ArrowRight")
    assert tab.chosen() == "c1"
    tab.keys("ArrowLeft", "ArrowLeft")
    assert tab.chosen() == "c0"
    tab.ask(33)  # made of 31, which is folded away
    assert tab.chosen() == "c33"


def test_the_path_to_the_winner_has_each_step(show: Show) -> None:
    tab = show(family(60), 51)
    ids = "[...document.querySelectorAll('ol.steps .id')].map((a) => a.textContent)"
    assert tab.get(ids) == ["#0", "#1", "#11", "#21", "#31", "#41", "#51"]
    assert tab.get("document.querySelectorAll('ol.steps .diff').length") == 6
    long = show(family(2_000), 1991)
    assert long.get("document.querySelectorAll('ol.steps .diff').length") == 59
    assert "141 steps between" in long.text("#lineage")


def test_the_drawing_answers_to_the_pointer(show: Show) -> None:
    tab = show(family(60), 51)
    tab.see("#scores")
    tab.mouse("mouseMoved", *tab.middle(".plot.wide .ring"))
    assert "#51" in tab.text(".plot.wide .tip")
    tab.ask(0)
    tab.see("#scores")
    x, y = tab.middle(".plot.wide .ring")
    tab.ask(51)
    tab.see("#scores")
    for kind in ("mousePressed", "mouseReleased"):
        tab.mouse(kind, x, y, button="left", clickCount=1)
    assert tab.chosen() == "c0"


def test_dark_and_light_are_the_readers(show: Show) -> None:
    tab = show(family(20), 11)
    colour = "getComputedStyle(document.querySelector('.plot text')).fill"
    seen = set()
    for scheme in ("light", "dark"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        tab.call("Emulation.setEmulatedMedia", features=features)
        seen.add((tab.get("getComputedStyle(document.body).backgroundColor"), tab.get(colour)))
    assert len(seen) == 2 and len({ink for _, ink in seen}) == 2


def test_paper_has_the_best_and_no_controls(show: Show) -> None:
    tab = show(family(300), 291)
    tab.call("Emulation.setEmulatedMedia", media="print")
    shown = "document.querySelector({!r}).checkVisibility()"
    assert tab.get(shown.format(".static table"))
    assert not tab.get(shown.format("#table"))
    assert not tab.get(shown.format("nav"))
    assert tab.get("document.querySelectorAll('.static tbody tr').length") == 25
    tab.get("dispatchEvent(new Event('beforeprint'))")
    assert tab.get("document.querySelectorAll('details:not([open])').length") == 0
    tab.get("dispatchEvent(new Event('afterprint'))")
    assert tab.get("document.querySelectorAll('details:not([open])').length") > 0


def test_a_phone_needs_no_scrolling_sideways(show: Show) -> None:
    tab = show(family(60), 51)
    tab.call("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1,
             mobile=True)  # fmt: skip
    assert tab.get("document.documentElement.scrollWidth") <= 390
    assert tab.get("document.getElementById('panel').scrollWidth") <= 390
    assert tab.get("getComputedStyle(document.querySelector('.plot.wide')).display") == "none"


def test_ten_thousand_candidates_are_a_screenful(show: Show) -> None:
    tab = show(family(10_000), 9991)
    assert tab.get("document.querySelectorAll('tr[data-index]').length") < 80
    assert tab.get("document.querySelectorAll('*').length") < 6_000
    assert tab.text("#shown") == "10,000"
    assert tab.chosen() == "c9991"
    tab.click("#as-tree")
    assert tab.get("document.querySelectorAll('tr[data-index]').length") < 80
    tab.get("document.getElementById('table').focus()")
    tab.keys("End")
    assert tab.chosen() != "undefined"


def test_without_scripts_the_best_are_there(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(html(report(family(60), 51)), encoding="utf-8")
    tab = Page(browser, "about:blank")
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    tab.call("Page.navigate", url=path.as_uri())
    tab.until("document.querySelector('.static table')?.checkVisibility()")
    assert not tab.get("document.querySelector('.live').checkVisibility()")


def test_a_page_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "report.html"
    file.write_text("before")
    with stored(tmp_path) as store:
        run = store.find("last")
        with monkeypatch.context() as patch:

            def full(*_: object) -> None:
                raise OSError(28, "No space left on device")

            patch.setattr("pathlib.Path.replace", full)
            with pytest.raises(UserError, match="No space left"):
                write(store, run, file)
        assert file.read_text() == "before"
        write(store, run, file)
    assert file.read_text().startswith("<!doctype html>")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".report")] == []
