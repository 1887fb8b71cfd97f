"""`tracepy graph`: a saved execution graph, or the slice of one."""

from __future__ import annotations

from pathlib import Path

import click

LEVELS = ("module", "call", "statement")
FORMATS = ("text", "json", "dot", "mermaid", "html")


@click.command("graph")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.json")
@click.option("--to", "spec", metavar="SPEC",
              help="Slice: file.py:LINE, module:qualname or module:NAME.")  # fmt: skip
@click.option("--level", type=click.Choice(LEVELS), default="statement", show_default=True)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
def command(file: Path, spec: str | None, level: str, form: str) -> None:
    """Show the graph that `tracepy run --graph FILE.json` saved, whole or sliced."""
    from tracepy.errors import UserError
    from tracepy.graph import Graph
    from tracepy.graph.export import condensed

    try:
        data = file.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror or error}") from error
    try:
        graph = Graph.from_json(data)
    except UserError as error:
        raise UserError(f"{file}: {error}") from error
    for path in graph.changed():
        click.echo(
            f"note: {path} is not what it was when this graph was recorded; "
            "lines and code shown are those of then",
            err=True,
        )
    if not len(graph.nodes):
        click.echo(
            "note: this graph is empty: no instrumented code ran. `tracepy run --instrument "
            "PATTERN` says which modules are recorded",
            err=True,
        )
    if spec is not None:
        graph = graph.slice(to=spec)
    shown = {
        "text": graph.to_text,
        "dot": graph.to_dot,
        "mermaid": graph.to_mermaid,
        "html": graph.to_html,
    }
    if form == "json":
        click.echo(condensed(graph, level).to_json())
    else:
        click.echo(shown[form](level), nl=False)
