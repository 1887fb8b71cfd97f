"""`review`: choose hunks, have what was chosen judged again, then write it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracepy.cli import screen
from tracepy.cli.hunks import Ask, Edit, choose
from tracepy.cli.written import tell
from tracepy.errors import UserError

if TYPE_CHECKING:
    from tracepy.evaluation.records import Evaluation
    from tracepy.store import Run, Store
    from tracepy.writeback.commit import Destination

Confirm = Callable[[str], bool]


def review(
    store: Store,
    run: Run,
    cwd: Path,
    *,
    ask: Ask | None = None,
    edit: Edit | None = None,
    confirm: Confirm | None = None,
    write: bool = True,
    to: Destination | None = None,
) -> bool:
    """Ask for each hunk, then write the chosen ones; whether files were written.

    What is not all of the run is judged again first. Where it is worse than the program as it
    stood, or has no score, it is written only if that is confirmed.

    Raises:
        ConflictError, UserError: as `tracepy.store.outcome.apply`.
    """
    from tracepy.store.message import message
    from tracepy.store.outcome import apply, planned

    chosen = choose(run.changes, cwd, ask or _prompt, edit)
    if not chosen.new:
        screen.say("nothing taken, nothing written")
        return False
    # A conflict is told before time goes into judging.
    new = planned(run, chosen.new).new if write else chosen.new
    judged = None
    if not chosen.all:
        from tracepy.evaluation.records import Evaluation
        from tracepy.rejudge import rejudge

        screen.say("\njudging what was taken")
        try:
            judged = rejudge(run, new)
        except UserError as error:  # such as an objective that is not there any more
            judged = Evaluation("error", None, str(error))
        if not _good(run, judged) and not (confirm or _confirm)("write it all the same?"):
            screen.say("nothing written")
            return False
    about = message(run, judged=judged)
    written = apply(store, run, chosen.new, write=write, to=to, message=about)
    tell(written, cwd)
    return bool(written.paths)


def _good(run: Run, judged: Evaluation) -> bool:
    """Show the verdict beside those of the run; whether it is no worse than the baseline."""
    sides = f"baseline {screen.score(run.baseline)}, best {screen.score(run.best)}"
    if judged.status != "ok" or judged.score is None:
        what = screen.one_line(judged.feedback) or "no reason given"
        screen.say(click.style(f"it has no score: {judged.status}: {what} ({sides})", fg="red"))
        return False
    minimize = bool(run.settings.get("minimize"))
    base = run.baseline
    worse = base is not None and (judged.score > base if minimize else judged.score < base)
    text = f"score {screen.score(judged.score)} ({sides})"
    screen.say(click.style(text, fg="red" if worse else "green", bold=True))
    if worse:
        screen.say("that is worse than the program as it stood")
    return not worse


def _prompt(question: str, letters: str) -> str:
    answer = click.prompt(f"{question}? [{','.join(letters)}]", default="?", show_default=False)
    answer = str(answer).strip().lower()
    return answer if len(answer) == 1 and answer in letters else "?"


def _confirm(question: str) -> bool:
    return click.confirm(question, default=False)
