"""The page that a graph is looked at in: what is written, and what a browser makes of it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.tracepy.chromium import Browser, Tab
from tracepy.errors import UserError
from tracepy.graph.model import Graph, Node
from tracepy.graph.page import columns, page, summary

HOSTILE = [
    "</script><script>document.title = 'taken'</script>",
    "<!-- <script> -->",
    "<img src=x onerror=\"document.title = 'taken'\">",
    "line\u2028separator\u2029and \x00 \x1b[31m",
    "half a pair \ud800 and \udfff",
    "quotes \" ' ` \\ &lt; &amp; ]]>",
    "{{script}} {{data}}",
    "__proto__",
    "\u202egnp.exe",
]


def node(key: int, kind: str = "assign", code: str = "x = 1", **more: Any) -> Node:
    line = more.pop("line", key + 1)
    return Node(key, kind, more.pop("file", "/p/shop.py"), line, more.pop("end_line", line),
                more.pop("function", "f"), code=code, module="shop", **more)  # fmt: skip


def graph_of(*nodes: Node, outputs: tuple[int, ...] = (), **more: Any) -> Graph:
    return Graph({one.id: one for one in nodes}, list(outputs), **more)


def shop(turns: int) -> Graph:
    """A parameter, and a function that calls another one in each turn of a loop."""
    nodes = [
        node(0, code="RATE = 0.2", names=("RATE",), value="0.2", function="<module>",
             parameter="shop:RATE"),
        node(1, "call", "call total", function="total", line=3),
        node(2, code="sum = 0", names=("sum",), value="0", function="total", call=1, line=4,
             inputs=[(1, "control")]),
    ]  # fmt: skip
    last = 2
    for turn in range(turns):
        head = len(nodes)
        nodes += [
            node(head, "loop", "for price in prices:", names=("price",), value=str(turn),
                 function="total", call=1, line=5, inputs=[(1, "control")]),
            node(head + 1, "call", "sum += tax(\n    price,\n)", function="tax", line=6,
                 end_line=8, inputs=[(head, "control")]),
            node(head + 2, "argument", "price", names=("price",), value=str(turn), function="tax",
                 call=head + 1, line=10, inputs=[(head + 1, "control"), (head, "data")]),
            node(head + 3, "return", "return price * RATE", value=f"{turn * 0.2:.1f}",
                 function="tax", call=head + 1, line=11,
                 inputs=[(head + 1, "control"), (head + 2, "data"), (0, "data")]),
            node(head + 4, "augassign", "sum += tax(\n    price,\n)", names=("sum",), line=6,
                 end_line=8, function="total", call=1, value="0",
                 inputs=[(head, "control"), (last, "data"), (head + 3, "data")]),
        ]  # fmt: skip
        last = head + 4
    end = len(nodes)
    nodes += [
        node(end, "loop", "for price in prices:", function="total", call=1, line=5,
             inputs=[(1, "control")]),
        node(end + 1, "return", "return sum", value="7.5", function="total", call=1, line=9,
             inputs=[(last, "data"), (end, "control")]),
    ]  # fmt: skip
    return graph_of(*nodes, outputs=(end + 1,))


class Parts(HTMLParser):
    """The elements of a page, and the texts of those that hold nothing but text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = dict(attrs).get("id") or tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        self.texts[self._inside] = self.texts.get(self._inside, "") + data


def embedded(text: str) -> Any:
    return json.loads(Parts(text).texts["graph"])


def inputs_of(data: Any) -> list[list[tuple[int, str]]]:
    """The edges of each node, from the columns of a page."""
    found, edges = [], iter(data["inputs"])
    for index, degree in enumerate(data["degree"]):
        mine = [next(edges) for _ in range(degree)]
        found.append(
            [(data["ids"][index - (e >> 2)], "control" if e & 1 else "data") for e in mine]
        )
    return found


def test_the_embedded_graph_loads_back() -> None:
    graph = shop(3)
    data = embedded(page(graph))
    nodes = list(graph.nodes.values())
    assert data["ids"] == [one.id for one in nodes]
    assert inputs_of(data) == [one.inputs for one in nodes]
    for index, one in enumerate(nodes):
        assert data["places"][data["place"][index]] == [
            one.kind, one.file, one.line, one.end_line, one.function, one.module, one.code,
            list(one.names), one.parameter, one.note,
        ]  # fmt: skip
        value = data["value"][index]
        assert (None if value < 0 else data["values"][value]) == one.value
    assert data["outputs"] == [len(nodes) - 1]


