"""The figures of `benchmarks/recording.py`: kept as JSON, shown as Markdown tables."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def path_of(version: str = "") -> Path:
    """The file of a Python version's figures, this one's if none is named."""
    version = version or f"{sys.version_info.major}.{sys.version_info.minor}"
    return RESULTS / f"recording-{version}.json"


def kept(found: Mapping[str, Any]) -> dict[str, Any]:
    """Write figures to this version's file; the parts that were not measured stay as they were."""
    path = path_of()
    before = json.loads(path.read_text()) if path.is_file() else {}
    record = {**before, **found}
    RESULTS.mkdir(exist_ok=True)
    path.write_text(json.dumps(record, indent=1) + "\n")
    return record


def read(version: str = "") -> dict[str, Any]:
    """The figures of a Python version. Raises FileNotFoundError where there are none."""
    record: dict[str, Any] = json.loads(path_of(version).read_text())
    return record


def table(record: Mapping[str, Any]) -> str:
    """All that was measured, as Markdown: what `docs/recording.md` shows."""
    rows = [*record.get("rows", ()), *record.get("peers", ())]
    parts = [f"Python {record['python']}; ratios of CPU time to plain Python, best of each"]
    if record.get("note"):
        parts[0] += f" ({record['note']})"
    if rows:
        parts.append(ratios(rows))
    if record.get("memory"):
        parts.append(logs(record["memory"]))
    if record.get("budget"):
        parts.append(markdown(record["budget"]))
    if record.get("rewriting"):
        parts.append(markdown(record["rewriting"]))
    if record.get("imports"):
        parts.append(markdown(record["imports"]))
    return "\n\n".join(parts)


def ratios(rows: Sequence[Mapping[str, Any]]) -> str:
    """A row per mode, a column per program, with the geometric mean and the worst."""
    names = list(dict.fromkeys(name for row in rows for name in row["ratios"]))
    plain = {name: ms for row in reversed(rows) for name, ms in row["plain ms"].items()}
    notes: dict[str, int] = {}
    first: dict[str, Any] = {"mode": "plain Python, ms"}
    first |= {name: f"{plain[name]:.3g}" for name in names if name in plain}
    lines: list[dict[str, Any]] = [first]
    for row in rows:
        numbers = [ratio for ratio in row["ratios"].values() if not isinstance(ratio, str)]
        small = row.get("size") == "small"
        line: dict[str, Any] = {"mode": row["shown"] + " \\*" * small}
        for name in names:
            said = row["ratios"].get(name, "")
            if isinstance(said, str) and said:
                said = f"[{notes.setdefault(said, len(notes) + 1)}]"
            line[name] = said if isinstance(said, str) else shown(said)
        if numbers:
            line["geo. mean"], line["worst"] = shown(mean(numbers)), shown(max(numbers))
        lines.append(line)
    text = markdown(lines)
    if any(row.get("size") == "small" for row in rows):
        text += "\n\n\\* small inputs, in the plain run beside it as well"
    if notes:
        text += "\n\n" + "\n".join(f"[{number}] {note}  " for note, number in notes.items())
    return text


def logs(memory: Mapping[str, Mapping[str, Any]]) -> str:
    """What a log of everything takes."""
    lines = []
    for name, row in memory.items():
        count = row.get("events")
        if not count:
            lines.append({"everything recorded": name, "events": row.get("failed", "none")})
            continue
        lines.append({
            "everything recorded": name,
            "events": f"{row['events']:,}" if row.get("events") else "",
            "MB held": f"{row['bytes'] / 1e6:.1f}",
            "bytes per event": f"{row['bytes'] / row['events']:.1f}" if row.get("events") else "",
        })  # fmt: skip
    return markdown(lines)


def markdown(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as a Markdown table; columns in the order of their first appearance."""
    rows = list(rows)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [columns, ["---", *("---:" for _ in columns[1:])]]
    for row in rows:
        lines.append([_cell(row.get(column, "")) for column in columns])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: Any) -> str:
    return shown(value) if isinstance(value, float) else str(value)


def shown(value: float) -> str:
    """A number with the digits that mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def mean(numbers: Sequence[float]) -> float:
    """The geometric mean."""
    return math.exp(sum(map(math.log, numbers)) / len(numbers))


def main() -> None:
    """Show kept figures again: `python -m benchmarks.recording_table [3.11 …]`."""
    for version in sys.argv[1:] or [""]:
        print(table(read(version)), end="\n\n")


if __name__ == "__main__":
    main()
