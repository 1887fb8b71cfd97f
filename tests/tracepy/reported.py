"""Runs to report on, made without running anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from tracepy.report.candidates import Candidate, path_to
from tracepy.report.data import Report
from tracepy.report.steps import step
from tracepy.store import EvaluationRow, Run, Store

SHOP = "RATE = 2\n\n\ndef total(x):\n    return x + RATE\n"
BETTER = SHOP.replace("x + RATE", "x * RATE")
BEST = BETTER.replace("RATE = 2", "RATE = 3")


def stored(folder: Path, rows: Sequence[EvaluationRow] | None = None, **finish: Any) -> Store:
    """A store with one run of `shop.py`: two steps to the winner, one failure."""
    path = str(folder / "shop.py")
    store = Store.open(folder)
    run = store.create(target="shop.py", optimizer="search", settings={"seed": 0, "goal": 1.0},
                       objective="pytest test_shop.py", files={path: SHOP.encode()})  # fmt: skip
    store.add(run, rows or [
        EvaluationRow(0, "a", "as it stands", 0.5, "ok", "1 of 2 tests pass", 0.1),
        EvaluationRow(1, "b", "line 5: + -> *", 0.75, "ok", "", 0.1, {path: BETTER}),
        EvaluationRow(2, "c", "line 5: + -> /", None, "error", "Traceback\nKeyError: 'x'", 0.2,
                      {path: SHOP.replace("x + RATE", "x / RATE")}),
        EvaluationRow(3, "d", "RATE = 3", 1.0, "ok", "2 of 2 tests pass", 0.1, {path: BEST}),
    ])  # fmt: skip
    told: dict[str, Any] = {
        "status": "finished", "baseline": 0.5, "best": 1.0, "improved": True, "evaluations": 4,
        "seconds": 2.0, "parameters": [], "patch": "", "new": {path: BEST.encode()},
    }  # fmt: skip
    store.finish(run, **{**told, **finish})
    return store


def candidate(number: int, score: float | None = 0.5, **more: Any) -> Candidate:
    """One candidate; made of the program as it stood unless said otherwise."""
    told: dict[str, Any] = {
        "parent": None if number == 0 else 0, "proposer": "", "reason": "", "note": f"change {number}",
        "status": "ok" if score is not None else "error", "complete": True, "leads": number == 0,
        "passed": None, "cases": None, "seconds": 0.1, "cpu": 0.0, "memory": 0, "created": 0.0,
        "reused": "", "feedback": "", "step": "" if number == 0 else _step(number), "whole": "",
    }  # fmt: skip
    return Candidate(number=number, score=score, **{**told, **more})


def report(candidates: Sequence[Candidate], winner: int = 0, **more: Any) -> Report:
    """A report of these."""
    settings = more.pop("settings", {})
    told: dict[str, Any] = {
        "target": "shop.py", "optimizer": "search", "objective": "pytest test_shop.py",
        "status": "finished", "baseline": candidates[0].score, "best": candidates[winner].score,
        "improved": winner > 0, "evaluations": len(candidates), "seconds": 4.0,
        "originals": {"/p/shop.py": SHOP.encode()},
    }  # fmt: skip
    run = Run("20261126-120000-abcd", 1.8e9, settings=settings, **{**told, **more})
    return Report(
        run, PurePosixPath("/p"), candidates, winner, candidates[winner].step,
        path_to(candidates, winner), None, {"python": "3.11.7"}, "tracepy optimize shop.py --seed 0",
    )  # fmt: skip


def family(count: int) -> list[Candidate]:
    """Candidates of which every fifth has no verdict, every seventh was stopped early, and each
    made of the best before it."""
    made = [candidate(0, 0.5)]
    best = 0
    for number in range(1, count):
        failed, early = number % 5 == 0, number % 7 == 0
        leads = number % 10 == 1
        score = None if failed else 0.5 + number / (2 * count) if leads else 0.4
        made.append(candidate(number, score, parent=best, leads=leads, complete=failed or leads or not early,
                              feedback="KeyError: 'x'" if failed else ""))  # fmt: skip
        best = number if leads else best
    return made


def _step(number: int) -> str:
    new = SHOP.replace("RATE = 2", f"RATE = {number + 2}")
    originals = {"/p/shop.py": SHOP}
    return step({}, {"/p/shop.py": new}, originals, PurePosixPath("/p"))
