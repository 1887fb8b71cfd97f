"""The report as a page: jinja2 escapes whatever a stranger wrote, the policy forbids the rest."""

from __future__ import annotations

import base64
import json
import os
import tempfile
import zlib
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tracepy.errors import UserError
from tracepy.pages import look, part, policy, writable
from tracepy.report.data import Report, gather
from tracepy.report.diffs import rows as diff_rows
from tracepy.report.told import told
from tracepy.store import Run, Store

_SCRIPTS = ("data", "text", "list", "table", "panel", "plot", "main")  # in this order


def require() -> None:
    """Raises UserError where the libraries that draw a report are not installed."""
    for name in ("jinja2", "matplotlib"):
        if find_spec(name) is None:
            raise UserError(
                f"a report needs {name}, which is not installed: pip install 'tracepy-opt[report]'"
            )


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
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
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
            policy=policy(script, style, pictures=bool(report.pictures)),
            style=Markup(style),
            script=Markup(script),
            data=packed(payload(report)),
            plots={name: (plot, Markup(plot.svg)) for name, plot in plots.items()},
            clipped=plots["wide"].clipped,
            diff_rows=diff_rows,
            **told(report),
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
    calls = report.asked.calls
    return {
        "calls": {number: asdict(call) for number, call in calls.items()},
        "pictures": {
            number: addresses
            for number, addresses in report.pictures.items()
            if number not in (0, report.winner)  # those stand in the page
        },
        "texts": list(texts),
        "columns": columns,
        "winner": report.winner,
        "path": list(report.path),
        "minimize": report.minimize,
    }