def test_numbers_of_a_slice_need_not_be_in_a_row() -> None:
    graph = shop(3).slice(to="shop.py:11")
    data = embedded(page(graph))
    assert data["ids"] == list(graph.nodes) != list(range(len(graph.nodes)))
    assert inputs_of(data) == [one.inputs for one in graph.nodes.values()]


def test_edges_may_point_ahead_and_parents_may_be_missing() -> None:
    graph = graph_of(node(5, inputs=[(9, "data")], call=7), node(9, inputs=[(5, "control")]))
    data = embedded(page(graph))
    assert inputs_of(data) == [[(9, "data")], [(5, "control")]]
    assert data["parent"] == [0, 0]


def test_a_call_is_in_the_call_that_it_depends_on() -> None:
    data = columns(shop(1))
    assert [index - up if up else None for index, up in enumerate(data["parent"])] == [
        None, None, 1, 1, 1, 4, 4, 1, 1, 1,
    ]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_leaves_its_place(value: str) -> None:
    graph = graph_of(
        node(0, code=value, names=(value,), value=value, function=value, file=value,
             parameter=value, line=1),
        error=value, dropped=(value,), complete=False,
    )  # fmt: skip
    text = page(graph)
    usual = [tag for tag, _ in Parts(page(graph_of(node(0)))).tags]
    assert [tag for tag, _ in Parts(text).tags] == usual
    text.encode()  # can be written to a file
    data = embedded(text)
    assert data["values"] == [value]
    assert data["error"] == value
    assert data["places"][0][6] == value


def test_nothing_comes_from_outside_and_only_our_script_may_run() -> None:
    text = page(shop(1))
    parts = Parts(text)
    for tag, attributes in parts.tags:
        assert tag not in ("link", "iframe", "img", "base")
        assert not {"src", "href", "style"} & attributes.keys()
    policy = next(a["content"] for tag, a in parts.tags if a.get("http-equiv"))
    digests = {
        name: base64.b64encode(hashlib.sha256(parts.texts[name].encode()).digest()).decode()
        for name in ("style", "script")
    }
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{digests['script']}'; "
        f"style-src 'sha256-{digests['style']}'"
    )


def test_an_empty_graph_has_a_page() -> None:
    data = embedded(page(Graph({}, [], "ValueError: no")))
    assert (data["ids"], data["outputs"], data["failure"]) == ([], [], None)


def test_an_unknown_level_is_the_users_mistake() -> None:
    with pytest.raises(UserError, match="statement, call, module"):
        page(shop(1), "word")


def test_the_summary_says_what_is_missing() -> None:
    graph = shop(1)
    assert summary(graph) == "10 nodes."
    graph.error, graph.complete, graph.dropped = "ValueError: no", False, ("m.py:3 f",)
    assert summary(graph) == (
        "10 nodes. Ended by ValueError: no. Incomplete: more happened than the budget of events "
        "has room for. Recorded only in part: m.py:3 f."
    )


def test_the_error_is_where_it_was_raised() -> None:
    nodes = [node(0), node(1, "raise", "raise ValueError(1)"), node(2)]
    assert columns(graph_of(*nodes, error="ValueError: 1"))["failure"] == 1
    assert columns(graph_of(*nodes))["failure"] is None
    assert columns(graph_of(node(0), node(1), error="ZeroDivisionError"))["failure"] == 1


# In a browser. It is spoken to through a pipe, in its debugging protocol: every answer is waited
# for, nothing sleeps.


class Drawing(Tab):
    """The page of a graph."""

    def titles(self) -> list[str]:
        """The boxes that are drawn, in order."""
        script = "[...document.querySelectorAll('.box > text.title')].map((t) => t.textContent)"
        return list(self.get(script))

    def title(self) -> str:
        """The box that is chosen."""
        return self.text(".box.selected > text.title")


Show = Callable[..., Drawing]


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    """Opens the page of a graph; at the end nothing may have gone wrong in it."""
    tabs = []

    def show(graph: Graph, level: str = "statement", state: str = "") -> Drawing:
        path = tmp_path / f"{len(tabs)}.html"
        path.write_text(page(graph, level), encoding="utf-8")
        tabs.append(Drawing(browser, path.as_uri() + state))
        return tabs[-1]

    yield show
    for tab in tabs:
        assert tab.failures() == []


def test_levels_say_what_is_open_at_first(show: Show) -> None:
    assert show(shop(3), "module").titles() == ["shop"]
    calls = show(shop(3), "call").titles()
    assert calls[:3] == ["shop", "RATE = 0.2", "total()"]
    assert "return price * RATE" not in calls
    statements = show(shop(3)).titles()
    assert "return price * RATE" in statements
    assert statements.index("sum = 0") < statements.index("for price in prices:")


