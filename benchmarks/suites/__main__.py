"""`python -m benchmarks.suites`: the table, and the differences one by one."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.report import RESULTS, show
from benchmarks.suites import __doc__ as _about
from benchmarks.suites.catalogue import MORE, SUITES, Suite
from benchmarks.suites.places import Unavailable, default_folder, prepared
from benchmarks.suites.running import Recording, differences, run, warm_up

_EVENTS = 200_000
_LISTED = 40
_NOTE = "one run each, rewriting the package included; tests count subtests one by one"
# Exit statuses beside 0, all the same, and argparse's 2.
DIFFERENT, UNAVAILABLE = 1, 3
_LONG = ("differences", "not instrumented", "left out")


def compared(
    suite: Suite, python: str, folder: Path, recording: Recording | None, timeout: float
) -> dict[str, Any]:
    """A row of the table: both runs of a suite, and what differs.

    Raises:
        Unavailable: the suite cannot be had.
        subprocess.TimeoutExpired: a run took longer than that.
    """
    place = prepared(suite, python, folder)
    warm_up(suite, place, timeout)
    plain = run(suite, place, False, None, timeout)
    if not plain.outcomes:
        raise Unavailable(f"no test ran\n{plain.said}")
    hooked = run(suite, place, True, recording, timeout)
    found = differences(plain, hooked)
    tests = [difference for difference in found if not difference["what"].startswith("warning ")]
    count = sum(map(len, plain.outcomes.values()))
    left_plain = [name for name, instrumented in hooked.modules.items() if not instrumented]
    version = subprocess.run(
        [place.python, "-c", "import platform; print(platform.python_version())"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    return {
        "package": suite.release.replace("==", " "),
        "python": version,
        "recorded": recording.events if recording else "no",
        "tests": count,
        "same": count - sum(difference["what"] in plain.outcomes for difference in tests),
        "different": len(tests),
        "warnings different": len(found) - len(tests),
        "plain s": plain.seconds,
        "hooked s": hooked.seconds,
        "ratio": hooked.seconds / plain.seconds,
        "modules": len(hooked.modules),
        "instrumented": len(hooked.modules) - len(left_plain),
        "differences": found,
        "not instrumented": left_plain,
        "left out": suite.failing,
    }


def _show(row: dict[str, Any]) -> None:
    """The details of a row, which the table has no room for."""
    for difference in row["differences"][:_LISTED]:
        print(f"{row['package']}: {difference['what']}")
        print(f"    plain {difference['plain']}; hooked {difference['hooked']}")
        print("".join(f"    {line}\n" for line in difference["detail"].splitlines()), end="")
    if len(row["differences"]) > _LISTED:
        print(f"{row['package']}: and {len(row['differences']) - _LISTED} more, in the JSON")
    if row["not instrumented"]:
        print(f"{row['package']}: not instrumented: {', '.join(row['not instrumented'])}")
    sys.stdout.flush()


def _write(rows: list[dict[str, Any]]) -> None:
    """These rows as JSON, beside those that are there of other suites and versions."""
    merged = {_key(row): row for row in (*_kept(), *rows)}
    record = {"rows": [merged[key] for key in sorted(merged)]}
    (RESULTS / "suites.json").write_text(json.dumps(record, indent=1) + "\n")


def _key(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["package"], row["python"], str(row["recorded"])


def _kept() -> list[dict[str, Any]]:
    try:
        rows = json.loads((RESULTS / "suites.json").read_text())["rows"]
    except (OSError, ValueError, KeyError):
        return []
    return [row for row in rows if isinstance(row, dict)]


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=_about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "packages",
        nargs="*",
        metavar="PACKAGE",
        help=f"{', '.join(SUITES)}; only if named: {', '.join(MORE)}",
    )
    parser.add_argument("--python", default=sys.executable, help="interpreter to run them with")
    parser.add_argument("--recorded", action="store_true", help="record while they run, too")
    parser.add_argument("--events", type=int, default=_EVENTS, help="budget of that recording")
    parser.add_argument("--folder", type=Path, default=default_folder(), help="where they are kept")
    parser.add_argument("--timeout", type=float, default=900, help="seconds for one run")
    parser.add_argument("--no-json", action="store_true", help="only print")
    return parser


def main() -> None:
    parser = _options()
    chosen = parser.parse_args()
    suites = {**SUITES, **MORE}
    unknown = [name for name in chosen.packages if name not in suites]
    if unknown:
        parser.error(f"no suite of {', '.join(unknown)}; there are {', '.join(suites)}")
    recording = Recording(chosen.events) if chosen.recorded else None
    rows: list[dict[str, Any]] = []
    missing = False
    for name in chosen.packages or SUITES:
        try:
            row = compared(suites[name], chosen.python, chosen.folder, recording, chosen.timeout)
        except (Unavailable, subprocess.TimeoutExpired) as error:
            print(f"{name}: {error}", flush=True)
            missing = True
            continue
        _show(row)
        rows.append(row)
    if rows:
        show("suites", [{k: v for k, v in row.items() if k not in _LONG} for row in rows], _NOTE)
        if not chosen.no_json:
            _write(rows)
    different = any(row["differences"] or row["not instrumented"] for row in rows)
    sys.exit(DIFFERENT if different else UNAVAILABLE if missing else 0)


if __name__ == "__main__":
    main()
