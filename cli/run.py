"""`tracepy run`: a program under the hook, as plain Python would run it."""

from __future__ import annotations

import sys
from pathlib import Path

import click


class _Run(click.Command):
    """A command whose options end, as Python's do, with the program that is run."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        place = 0
        while place < len(args) and args[place].startswith("-") and args[place] != "--":
            if args[place].startswith("-m"):
                end = place + (1 if len(args[place]) > 2 else 2)
                args = [*args[:end], "--", *args[end:]]
                break
            place += 2 if args[place] in ("--instrument", "--graph", "--events") else 1
        return super().parse_args(ctx, args)


@click.command(
    "run",
    cls=_Run,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    options_metavar="[OPTIONS] (SCRIPT.py | -m MODULE) [ARG]...",
)
@click.option("--instrument", "patterns", multiple=True, metavar="PATTERN",
              help="Modules to instrument (repeatable); without it the script itself.")  # fmt: skip
@click.option("--graph", "graph_file", type=click.Path(dir_okay=False, path_type=Path),
              metavar="FILE", help="Save the execution graph as JSON.")  # fmt: skip
@click.option("--events", default=1_000_000, show_default=True, type=click.IntRange(min=1),
              help="Stop recording after that many events.")  # fmt: skip
@click.option("-m", "module", metavar="MODULE", help="Run a module, as `python -m` does.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="")
def command(
    patterns: tuple[str, ...],
    graph_file: Path | None,
    events: int,
    module: str | None,
    arguments: tuple[str, ...],
) -> None:
    """Run a program under the hook: same output, same exit status, same tracebacks."""
    from tracepy.errors import UserError
    from tracepy.hook.program import Program, run, take_over

    if module is None and not arguments:
        raise UserError("say what to run: `tracepy run script.py` or `tracepy run -m module`")
    target, *rest = arguments if module is None else (module, *arguments)
    program = Program(target, tuple(rest), module is not None, patterns, graph_file, events)
    take_over(program)
    sys.exit(run(program))
