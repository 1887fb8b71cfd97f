"""`tracepy params TARGET`: what could be improved, before anything is."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tracepy.parameters import Parameter

_HEADS = ("name", "kind", "constraint", "place", "value")
_WIDTH = 60


@click.command("params")
@click.argument("target")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list and nothing else.")
@click.option("--train", multiple=True, metavar="PATTERN", help="Only names that match.")
@click.option("--freeze", multiple=True, metavar="PATTERN", help="Leave out names that match.")
def command(target: str, as_json: bool, train: tuple[str, ...], freeze: tuple[str, ...]) -> None:
    """List the parameters of TARGET: the functions and literals that a run may change.

    TARGET is a .py file, a package folder, or package.module[:qualname].
    """
    from tracepy.config import load, settings_from
    from tracepy.parameters import find
    from tracepy.target import resolve

    cwd = Path.cwd().resolve()
    resolved = resolve(target, cwd)
    settings = settings_from(load(resolved.project), {"train": train, "freeze": freeze})
    found = find(resolved, train=settings.train, freeze=settings.freeze)
    if as_json:
        click.echo(json.dumps([_record(item, cwd) for item in found], indent=2))
    elif sys.stdout.isatty():
        _table(found, cwd)
    else:
        click.echo("\n".join(_aligned(found, cwd)))


def _record(item: Parameter, cwd: Path) -> dict[str, Any]:
    from tracepy.target import shown

    return {
        "name": item.name,
        "kind": item.kind,
        "constraint": str(item.constraint) or None,
        "file": shown(item.path, cwd),
        "line": item.line,
        "value": _plain(item.value),
    }


def _plain(value: Any) -> Any:
    """A value as JSON has it; what JSON has not (sets, bytes, infinities, …) as its source."""
    try:
        if json.loads(json.dumps(value, allow_nan=False)) == value:
            return value
    except (TypeError, ValueError):
        return repr(value)
    return repr(value)


def _row(item: Parameter, cwd: Path) -> tuple[str, ...]:
    from tracepy.target import shown

    place = f"{shown(item.path, cwd)}:{item.line}"
    return item.name, item.kind, str(item.constraint) or "-", place, _short(item)


def _short(item: Parameter) -> str:
    if item.kind == "function":
        lines = item.value.count("\n") + 1
        head = next(
            line for line in item.value.splitlines() if line.startswith(("def ", "async def "))
        )
        text = f"{head} ({lines} line{'s' if lines > 1 else ''})"
    else:
        text = repr(item.value)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _aligned(found: list[Parameter], cwd: Path) -> list[str]:
    rows = [_HEADS, *(_row(item, cwd) for item in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS) - 1)]
    return [
        "  ".join([*(text.ljust(w) for text, w in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    ]


def _table(found: list[Parameter], cwd: Path) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in _HEADS:
        last = head == "value"
        table.add_column(head, overflow="ellipsis" if last else "fold", no_wrap=last)
    for item in found:
        name, *rest = _row(item, cwd)
        table.add_row(Text(name, style="cyan"), *map(Text, rest))
    Console().print(table)