def test_a_box_opens_and_closes_by_click_and_by_key(show: Show) -> None:
    tab = show(shop(3), "module")
    tab.click("#box-module-0 .toggle")
    assert tab.titles() == ["shop", "RATE = 0.2", "total()"]
    tab.click("#box-call1", times=2)
    assert "sum = 0" in tab.titles()
    assert tab.title() == "total()"
    tab.press("Enter")
    assert "sum = 0" not in tab.titles()
    tab.press("ArrowRight", "ArrowRight")
    assert tab.title() == "sum = 0"
    tab.press("j")
    assert tab.title() == "for price in prices:"
    tab.press("k", "ArrowLeft", "ArrowLeft")
    assert "sum = 0" not in tab.titles()


def test_what_is_clicked_is_told_with_its_code_and_value(show: Show) -> None:
    tab = show(shop(2))
    tab.click("#box-step7")
    panel = tab.text("#panel")
    for part in ("shop.py:6–8", "6sum += tax(\n7    price,\n8)\n", "augassign", "n7", "total"):
        assert part in panel
    assert tab.get("document.querySelector('#panel pre.value').textContent") == "0"
    assert [tab.get(f"document.querySelectorAll('#panel .link')[{i}].dataset.node") for i in
            range(3)] == ["2", "6", "3"]  # fmt: skip
    tab.click("#panel .link[data-node='6']")
    assert tab.title() == "return price * RATE"
    assert "shop:RATE" not in tab.text("#panel dl")


def test_what_is_not_known_for_sure_is_said(show: Show) -> None:
    told = node(1, inputs=[(0, "data")], assumed=[0], note="no more is known")
    panel = show(graph_of(node(0), told), state="#node=n1").text("#panel")
    assert "data, assumed" in panel
    assert "no more is known" in panel


def test_what_is_chosen_shows_what_it_depends_on_and_what_uses_it(show: Show) -> None:
    tab = show(shop(2), state="#node=n6")
    classes = "[...document.querySelectorAll('.box.{}')].map((box) => box.id)"
    assert {"box-step0", "box-step5", "box-call1", "box-call4"} <= set(
        tab.get(classes.format("slice"))
    )
    assert tab.get(classes.format("users")) == ["box-step7"]
    assert tab.get("document.querySelectorAll('.edge.slice').length") >= 2
    tab.press("Escape")
    assert tab.get("document.querySelectorAll('.box.slice, .edge.slice').length") == 0


def test_search_finds_by_every_word_and_opens_what_is_round(show: Show) -> None:
    tab = show(shop(40), "module")
    tab.press("/", *"tax 6.2", "Enter")
    assert tab.title() == "return price * RATE"
    assert "6.2" in tab.text("#panel pre.value")
    x, y = tab.middle(".box.selected")
    frame = tab.get("document.getElementById('drawing').getBoundingClientRect().toJSON()")
    assert abs(x - frame["x"] - frame["width"] / 2) < 100
    assert abs(y - frame["y"] - frame["height"] / 2) < 100
    found = show(shop(40), state="#q=shop.py:11")
    assert "40 nodes" in found.text("#panel")
    assert found.get("document.querySelectorAll('#panel .link').length") == 40
    assert "0 nodes" in show(shop(2), state="#q=nowhere").text("#panel")


def test_output_parameter_and_error_are_one_click_away(show: Show) -> None:
    good = shop(40)
    wrong = node(300, "raise", "raise ValueError(1)", call=1, function="total", line=4)
    graph = graph_of(*good.nodes.values(), wrong, outputs=(203 + 1,), error="ValueError: 1")
    tab = show(graph, "module")
    tab.click("#go-output")
    assert tab.title() == "return sum"
    tab.click("#go-parameter")
    assert tab.title() == "RATE = 0.2"
    tab.click("#go-error")
    assert tab.title() == "raise ValueError(1)"
    assert tab.get("document.querySelectorAll('.box.judged, .box.failed').length") == 2
    assert "Ended by ValueError: 1." in tab.text("#summary")
    assert show(shop(1)).get("document.getElementById('go-error').disabled")


