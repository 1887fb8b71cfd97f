"""Long runs on the default budget, the speed of rewriting, and imports from cached bytecode."""

from __future__ import annotations

import ast
import json
import marshal
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from benchmarks.recording_run import Child, Failed, Place

LIBRARY = Path(sysconfig.get_path("stdlib"))
REWRITTEN = (
    "argparse", "typing", "tarfile", "_pydecimal", "inspect", "turtle", "doctest", "smtplib",
    "subprocess", "configparser",
)  # fmt: skip
"""Files of the standard library, as code of many hands; all are measured, whatever they give."""
IMPORTED = ("argparse", "tarfile", "_pydecimal", "optparse", "configparser", "difflib")
"""Files that can be imported under another name, with imports that are cheap or done before."""
LONG = {"budget_loop": "a loop of simple statements", "budget_calls": "calls and little else"}
IMPORT = """
import sys, time, json, importlib, {before}
sys.path.insert(0, {folder!r})
names = {names!r}
{hook}
start = time.process_time()
for name in names:
    importlib.import_module(name)
print(json.dumps(time.process_time() - start))
"""
BEFORE = (
    "argparse, tarfile, decimal, optparse, configparser, difflib, numbers, contextvars, "
    "threading, _threading_local, shutil, struct, copy, locale, math, gettext, "
    "zlib, bz2, lzma, textwrap, heapq, itertools, collections.abc, types"
)


def budget(place: Place, statements: int) -> list[dict[str, Any]]:
    """A run of so many statements, recorded with the default budget, and the same in plain."""
    rows: list[dict[str, Any]] = []
    for name, shown in LONG.items():
        row: dict[str, Any] = {
            "default budget, a long run": shown,
            "statements": f"{statements:.0e}",
        }
        try:
            with (
                Child(place, "plain", name, str(statements), 900) as plain,
                Child(place, "default", name, str(statements), 900) as other,
            ):
                times = [(plain.cpu(), other.cpu()) for _ in range(2)]
                sizes = [child.ask("rss")["rss"] for child in (plain, other)]
            bare, recorded = (min(column) for column in zip(*times, strict=True))
            row |= {
                "plain s": bare, "recorded s": recorded, "ratio": recorded / bare,
                "peak RSS added, MB": (sizes[1] - sizes[0]) / 1e6,
            }  # fmt: skip
        except Failed as error:
            row["ratio"] = str(error)
        rows.append(row)
        print(row, file=sys.stderr, flush=True)
    return rows


def best(work: Callable[[], object], rounds: int = 3) -> float:
    """The least CPU seconds of a piece of work."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def rewriting() -> list[dict[str, Any]]:
    """Lines per second from source to code: rewritten, and as Python compiles it.

    The floor is what no way of rewriting in Python can go below: the source is parsed for either
    body of a function, and what comes out is compiled.
    """
    from tracepy.hook.compiler import compile_instrumented
    from tracepy.transforms.instrument import instrument
    from tracepy.transforms.source import Source

    rows: list[dict[str, Any]] = []
    lines, seconds, floor, plain = 0, 0.0, 0.0, 0.0
    for name in REWRITTEN:
        path = LIBRARY / f"{name}.py"
        data = path.read_bytes()
        count = data.count(b"\n")
        row: dict[str, Any] = {"rewriting and compiling": f"{name}.py", "lines": count}
        rows.append(row)
        try:
            spent = best(lambda d=data, p=path, n=name: compile_instrumented(d, str(p), n))  # type: ignore[misc]
        except Exception as error:  # a file that cannot be rewritten is a result, not the end
            row["lines/s"] = f"fails: {error!r}"
            continue
        bare = best(lambda d=data, p=path: compile(d, str(p), "exec", dont_inherit=True))  # type: ignore[misc]
        with warnings.catch_warnings(action="ignore"):
            tree = instrument(Source.decode(data, str(path)), name).tree
            least = 2 * best(lambda d=data: ast.parse(d))  # type: ignore[misc]
            least += best(lambda t=tree: compile(t, "m", "exec", dont_inherit=True))  # type: ignore[misc]
        row |= {
            "lines/s": count / spent, "floor, lines/s": count / least,
            "plain compile, lines/s": count / bare,
        }  # fmt: skip
        lines, seconds = lines + count, seconds + spent
        floor, plain = floor + least, plain + bare
    if lines:
        rows.append({
            "rewriting and compiling": "together", "lines": lines,
            "lines/s": lines / seconds, "floor, lines/s": lines / floor, "plain compile, lines/s": lines / plain,
        })  # fmt: skip
    return rows


def imports(place: Place, rounds: int) -> list[dict[str, Any]]:
    """CPU time of importing copies of library modules: from source, then from bytecode."""
    with tempfile.TemporaryDirectory(prefix="imports-") as name:
        folder = Path(name)
        for module in IMPORTED:
            shutil.copy(LIBRARY / f"{module}.py", folder / f"copy_of_{module}.py")
        lines = sum(path.read_bytes().count(b"\n") for path in folder.iterdir())
        hook = "import tracepy; tracepy.install('copy_of_*')\nimport tracepy.recorder"
        first = _import(place, folder, hook), _import(place, folder, "")
        pairs = [(_import(place, folder, hook), _import(place, folder, "")) for _ in range(rounds)]
        reading = _reading(place, folder)
    second = tuple(min(column) for column in zip(*pairs, strict=True))
    label = f"import of {len(IMPORTED)} modules, {lines} lines"
    return [
        {label: shown, "marked, ms": ours * 1e3, "plain, ms": plain * 1e3, "ratio": ours / plain}
        for shown, (ours, plain) in (
            ("from source", first),
            ("from bytecode", second),
            ("the floor of that: reading and unmarshalling the code", reading),
        )
    ]


def _reading(place: Place, folder: Path) -> tuple[float, float]:
    """CPU seconds to have the code of all modules in memory: instrumented, and plain."""
    from tracepy.hook import cache

    sys.pycache_prefix = place.variables()["PYTHONPYCACHEPREFIX"]  # where the imports left it
    ours, plain = 0.0, 0.0
    for module in IMPORTED:
        path = str(folder / f"copy_of_{module}.py")
        kept = Path(cache.location(path, f"copy_of_{module}") or "")
        state = Path(path).stat()
        entry = cache.load(path, f"copy_of_{module}", state)
        assert entry is not None, f"no bytecode of {path} was kept"
        code = marshal.dumps(entry.code)
        bare = Path(cache_from_source(path)).read_bytes()[16:]
        ours += best(lambda k=kept, c=code: (k.read_bytes(), marshal.loads(c)), 9)  # type: ignore[misc]
        plain += best(
            lambda p=path, b=bare: (Path(cache_from_source(p)).read_bytes(), marshal.loads(b)), 9
        )  # type: ignore[misc]
    sys.pycache_prefix = None
    return ours, plain


def _import(place: Place, folder: Path, hook: str) -> float:
    names = [f"copy_of_{module}" for module in IMPORTED]
    code = IMPORT.format(before=BEFORE, folder=str(folder), names=names, hook=hook)
    output = subprocess.run(
        [place.python, "-c", code],
        check=True, capture_output=True, text=True, env=place.variables(), timeout=120,
    ).stdout  # fmt: skip
    return float(json.loads(output))
