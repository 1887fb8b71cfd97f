"""What the page tells in words and numbers, ready for the template; all of it visible text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tracepy.patches import label
from tracepy.report.candidates import Candidate
from tracepy.report.data import Report
from tracepy.report.visible import one_line, visible
from tracepy.store import Run
from tracepy.transcript import bill
from tracepy.words import count, duration, money, score, size, two_scores

# A line of feedback that is a test's name, as pytest has it.
_CASE = re.compile(r"^(\S+::\S.*)$", re.MULTILINE)
_BEST_SHOWN = 25
_CAUSES_SHOWN = 8
PATH_SHOWN = 60
"""Steps of the winner's lineage that are shown: the first third of them, and the last ones."""


def told(report: Report) -> dict[str, Any]:
    """What the template says in words."""
    run = report.run
    first, last = two_scores(run.baseline, run.best)
    by_number = {one.number: one for one in report.candidates}
    path = [by_number[number] for number in report.path if number in by_number]
    return {
        "run": run.id,
        "target": one_line(run.target),
        "verdict": _verdict(run),
        "improved": run.improved,
        "baseline": first,
        "best": last,
        "direction": "lower is better" if report.minimize else "higher is better",
        "when": datetime.fromtimestamp(run.created, UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "asked": _asked(report),
        "cases": _cases(path),
        "changed_cases": _changed_cases(path),
        "before": by_number.get(0),
        "after": by_number.get(report.winner) if report.winner else None,
        "model": bill(report.asked.spent),
        "models": _models(report),
        "calls_left_out": report.asked.left_out,
        "pictures": report.pictures,
        "parameters": [_parameter(item) for item in run.parameters],
        "patch": report.patch,
        "warnings": [one_line(text) for fix in run.fixes[:1] for text in fix["warnings"]],
        "fixes": [_fix(fix) for fix in run.fixes[1:]],
        "path": [_stage(path, index, report.winner) for index in _shown(len(path))],
        "steps": len(path),
        "between": max(0, len(path) - PATH_SHOWN),
        "total": len(report.candidates),
        "counts": _counts(report.candidates),
        "best_first": _table([_row(one, report.winner) for one in _best_first(report)]),
        "causes": report.failures()[:_CAUSES_SHOWN],
        "other_causes": max(0, len(report.failures()) - _CAUSES_SHOWN),
        "slice": report.slice,
        "costs": _costs(report),
        "environment": report.environment,
        "command": report.command,
        "files": _files(report),
        "diffs_left_out": report.diffs_left_out,
    }


def _verdict(run: Run) -> str:
    if run.improved:
        return "better" if run.status == "finished" else f"better so far, {run.status}"
    return "nothing better found" if run.status == "finished" else run.status


def _asked(report: Report) -> dict[str, str]:
    run, given = report.run, report.run.settings
    limits = [
        f"{given['evaluations']:,} evaluations" if given.get("evaluations") else "",
        f"{given['iterations']:,} rounds" if given.get("iterations") else "",
        duration(given["time"]) if given.get("time") else "",
    ]
    facts = {
        "target": run.target,
        "objective": run.objective,
        "goal": "" if given.get("goal") is None else score(given["goal"]),
        "context": str(given.get("context") or ""),
        "optimizer": run.optimizer,
        "model": _names(given.get("model")),
        "trainer": str(given.get("trainer") or ""),
        "seed": str(given.get("seed", 0)),
        "trained": ", ".join(given.get("train") or ()),
        "frozen": ", ".join(given.get("freeze") or ()),
        "budget": ", ".join(filter(None, limits)),
        "for each": ", ".join(
            filter(
                None,
                (
                    duration(given["timeout"]) if given.get("timeout") else "",
                    size(given["memory_limit"]) if given.get("memory_limit") else "",
                ),
            )
        ),
        "sandbox": str(given.get("sandbox") or ""),
    }
    return {name: visible(value, 2000) for name, value in facts.items() if value}


def _names(models: Any) -> str:
    """Models as they were asked for; older runs have one."""
    return models if isinstance(models, str) else ", ".join(map(str, models or ()))


def _cases(path: Sequence[Candidate]) -> str:
    """How many cases passed before and after, where the objective has cases."""
    if not path or not path[0].cases:
        return ""
    first, last = path[0], path[-1]
    before = f"{first.passed or 0:,}"
    if last is first or last.passed is None:
        return f"{before} of {first.cases:,} cases pass"
    return f"{before} → {last.passed:,} of {first.cases:,} cases pass"


def _changed_cases(path: Sequence[Candidate]) -> list[tuple[str, str]]:
    """What became of the cases that feedback names: (`passes` or `fails`, name).

    The store keeps how many cases passed; which ones failed, only a test's feedback says, and of
    the first few.
    """
    if len(path) < 2 or not path[0].cases:
        return []
    before, after = (_CASE.findall(one.feedback) for one in (path[0], path[-1]))
    gone = [("passes", name) for name in before if name not in after]
    come = [("fails", name) for name in after if name not in before]
    unnamed = (path[-1].passed or 0) - (path[0].passed or 0) - len(gone) + len(come)
    rest = [("passes", count(unnamed, "more case"))] if (gone or come) and unnamed > 0 else []
    return gone + rest + come


def _parameter(item: dict[str, Any]) -> dict[str, str]:
    function = item.get("kind") == "function"
    old, new = ("" if function else visible(repr(item.get(key)), 400) for key in ("old", "new"))
    return {"name": visible(str(item.get("name"))), "kind": str(item.get("kind")),
            "old": old, "new": new}  # fmt: skip


def _fix(fix: dict[str, Any]) -> dict[str, Any]:
    """Another program that reaches the goal, and how it differs from the winner."""
    return {
        "number": fix["number"],
        "note": one_line(fix["note"]),
        "alike": fix["alike"],
        "warnings": [one_line(text) for text in fix["warnings"]],
        "differs": [
            {name: one_line(text) for name, text in item.items()} for item in fix["differs"]
        ],
    }


def _shown(steps: int) -> list[int]:
    """Which of so many steps are shown."""
    if steps <= PATH_SHOWN:
        return list(range(steps))
    first = PATH_SHOWN // 3
    return [*range(first), *range(steps - PATH_SHOWN + first, steps)]


def _stage(path: Sequence[Candidate], index: int, winner: int) -> dict[str, Any]:
    one = path[index]
    gain = ""
    above = path[index - 1].score if index else None
    if above is not None and one.score is not None and one.score != above:
        gain = f"{one.score - above:+.4g}".replace("-", "−")
    return {**_row(one, winner), "gain": gain, "step": one.step, "reason": one.reason}


def _row(one: Candidate, winner: int) -> dict[str, Any]:
    return {
        "number": one.number,
        "parent": "" if one.parent is None else f"#{one.parent}",
        "score": score(one.score) if one.status == "ok" else "",
        "state": "winner" if one.number == winner != 0 else state(one),
        "note": one.note,
        "proposer": one.proposer,
        "cases": f"{one.passed or 0:,} of {one.cases:,}" if one.cases else "",
        "seconds": _short(one.seconds),
        "cpu": _short(one.cpu),
        "memory": size(one.memory) if one.memory else "",
    }


_HEADS = {
    "number": ("#", "number"), "score": ("score", "number"), "state": ("state", "state"),
    "note": ("change", ""), "parent": ("from", "number"), "proposer": ("by", ""),
    "cases": ("cases", "number"), "seconds": ("time", "number"), "cpu": ("CPU", "number"),
    "memory": ("memory", "number"),
}  # fmt: skip


def _table(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Rows as cells, without the columns that nothing is in."""
    names = [name for name in _HEADS if any(row[name] not in ("", None) for row in rows)]
    return {
        "heads": [_HEADS[name] for name in names],
        "rows": [[row[name] for name in names] for row in rows],
    }


def _short(seconds: float) -> str:
    if seconds < 0.9995:
        return f"{seconds * 1000:.3g} ms" if seconds else ""
    return f"{seconds:.3g} s" if seconds < 99.5 else f"{seconds:,.0f} s"


def state(one: Candidate) -> str:
    """What became of a candidate, in a word or two."""
    if one.status != "ok":
        return one.status
    if not one.complete:
        return "stopped early"
    return "new best" if one.leads and one.number else "judged"


def _counts(candidates: Sequence[Candidate]) -> str:
    early = sum(one.status == "ok" and not one.complete for one in candidates)
    failed = sum(one.status != "ok" for one in candidates)
    parts = [count(len(candidates), "candidate")]
    parts += [f"{early:,} stopped early"] if early else []
    parts += [f"{failed:,} without a verdict"] if failed else []
    return ", ".join(parts)


def _best_first(report: Report) -> list[Candidate]:
    sign = -1.0 if report.minimize else 1.0
    whole = [
        one
        for one in report.candidates
        if one.score is not None and one.status == "ok" and one.complete
    ]
    return sorted(whole, key=lambda one: (-sign * (one.score or 0.0), one.number))[:_BEST_SHOWN]


def _costs(report: Report) -> dict[str, str]:
    run, all_of_them = report.run, report.candidates
    rate = f", {run.evaluations / run.seconds:.3g} a second" if run.seconds > 0 else ""
    reused = sum(bool(one.reused) for one in all_of_them)
    cpu = sum(one.cpu for one in all_of_them)
    peak = max((one.memory for one in all_of_them), default=0)
    facts = {
        "evaluations": f"{run.evaluations:,}{rate}",
        "wall-clock time": duration(run.seconds),
        "time in workers": duration(sum(one.seconds for one in all_of_them)),
        "CPU time": duration(cpu) if cpu else "",
        "most memory of one": size(peak) if peak else "",
        "verdicts reused": f"{reused:,}" if reused else "",
    }
    return {name: value for name, value in facts.items() if value}


def _models(report: Report) -> list[dict[str, str]]:
    """What each model took."""
    return [
        {
            "name": one_line(name),
            "calls": f"{one.calls:,}",
            "prompts": f"{one.prompt_tokens:,}",
            "answers": f"{one.completion_tokens:,}",
            "cost": "unknown" if one.cost is None else money(one.cost),
        }
        for name, one in report.asked.spent.items()
    ]


def _files(report: Report) -> list[dict[str, str]]:
    return [
        {
            "path": visible(label(path, report.project)),
            "size": size(len(data)),
            "digest": hashlib.sha256(data).hexdigest(),
        }
        for path, data in sorted(report.run.originals.items())
    ]
