"""The command `tracepy`: commands are imported only when they are run."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

import tracepy
from tracepy.errors import UserError

# Command -> (module with a click command named `command`, its line in `tracepy --help`).
COMMANDS = {
    "optimize": ("tracepy.cli.optimize", "Improve a module, package or function."),
    "params": ("tracepy.cli.params", "List what can be changed in a target."),
    "run": ("tracepy.cli.run", "Run a program under the import hook."),
    "graph": ("tracepy.cli.graph", "Show a saved execution graph, or the slice of one."),
    "runs": ("tracepy.cli.runs", "List the runs of this project."),
    "show": ("tracepy.cli.show", "Show one run: what was asked, tried and found."),
    "report": ("tracepy.cli.report", "Write one run as a page that anybody can open."),
    "diff": ("tracepy.cli.diff", "Print what a run found as a patch."),
    "review": ("tracepy.cli.review", "Go through a run's changes hunk by hunk, then write."),
    "apply": ("tracepy.cli.apply", "Write what a run found to the files."),
    "revert": ("tracepy.cli.revert", "Take back what `apply` wrote."),
    "resume": ("tracepy.cli.resume", "Go on with a run that was interrupted."),
    "export": ("tracepy.cli.export", "Write all that was tried in a run as JSON or CSV."),
    "rm": ("tracepy.cli.rm", "Remove runs from the store."),
    "doctor": ("tracepy.cli.doctor", "Say what this machine offers."),
}

BUG_STATUS = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED_STATUS = 130  # 128 + SIGINT, as shells report it
BROKEN_PIPE_STATUS = 141  # 128 + SIGPIPE


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_, help_line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 2, 0.6)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            ctx.fail(f"no such command: {args[0]}{hint}")
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with _ended_by_signals(ctx):
            return super().parse_args(ctx, args)  # prints --help and --version

    def invoke(self, ctx: click.Context) -> Any:
        with _ended_by_signals(ctx):
            return super().invoke(ctx)


@contextmanager
def _ended_by_signals(ctx: click.Context) -> Iterator[None]:
    """A closed pipe and Ctrl-C, before click sees them: it would exit with 1, which here means
    that nothing better was found."""
    try:
        yield
    except BrokenPipeError:
        _drop_stdout()
        ctx.exit(BROKEN_PIPE_STATUS)
    except KeyboardInterrupt:
        click.echo("tracepy: interrupted", err=True)
        ctx.exit(INTERRUPTED_STATUS)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`tracepy COMMAND --help` says more of each.",
)
@click.version_option(tracepy.__version__, prog_name="tracepy", message="%(prog)s %(version)s")
def cli() -> None:
    """Improve a Python program by a measure you already have.

    Point it at a module and at something that says how good it is (tests, a function, a
    command), and it hands back a diff:

    \b
        tracepy optimize shop.py --pytest tests/test_shop.py
    """


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status.

    Mistakes of the user are one line on stderr. Anything unforeseen is a bug of ours: its
    traceback goes to a file that the one line names.
    """
    try:
        status = cli.main(args, prog_name="tracepy", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        click.echo(f"tracepy: error: {error.format_message()}", err=True)
        if isinstance(error, click.UsageError) and error.ctx is not None:
            click.echo(f"Try `{error.ctx.command_path} --help`.", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("tracepy: interrupted", err=True)
        return INTERRUPTED_STATUS
    except UserError as error:
        from tracepy.cli.screen import say

        say(f"tracepy: error: {error}", err=True)
        return error.exit_status
    except BrokenPipeError:
        _drop_stdout()
        return BROKEN_PIPE_STATUS
    except Exception as error:
        from tracepy.cli.bugs import report

        click.echo(report(error), err=True)
        return BUG_STATUS
    finally:
        if "litellm" in sys.modules:
            # Python would look through its hundred thousands of objects as it ends, which takes a
            # second, or several on a busy machine: whoever pressed Ctrl-C would wait for that.
            atexit.register(gc.freeze)
    return status if isinstance(status, int) else 0


def _drop_stdout() -> None:
    """Point stdout to nowhere, so that Python's flush at exit does not fail in turn."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):  # stdout is no file here, so there is nothing to flush
        return
    finally:
        os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
