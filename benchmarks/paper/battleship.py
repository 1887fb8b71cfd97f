"""Battleship (paper, section 5.5 and figure 1): code that reasons and code that acts, together.

One honest scale: 5 x 5 squares, ships of 4, 3, 3 and 2, twelve shots, and what is measured is the
share of the ships' squares that is hit, on 100 boards that no training saw. The paper's optimizers
begin with functions that do nothing; `search` is run from there, too, and from the hand-written
rules of `examples/battleship`.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.paper import ours
from benchmarks.paper.domain import Asked, Domain, Found, Method
from benchmarks.paper.scripted import Script

_EXAMPLE = Path(__file__).parents[2] / "examples" / "battleship"
_TRAINING, _HELD_OUT = 20, 100  # boards
_BLANK = {
    "reason": '''def reason(map: list[list[str]]) -> list[int]:
    """Given a map, think about where ships may be. X is a hit, O a miss, . is unknown."""
    return [0, 0]
''',
    "act": '''def act(map: list[list[str]], plan: list[int]) -> list[int] | None:
    """Given a map and a plan, choose the row and column to shoot at."""
    return None
''',
}
_HELPERS = ("arms", "centrality")
_JUDGE = '''import agent


def played(board):
    """The share of squares that the agent hits, and what became of each shot."""
    told, hits = [], 0
    for number in range(1, agent.SHOTS + 1):
        seen = [list(row) for row in board.map]
        try:
            row, col = agent.act(seen, agent.reason(seen))
            hit = board.shoot(row, col)
        except Exception as error:
            told.append(f"Shot {{number}}: {{type(error).__name__}}: {{error}}. No more shots.")
            break
        hits += hit
        told.append(f"Shot {{number}} at {{(row, col)}}: {{'a hit' if hit else 'no hit'}}.")
    return hits / sum(agent.SHIPS), told


def score():
    """The mean share over the training boards; in words, what became of the first board."""
    found = [played(board) for board in agent.boards({training}, {number})]
    return sum(share for share, _ in found) / len(found), "\\n".join(found[0][1])


def held_out():
    """The same on boards that no training sees."""
    found = [played(board)[0] for board in agent.boards({held_out}, {many})]
    return sum(found) / len(found)
'''


@cache
def _example(name: str) -> Any:
    """A module of the example."""
    if str(_EXAMPLE) not in sys.path:
        sys.path.append(str(_EXAMPLE))
    spec = importlib.util.spec_from_file_location(name, _EXAMPLE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _dealt(seed: int) -> int:
    """The dealer's seed of what is held out from a cell."""
    return 1000 + seed


def _plays(player: Callable[[Any, int], Any], asked: Asked) -> Found:
    boards = _example("agent").boards(_dealt(asked.seed), _HELD_OUT)
    play = player(_example("held_out"), asked.seed)
    share = fmean(_example("held_out").share_hit(play, board) for board in boards)
    return Found({"best": [share]})


def _at_random(held_out: Any, seed: int) -> Any:
    return held_out.at_random(seed)


def _row_by_row(held_out: Any, seed: int) -> Any:
    return held_out.enumerator


def blank() -> str:
    """The example with functions that do nothing, and without what its rules use."""
    text = (_EXAMPLE / "agent.py").read_text("utf-8")
    lines = text.splitlines(keepends=True)
    for node in reversed(ast.parse(text).body):
        name = getattr(node, "name", "")
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
        if name not in _BLANK and name not in _HELPERS and not name.endswith("_WEIGHT"):
            continue
        first, last = node.lineno - 1, node.end_lineno
        if name in _HELPERS and lines[first - 1].startswith("# tracepy"):
            first -= 1
        lines[first:last] = [_BLANK.get(name, "")]
    return "".join(lines)


def _ours(asked: Asked, start: str = "blank", **options: Any) -> Found:
    text = blank() if start == "blank" else (_EXAMPLE / "agent.py").read_text("utf-8")
    judge = _JUDGE.format(
        training=asked.seed, number=_TRAINING, held_out=_dealt(asked.seed), many=_HELD_OUT
    )
    with ours.folder() as place:
        target = place / "agent.py"
        ours.project(place, {"agent.py": text, "judge.py": judge})
        ran = ours.optimized(
            asked, target, Script.of(target), objective="judge:score", goal=1.0, timeout=30.0,
            context="Hit as many squares of the ships as possible within the shots.",
            **ours.bounds(asked, options["optimizer"]), **options,
        )  # fmt: skip
        rows = ran.rows[: asked.steps + 1]
        curves = {"best": [row.sources for row in ours.leaders(rows)]}
        if asked.model is not None:
            curves["last"] = [row.sources for row in rows]
        found = {
            name: ours.judged(target, programs, objective="judge:held_out", timeout=30.0)
            for name, programs in curves.items()
        }
    found = {name: ours.held(curve, asked.steps) for name, curve in found.items()}
    return Found(found, {**ran.facts(), "patch": ran.result.patch})


DOMAIN = Domain(
    name="battleship",
    title="Battleship: share of the ships' squares hit, held out",
    methods={
        "random": Method(partial(_plays, _at_random), once=True),
        "row by row": Method(partial(_plays, _row_by_row), once=True),
        "search": Method(partial(_ours, optimizer="search"), steps=400),
        "search from rules": Method(partial(_ours, start="rules", optimizer="search"), steps=400),
        **{
            name: Method(partial(_ours, **options), asks=True, packages=("litellm",))
            for name, options in ours.WAYS.items()
            if name != "optoprime scalar"
        },
    },
    seeds=tuple(range(10)),
    steps=20,
    quick=(2, 10),
    curves={"best": "best so far", "last": "last iterate"},
    at=(0, 1, 2, 5, 7, 20, 100, 400),
    published={
        "optoprime no memory": {0: 0.0, 1: 0.22, 2: 0.46, 5: 0.575, 7: 0.605},
        "opro": {0: 0.0, 1: 0.005, 2: 0.16, 5: 0.105, 7: 0.105},
        "row by row": {0: 0.285, 1: 0.285, 2: 0.285, 5: 0.285, 7: 0.285},
    },
    least=False,
    note="An iterate is judged on 20 boards of its own, of which the feedback tells the shots of "
    "one; the paper updates after each shot. The paper's figure scales its curves by 25/17, but "
    "not its enumeration, which also never shoots at the first row: its values are no share of 12 "
    "squares, and do not compare.",
)
