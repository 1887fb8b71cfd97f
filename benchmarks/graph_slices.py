"""Slices beside what outputs depend on by brute force: recall and precision, construct by construct.

    python -m benchmarks.graph_slices [--programs 40] [--seed 0] [--json FILE] [CONSTRUCT ...]

Each statement of a small program is run again with another value; where that changes the output, the
slice must have its line. Recall is of those lines; it is told apart whether the changed run went the
same way (data), another way (control), or only wrote elsewhere (address: no dynamic slice has those).
Precision is the share of the slice's lines of which some change was seen in the output; no slicer
reaches 1, since what `x % 2 == 1` decides seldom changes with x. Beside it the same share of all that ran.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.report import publish, show

ROOT = Path(__file__).parent.parent


def measured(construct: str, programs: int, seed: int) -> tuple[dict[str, Any], list[str]]:
    """A row of the table, and the programs of which a line was missed or that could not be sliced."""
    from tests.fidelity.dependence import KINDS, Score, sliced, truth
    from tests.fidelity.dependence_programs import Seeded, program

    score, failed, missed = Score(), 0, []
    for number in range(programs):
        made = program(Seeded(f"{construct}/{seed}/{number}"), construct)
        known = truth(made.text, made.arguments)
        if known is None:
            continue
        try:
            lines = sliced(made.text, made.arguments)
        except Exception as error:
            failed += 1
            missed.append(f"# {construct} {number}: {error!r}\n{made.text}")
            continue
        score.add(known, lines)
        wrong = {n: kind for n, kind in known.depended.items() if n not in lines}
        if set(wrong.values()) - {"address"}:
            rows = enumerate(made.text.splitlines(), 1)
            shown = [f"{wrong.get(n, ''):8}{n:3} {row}" for n, row in rows]
            missed.append("\n".join([f"# {construct} {number}: f{made.arguments}", *shown]))
    row: dict[str, Any] = {"construct": construct, "programs": score.programs, "failed": failed}
    for kind in KINDS:
        row[kind] = score.recall(kind)
        row[f"{kind} lines"] = score.depended[kind]
    return {**row, "precision": score.precision, "all that ran": score.floor}, missed


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("constructs", nargs="*", metavar="CONSTRUCT")
    parser.add_argument("--programs", type=int, default=40, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--json", type=Path, metavar="FILE", help="instead of benchmarks/results")
    parser.add_argument(
        "--missed", action="store_true", help="show each program with a line missed"
    )
    chosen = parser.parse_args(arguments)
    sys.path.insert(0, str(ROOT))
    from tests.fidelity.dependence_programs import CONSTRUCTS

    if unknown := set(chosen.constructs) - set(CONSTRUCTS):
        parser.error(
            f"no construct {', '.join(sorted(unknown))}; there are {', '.join(CONSTRUCTS)}"
        )
    rows = []
    for construct in chosen.constructs or CONSTRUCTS:
        row, missed = measured(construct, chosen.programs, chosen.seed)
        rows.append({key: "-" if value is None else value for key, value in row.items()})
        if chosen.missed:
            print("\n\n".join([*missed, ""]))
    note = f"recall by kind of dependence, precision; seed {chosen.seed}"
    if chosen.json is None:
        publish("graph_slices", rows, note)
        return
    show("graph_slices", rows, note)
    record = {"python": platform.python_version(), "rows": rows, "note": note}
    chosen.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
