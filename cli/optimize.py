"""`tracepy optimize TARGET`: improve the program, show what changed and what to do with it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from tracepy.cli.models import MODEL_OPTIONS
from tracepy.cli.written import COMMIT_OPTIONS, Decorator, all_of
from tracepy.errors import UserError

if TYPE_CHECKING:
    from tracepy.cli.live import OnProgress
    from tracepy.cli.outcome import Wanted
    from tracepy.result import Result
    from tracepy.settings import Settings
    from tracepy.target import Target


class Optimize(Protocol):
    """`tracepy.session.optimize`, as far as the command needs it."""

    def __call__(
        self,
        problem: str,
        settings: Settings,
        *,
        cwd: Path,
        on_progress: OnProgress | None,
    ) -> Result: ...


SANDBOXES = ("auto", "bwrap", "landlock", "limits", "off")
_OUTCOMES = ("write", "review", "patch", "report", "branch", "commit", "as_json", "quiet")

# What is to be done with the winner.
OUTCOME_OPTIONS: tuple[Decorator, ...] = (
    click.option("--write", is_flag=True, help="Write the best candidate to the files."),
    click.option("--review", is_flag=True, help="Ask hunk by hunk, then write."),
    click.option("--patch", metavar="FILE", help="Write the diff to FILE."),
    click.option("--report", metavar="FILE.html", help="Write the run to FILE as a page."),
    *COMMIT_OPTIONS,
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object, nothing else."),
    click.option("--quiet", is_flag=True, help="Print the diff (or one line), nothing else."),
)

_OPTIONS: tuple[Decorator, ...] = (
    click.option("--objective", metavar="MODULE:FUNCTION", help="A function that gives the score."),
    click.option(
        "--pytest",
        multiple=True,
        metavar="ARG",
        help="Tests that must pass: what you would give pytest. Repeatable.",
    ),
    click.option(
        "--command",
        metavar="TEXT",
        help="A shell command: its exit status counts, or a last line that is a number or JSON "
        'such as {"score": 0.5, "feedback": "..."}.',
    ),
    click.option("--dataset", metavar="FILE.jsonl", help="Examples, one JSON object a line."),
    click.option("--call", metavar="MODULE:FUNCTION", help="What to call with each example."),
    click.option(
        "--metric",
        metavar="NAME",
        help="How answers are compared: exact (default), contains, close or MODULE:FUNCTION.",
    ),
    click.option("--context", metavar="TEXT", help="What the objective is about, for a model."),
    click.option("--minimize", is_flag=True, help="Lower scores are better."),
    click.option("--maximize", is_flag=True, help="Higher scores are better (default)."),
    click.option("--goal", type=float, metavar="SCORE", help="Stop at this score (1.0 for tests)."),
    click.option("--repeats", type=int, metavar="N", help="Judge a noisy winner at most N times."),
    click.option(
        "--validation", metavar="SPEC", help="Held out: a share (0.2), or as an objective."
    ),
    click.option(
        "--stage",
        multiple=True,
        metavar='"SPEC>=SCORE"',
        help="A cheap judge to pass first. Repeatable.",
    ),
    click.option(
        "--train", multiple=True, metavar="PATTERN", help="Only parameters with such names."
    ),
    click.option(
        "--freeze", multiple=True, metavar="PATTERN", help="No parameters with such names."
    ),
    click.option(
        "--optimizer",
        metavar="NAME",
        help="What proposes candidates: search, optoprime, opro, textgrad, copro or hybrid "
        "(default: search; hybrid once a model is set).",
    ),
    *MODEL_OPTIONS,
    click.option(
        "--trainer",
        metavar="NAME[:KEY=VALUE,...]",
        help="Which program to go on from: greedy (default), sequential, beam, pareto, ucb.",
    ),
    click.option("--seed", type=int, metavar="N", help="For runs that repeat (default: 0)."),
    click.option("--evaluations", type=int, metavar="N", help="Judge at most so many candidates."),
    click.option("--iterations", type=int, metavar="N", help="At most so many rounds."),
    click.option("--time", metavar="60s", help="Stop after this time (s, m, h)."),
    click.option("--max-cost", type=float, metavar="USD", help="Spend at most so much on models."),
    click.option("--max-tokens", type=int, metavar="N", help="Use at most so many tokens."),
    click.option("--workers", type=int, metavar="N", help="Candidates judged at a time."),
    click.option(
        "--executor",
        metavar="local|dask://HOST:PORT",
        help="Where candidates are judged (default: local).",
    ),
    click.option("--timeout", metavar="10s", help="For one candidate (default: 10s)."),
    click.option(
        "--test-timeout",
        metavar="2s",
        help="For one test (default: 20 times the slowest that passes, at least 1s).",
    ),
    click.option("--memory-limit", metavar="2GiB", help="For one candidate (default: 2GiB)."),
    click.option(
        "--sandbox",
        type=click.Choice(SANDBOXES),
        help="How candidates are kept in (default: auto).",
    ),
    click.option(
        "--allow-read", multiple=True, metavar="PATH", help="Candidates may read this, too."
    ),
    click.option(
        "--allow-env", multiple=True, metavar="NAME", help="Candidates see this variable, too."
    ),
    click.option("--allow-network", is_flag=True, help="Candidates may use the network."),
    click.option("--fresh", is_flag=True, help="Take no verdicts over from earlier runs."),
    *OUTCOME_OPTIONS,
)


@click.command("optimize")
@click.argument("target")
@all_of(_OPTIONS)
def command(target: str, **options: Any) -> int:
    """Improve TARGET: a .py file, a package folder, or package.module[:qualname].

    How good the program is, one of --objective, --pytest, --command or --dataset says.
    Without one, tracepy looks in [tool.tracepy] of pyproject.toml, for a function marked
    `# tracepy: objective`, for tests that import TARGET, for doctests, and last runs TARGET
    as a script.

    The files stay as they are unless --write, --review or --commit is given; the best candidate is
    always kept (`tracepy show last`).

    Exit status: 0 better or goal reached, 1 nothing better found, 2 the command or the
    configuration is wrong, 3 the program as it stands cannot be evaluated, 130 interrupted.
    """
    from tracepy.session import optimize

    return run(target, options, Path.cwd().resolve(), optimize)


def run(
    target: str,
    options: dict[str, Any],
    cwd: Path,
    optimize: Optimize,
) -> int:
    """The command with its working parts handed in; the exit status."""
    from tracepy.cli import outcome
    from tracepy.cli.live import watching
    from tracepy.config import load, settings_from
    from tracepy.target import resolve

    found = resolve(target, cwd)
    config = load(found.project)
    settings = settings_from(config, {k: v for k, v in options.items() if k not in _OUTCOMES})
    wanted = wanted_of(options, config, found, cwd)
    quiet = wanted.as_json or wanted.quiet
    with sigterm_interrupts(), watching(f"tracepy optimize {target}", quiet=quiet) as update:
        result = optimize(target, settings, cwd=cwd, on_progress=update)
    return outcome.show(result, wanted, found.project, cwd)


def wanted_of(
    options: Mapping[str, Any], config: Mapping[str, Any], target: Target, cwd: Path
) -> Wanted:
    """What is to be done with the winner, by command line and configuration.

    Raises:
        UserError: the options contradict each other, or a file or commit could not be made.
    """
    from tracepy.cli import outcome

    wanted = outcome.Wanted(
        write=options["write"] or bool(config.get("write") and not options["review"]),
        review=options["review"],
        patch=options["patch"] or config.get("patch"),
        report=options["report"] or config.get("report"),
        branch=options["branch"] or config.get("branch"),
        commit=options["commit"] or bool(config.get("commit")),
        as_json=options["as_json"] or bool(config.get("json") and not options["quiet"]),
        quiet=options["quiet"] or bool(config.get("quiet") and not options["as_json"]),
    )
    _check(wanted, cwd)
    _check_commit(wanted, target)
    return wanted


@contextmanager
def sigterm_interrupts() -> Iterator[None]:
    """`kill` and `timeout 60 tracepy …` end a run as Ctrl-C does: with the best so far."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _check_commit(wanted: Wanted, target: Target) -> None:
    """A commit that could not be made is refused before the work, too."""
    from tracepy.cli.written import destination

    to = destination(wanted.branch, wanted.commit)
    if to is None:
        return
    from tracepy.writeback.commit import check

    check([str(file) for file in target.modules.values()], to)


def _check(wanted: Wanted, cwd: Path) -> None:
    """What would fail at the end fails now, before hours of work."""
    if wanted.as_json and wanted.quiet:
        raise UserError("--json and --quiet: choose one")
    if wanted.review and (wanted.as_json or wanted.quiet or wanted.write):
        raise UserError("--review asks for each hunk: it goes without --write, --json and --quiet")
    if wanted.review and not sys.stdin.isatty():
        raise UserError("--review needs a terminal to ask on; use --write or --patch FILE")
    if wanted.patch:
        file = cwd / wanted.patch
        if file.is_dir() or not file.parent.is_dir():
            raise UserError(f"--patch {wanted.patch}: there is no such folder, or it is a folder")
        if not os.access(file if file.exists() else file.parent, os.W_OK):
            raise UserError(f"--patch {wanted.patch} cannot be written")
    if wanted.report:
        from tracepy.cli.report import check
        from tracepy.report.page import require

        require()
        check(wanted.report, cwd, "--report")
