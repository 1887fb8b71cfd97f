"""How many small functions `search` writes from examples of what they give.

    python -m benchmarks.synthesis [--set thirty|ten|more|all] [--evaluations 300] [--seed 1] [NAME ...]

Each problem is a stub in a folder of its own and its examples: every other problem has them as tests,
the others as a data set. `solved` says that all examples hold in the end, `held out` how many other
calls the found function answers as the right one does.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import tracepy
from benchmarks.report import publish, show
from benchmarks.synthesis.problems import MORE, TEN, THIRTY, Problem


def attempt(problem: Problem, data: bool, evaluations: int, seed: int) -> dict[str, Any]:
    """Let `search` write a function; a line of the table."""
    expected = problem.answers(problem.right, problem.training)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pyproject.toml").write_text("")
        program = folder / "functions.py"
        program.write_text(problem.stub)
        calls = list(zip(problem.training, expected, strict=True))
        given = _data(folder, problem, calls) if data else _tests(folder, problem, calls)
        started = time.monotonic()
        result = tracepy.optimize(
            tracepy.Problem(str(program), project=folder),
            evaluations=evaluations,
            seed=seed,
            time=120.0,
            **given,
        )
        seconds = time.monotonic() - started
        found = result.changes[0].new.decode() if result.changes else problem.stub
    wanted = problem.answers(problem.right, problem.held_out)
    given_back = problem.answers(found, problem.held_out)
    good = sum(
        a == b and type(a) is not type(None) for a, b in zip(given_back, wanted, strict=True)
    )
    return {
        "function": problem.name,
        "examples": f"{len(expected)} {'lines' if data else 'tests'}",
        "solved": "yes" if result.goal_reached else "no",
        "held out": f"{good}/{len(wanted)}",
        "evaluations": result.evaluations,
        "seconds": round(seconds, 1),
        "found": _body(found),
    }


def _tests(folder: Path, problem: Problem, calls: Sequence[tuple[Any, Any]]) -> dict[str, Any]:
    lines = [f"from functions import {problem.name}\n"]
    for number, (args, wanted) in enumerate(calls, 1):
        call = f"{problem.name}({', '.join(map(repr, args))})"
        lines += [f"def test_{number}():", f"    assert {call} == {wanted!r}\n"]
    (folder / "test_functions.py").write_text("\n".join(lines))
    return {"pytest": (str(folder / "test_functions.py"),)}


def _data(folder: Path, problem: Problem, calls: Sequence[tuple[Any, Any]]) -> dict[str, Any]:
    file = folder / "examples.jsonl"
    file.write_text(
        "".join(json.dumps({"args": args, "expected": wanted}) + "\n" for args, wanted in calls)
    )
    return {"dataset": str(file), "call": f"functions:{problem.name}"}


def _body(text: str) -> str:
    lines = text.partition("def ")[2].splitlines()[1:]
    return "; ".join(line.strip() for line in lines if line.strip())


def totals(rows: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    """One line for a set of problems."""
    right = [row for row in rows if len(set(row["held out"].split("/"))) == 1]
    return {
        "set": name,
        "functions": len(rows),
        "solved": sum(row["solved"] == "yes" for row in rows),
        "right on all held out": len(right),
        "median evaluations": median(row["evaluations"] for row in rows),
        "median seconds": median(row["seconds"] for row in rows),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Write small functions from examples.")
    parser.add_argument("name", nargs="*", help="functions; all by default")
    parser.add_argument("--set", choices=("thirty", "ten", "more", "all"), default="all")
    parser.add_argument("--evaluations", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sets = {"thirty": THIRTY, "ten": TEN, "more": MORE}
    chosen = sets if options.set == "all" else {options.set: sets[options.set]}
    table: list[dict[str, Any]] = []
    sums = []
    for name, problems in chosen.items():
        rows = []
        for number, problem in enumerate(problems):
            if not options.name or problem.name in options.name:
                data = number % 2 == 1
                rows.append(attempt(problem, data, options.evaluations, options.seed))
                print(" ".join(str(value) for value in rows[-1].values()), flush=True)
        table += [{"set": name, **row} for row in rows]
        sums += [totals(rows, name)] if rows else []
    note = f"at most {options.evaluations} evaluations, seed {options.seed}"
    whole = options.set == "all" and not options.name
    (publish if whole else show)("synthesis", table, note)
    show("synthesis, all", sums)


if __name__ == "__main__":
    main()
