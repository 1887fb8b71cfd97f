"""The report as a page: jinja2 escapes whatever a stranger wrote, the policy forbids the rest."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tracepy.errors import UserError
from tracepy.pages import look, part, policy, writable
from tracepy.report.data import Candidate, Report, gather
from tracepy.report.diffs import rows as diff_rows
from tracepy.report.steps import label
from tracepy.report.visible import one_line, visible
from tracepy.store import Run, Store
from tracepy.words import count, duration, score, size, two_scores

_SCRIPTS = ("data", "text", "list", "table", "panel", "plot", "main")  # in this order
_BEST_SHOWN = 25
_CAUSES_SHOWN = 8


def require() -> None:
    """Raises UserError where the libraries that draw a report are not installed."""
    try:
        import jinja2  # noqa: F401
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise UserError(
            f"a report needs {error.name}, which is not installed: "
            "pip install 'tracepy-opt[report]'"
        ) from error


def write(store: Store, run: Run, file: Path) -> None:
    """Write the report of a run, all of it or nothing.

    Raises:
        UserError: the file cannot be written, the store cannot be read, or what a report needs
            is not installed.
    """
    text = html(gather(store, run))
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with open(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
            mask = os.umask(0)
            os.umask(mask)
            Path(name).chmod(0o666 & ~mask)
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UserError(f"cannot write {file}: {error.strerror or error}") from error


def html(report: Report) -> str:
    """The page. Raises UserError where what it needs is not installed."""
    require()
    import jinja2
    from markupsafe import Markup

    from tracepy.report.plot import scores

    style = f"{look()}\n{part('tracepy.report', 'report.css')}"
    script = "\n".join(part("tracepy.report", f"{name}.js") for name in _SCRIPTS)
    plots = {
        name: scores(report.candidates, report.path, minimize=report.minimize, size=area, name=name)
        for name, area in (("wide", (1080, 320)), ("narrow", (390, 290)))
    }
    template = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(part("tracepy.report", "page.html"))
    # What is Markup here is our own text, and base64.
    return writable(
        template.render(
            policy=policy(script, style),
            style=Markup(style),
            script=Markup(script),
            data=packed(payload(report)),
            plots={name: (plot, Markup(plot.svg)) for name, plot in plots.items()},
            clipped=plots["wide"].clipped,
            diff_rows=diff_rows,
            **_told(report),
        )
    )


def packed(data: Any) -> str:
    """JSON, compressed: candidates are much alike, so that it shrinks tenfold and more."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode(), 6)).decode()


def payload(report: Report) -> dict[str, Any]:
    """The candidates as the page's scripts read them: a column per attribute.

    Texts are numbers of lines in `texts`, where each stands once.
    """
    texts: dict[str, int] = {"": 0}
    columns: dict[str, list[Any]] = {}
    for name in ("proposer", "reason", "note", "status", "reused", "feedback", "step", "whole"):
        columns[name] = [
            texts.setdefault(getattr(one, name), len(texts)) for one in report.candidates
        ]
    for name in ("number", "parent", "score", "passed", "cases", "memory"):
        columns[name] = [getattr(one, name) for one in report.candidates]
    for name in ("complete", "leads"):
        columns[name] = [int(getattr(one, name)) for one in report.candidates]
    for name in ("seconds", "cpu", "created"):
        columns[name] = [round(getattr(one, name), 4) for one in report.candidates]
    return {
        "texts": list(texts),
        "columns": columns,
        "winner": report.winner,
        "path": list(report.path),
        "minimize": report.minimize,
    }


def _told(report: Report) -> dict[str, Any]:
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
        "before": by_number.get(0),
        "after": by_number.get(report.winner) if report.winner else None,
        "parameters": [_parameter(item) for item in run.parameters],
        "patch": report.patch,
        "path": [_stage(path, index) for index in range(len(path))],
        "total": len(report.candidates),
        "counts": _counts(report.candidates),
        "best_first": [_row(one) for one in _best_first(report)],
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
    told = {
        "target": run.target,
        "objective": run.objective,
        "goal": "" if given.get("goal") is None else score(given["goal"]),
        "context": str(given.get("context") or ""),
        "optimizer": run.optimizer,
        "model": str(given.get("model") or ""),
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
    return {name: visible(value, 2000) for name, value in told.items() if value}


def _cases(path: Sequence[Candidate]) -> str:
    """How many cases passed before and after, where the objective has cases."""
    if not path or not path[0].cases:
        return ""
    first, last = path[0], path[-1]
    before = f"{first.passed or 0:,}"
    if last is first or last.passed is None:
        return f"{before} of {first.cases:,} cases pass"
    return f"{before} → {last.passed:,} of {first.cases:,} cases pass"


def _parameter(item: dict[str, Any]) -> dict[str, str]:
    function = item.get("kind") == "function"
    old, new = (
        "" if function else visible(repr(item.get(key)), 400) for key in ("old", "new")
    )
    return {"name": visible(str(item.get("name"))), "kind": str(item.get("kind")),
            "old": old, "new": new}  # fmt: skip


def _stage(path: Sequence[Candidate], index: int) -> dict[str, Any]:
    one = path[index]
    gain = ""
    above = path[index - 1].score if index else None
    if above is not None and one.score is not None and one.score != above:
        gain = f"{one.score - above:+.4g}".replace("-", "−")
    return {**_row(one), "gain": gain, "step": one.step, "reason": one.reason}


def _row(one: Candidate) -> dict[str, Any]:
    return {
        "number": one.number,
        "parent": one.parent,
        "score": score(one.score) if one.status == "ok" else "",
        "state": state(one),
        "note": one.note,
        "proposer": one.proposer,
        "cases": f"{one.passed or 0:,} of {one.cases:,}" if one.cases else "",
        "seconds": _short(one.seconds),
        "cpu": _short(one.cpu),
        "memory": size(one.memory) if one.memory else "",
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
    told = {
        "evaluations": f"{run.evaluations:,}{rate}",
        "wall-clock time": duration(run.seconds),
        "time in workers": duration(sum(one.seconds for one in all_of_them)),
        "CPU time": duration(cpu) if cpu else "",
        "most memory of one": size(peak) if peak else "",
        "verdicts reused": f"{reused:,}" if reused else "",
    }
    return {name: value for name, value in told.items() if value}


def _files(report: Report) -> list[dict[str, str]]:
    return [
        {
            "path": visible(label(path, report.project)),
            "size": size(len(data)),
            "digest": hashlib.sha256(data).hexdigest(),
        }
        for path, data in sorted(report.run.originals.items())
    ]