def test_the_wheel_zooms_at_the_pointer_and_a_drag_moves(show: Show) -> None:
    tab = show(shop(3))
    selector = "#box-step2"
    x, y = tab.middle(selector)
    wide = "document.querySelector('#box-step2 .body').getBoundingClientRect().width"
    before = tab.get(wide)
    tab.mouse("mouseWheel", x, y, deltaX=0, deltaY=-200)
    assert tab.get(wide) > before * 1.2
    assert tab.middle(selector) == pytest.approx((x, y), abs=12)
    x, y = tab.middle(selector)
    tab.mouse("mousePressed", x, y, button="left", clickCount=1)
    tab.mouse("mouseMoved", x + 30, y + 20, button="left", buttons=1)
    tab.mouse("mouseMoved", x + 60, y + 40, button="left", buttons=1)
    tab.mouse("mouseReleased", x + 60, y + 40, button="left", clickCount=1)
    assert tab.middle(selector) == pytest.approx((x + 60, y + 40), abs=2)
    assert not tab.get("document.querySelector('.box.selected')")
    tab.press("+")
    bigger = tab.get(wide)
    tab.press("-", "-")
    assert tab.get(wide) < bigger
    tab.press("0")
    assert tab.get("document.getElementById('scene').getBoundingClientRect().height") < 900


def test_turns_and_repeated_calls_open_by_pages(show: Show) -> None:
    tab = show(shop(100), state="#open=n1")
    assert "↓ 71 more turns" in tab.titles()
    tab.get(
        "document.querySelector('.box.pager .body').dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    )
    assert "↑ 30 more turns before" in tab.titles()
    assert "price = 30" in tab.titles()
    calls = [node(1, "call", "call main", function="main")]
    for key in range(2, 2002, 2):
        calls += [
            node(key, "call", "sorted(xs, key=f)", function="f", line=7, call=1),
            node(key + 1, "return", "return 1", call=key, line=2),
        ]
    tab = show(graph_of(*calls), state="#open=n1")
    assert {"f() × 1,000", "↓ 970 more calls"} <= set(tab.titles())
    tab.click("#box-calls2 .toggle")
    assert tab.titles() == ["shop", "main()", "f() × 1,000"]


def test_what_was_opened_first_closes_where_there_is_too_much(show: Show) -> None:
    nodes = []
    for call in range(0, 900, 30):
        nodes.append(node(call, "call", f"call f{call}", function=f"f{call}"))
        nodes += [node(call + k, code=f"x = {k}", call=call) for k in range(1, 30)]
    tab = show(graph_of(*nodes), state="#open=" + ",".join(f"n{k}" for k in range(0, 900, 30)))
    assert 200 < int(tab.get("document.documentElement.dataset.boxes")) <= 320
    assert tab.get("document.getElementById('box-call870').getAttribute('aria-expanded')") == "true"
    assert tab.get("document.getElementById('box-call0').getAttribute('aria-expanded')") == "false"


def test_hostile_values_are_only_text(show: Show) -> None:
    nodes = [
        node(key, code=value, names=(value,), value=value, function=value, file=value,
             parameter=value)
        for key, value in enumerate(HOSTILE)
    ]  # fmt: skip
    tab = show(graph_of(*nodes, outputs=(2,), error=HOSTILE[0]))
    for key in range(len(HOSTILE)):
        tab.get(f"location.hash = '#node=n{key}'")
        tab.get("dispatchEvent(new HashChangeEvent('hashchange'))")
        assert f"n{key}" in tab.text("#panel dl")
    assert tab.get("document.title") == "Execution graph"
    assert tab.get("document.querySelectorAll('script').length") == 2
    assert tab.get("document.querySelectorAll('img').length") == 0


def test_an_empty_graph_is_shown(show: Show) -> None:
    tab = show(Graph({}, []))
    assert tab.text("#summary") == "0 nodes."
    tab.press("j", "Enter", "p", "o", "e", "0", "ArrowLeft", "ArrowRight")
    assert tab.get("document.getElementById('go-output').disabled")


def test_a_hundred_thousand_nodes_open_by_level(show: Show) -> None:
    turns = 20_000
    tab = show(shop(turns))
    assert int(tab.get("document.documentElement.dataset.boxes")) <= 150
    assert tab.get("document.querySelectorAll('*').length") < 5_000
    assert "20,000 turns" in tab.text("#scene")
    tab.click("#go-output")
    assert tab.title() == "return sum"
    tab.get("location.hash = '#node=n70003'")
    tab.get("dispatchEvent(new HashChangeEvent('hashchange'))")
    assert tab.text(".box.selected .value") == "= 14000"
    assert int(tab.get("document.documentElement.dataset.boxes")) <= 320


def test_deep_recursion_is_shown_in_part(show: Show) -> None:
    depth = 3_000
    nodes = [
        node(key, "call", "f(n - 1)", call=key - 1 if key else None, line=2) for key in range(depth)
    ]
    tab = show(graph_of(*nodes, node(depth, code="x = 1", call=depth - 1)), state="#node=n3000")
    assert tab.title() == "x = 1"
    assert int(tab.get("document.documentElement.dataset.boxes")) < 40
    tab.click("#trail button")
    assert tab.titles()[0] == "shop"
