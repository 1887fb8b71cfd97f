"""What a person sees while a run goes on: a live panel on a screen, now and then a line off it."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tracepy.cli import screen

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from tracepy.progress import Progress

OnProgress = Callable[["Progress"], None]
PLAIN_INTERVAL = 5.0  # seconds between lines where nobody watches live
RATE_WINDOW = 10.0  # seconds over which evaluations per second are taken


@contextmanager
def watching(title: str, *, quiet: bool = False) -> Iterator[OnProgress | None]:
    """Show progress on stderr until the block ends; yields what to call with each `Progress`.

    Quiet runs are shown on a screen all the same (it is cleared after), not in a pipe.
    """
    if screen.is_screen(sys.stderr):
        from rich.console import Console
        from rich.live import Live

        panel = LivePanel(title)
        console = Console(stderr=True, highlight=False)
        with Live(panel, console=console, refresh_per_second=8, transient=True):
            yield panel.update
    elif quiet:
        yield None
    else:
        yield PlainLines(lambda line: screen.say(line, err=True)).update


class Rate:
    """Evaluations per second, over the last seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def per_second(self, seconds: float, evaluations: int) -> float | None:
        """The rate up to now; None before there is anything to measure."""
        self._seen.append((seconds, evaluations))
        while len(self._seen) > 2 and self._seen[0][0] < seconds - RATE_WINDOW:
            self._seen.popleft()
        start, before = self._seen[0]
        if seconds - start >= 0.2:
            return (evaluations - before) / (seconds - start)
        return evaluations / seconds if seconds >= 0.2 else None


def seconds_left(progress: Progress, rate: float | None) -> float | None:
    """Until the first budget is used up, at this rate; None where that cannot be said."""
    left = []
    if progress.time_budget is not None:
        left.append(max(0.0, progress.time_budget - progress.seconds))
    if progress.budget is not None and rate:
        left.append(max(0, progress.budget - progress.evaluations) / rate)
    return min(left, default=None)


def used(progress: Progress) -> float | None:
    """The share of the budget that is used up, 0 to 1; None where there is no budget."""
    shares = []
    if progress.budget:
        shares.append(progress.evaluations / progress.budget)
    if progress.time_budget:
        shares.append(progress.seconds / progress.time_budget)
    return min(1.0, max(shares)) if shares else None


def scores(progress: Progress) -> str:
    """`best 0.8, was 0.5`, or what of it is known."""
    if progress.baseline is None:
        return "no score yet"
    baseline, best = screen.two_scores(progress.baseline, progress.best)
    if progress.best is None or progress.best == progress.baseline:
        return f"score {baseline}, nothing better yet"
    return f"best {best}, was {baseline}"


def asking(progress: Progress, seconds: float | None = None) -> str:
    """`asking openai/gpt-4o: 12 s, $0.03 so far`; without the seconds where they are not given.

    Where it has to be waited for: `waiting for openai/gpt-4o, it is asked again in 20 s (…): …`.
    """
    facts = [f"{seconds:.0f} s" if seconds < 9.95 else screen.duration(seconds)] if seconds else []
    facts += [f"{progress.paid} so far"] if progress.paid else []
    name = screen.one_line(progress.asking)
    head = f"asking {name}"
    if progress.waiting:
        head = f"waiting for {name}, {screen.one_line(progress.waiting, 120)}"
    return f"{head}: {', '.join(facts)}" if facts else head


class PlainLines:
    """One line of text every few seconds, and one for every new best score."""

    def __init__(self, write: Callable[[str], None], interval: float = PLAIN_INTERVAL) -> None:
        self._write = write
        self._interval = interval
        self._last: tuple[float, float | None] | None = None

    def update(self, progress: Progress) -> None:
        due = self._last is None or progress.seconds - self._last[0] >= self._interval
        news = self._last is not None and progress.best != self._last[1]
        if not due and not (news and progress.seconds - (self._last or (0.0, None))[0] >= 1.0):
            return
        self._last = progress.seconds, progress.best
        if progress.budget is None:
            done = screen.count(progress.evaluations, "evaluation")
        else:
            done = f"{progress.evaluations:,} of {progress.budget:,} evaluations"
        line = f"{screen.duration(progress.seconds):>7}  {done}  {scores(progress)}"
        if progress.asking:
            line += f"  {asking(progress)}"
        elif progress.trying:
            words = "trying " if progress.phase == "search" else ""
            line += f"  {words}{screen.one_line(progress.trying, 60)}"
        self._write(line)


class LivePanel:
    """What rich draws anew several times a second, from the last progress that came."""

    def __init__(self, title: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._title = title
        self._clock = clock
        self._progress: Progress | None = None
        self._at = clock()
        self._rate = Rate()
        self._per_second: float | None = None

    def update(self, progress: Progress) -> None:
        self._progress = progress
        self._at = self._clock()
        self._per_second = self._rate.per_second(progress.seconds, progress.evaluations)

    def __rich_console__(self, console: Console, options: Any) -> Iterator[RenderableType]:
        from rich.padding import Padding
        from rich.text import Text

        yield Text(self._title, style="bold", no_wrap=True, overflow="ellipsis")
        if self._progress is None:
            yield Text("  starting", style="dim")
            return
        yield Padding(self._bar(self._progress, options.max_width - 2), (0, 0, 0, 2))
        better = self._progress.best not in (None, self._progress.baseline)
        yield _line(scores(self._progress), "bold green" if better else "")
        yield _line(self._doing(self._progress), "dim")

    def _doing(self, progress: Progress) -> str:
        if progress.asking:
            return asking(progress, self._clock() - self._at)
        return f"{progress.phase}: {progress.trying}" if progress.trying else progress.phase

    def _bar(self, progress: Progress, width: int) -> RenderableType:
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        share = used(progress)
        done = f"{progress.evaluations:,}"
        if progress.budget is not None:
            done += f"/{progress.budget:,}"
        facts = [Text(f"{done} evaluations" if width >= 60 else done)]
        if self._per_second is not None:
            facts.append(Text(f"{self._per_second:.3g}/s", style="dim"))
        facts.append(Text(self._time(progress), style="dim"))
        bar = ProgressBar(
            total=1.0,
            completed=share or 0.0,
            width=max(4, min(40, width - sum(len(fact) + 1 for fact in facts))),
            pulse=share is None,
            animation_time=self._clock(),
            complete_style="cyan",
            finished_style="cyan",
        )
        grid = Table.grid(padding=(0, 1))
        for _ in range(len(facts) + 1):
            grid.add_column(no_wrap=True, overflow="ellipsis")
        grid.add_row(bar, *facts)
        return grid

    def _time(self, progress: Progress) -> str:
        since = self._clock() - self._at  # the clock runs on while a slow candidate is judged
        left = seconds_left(progress, self._per_second)
        if left is None or since > left:  # it takes longer than what came before
            return screen.duration(progress.seconds + since)
        return f"{screen.duration(max(0.0, left - since))} left"


def _line(text: str, style: str) -> RenderableType:
    from rich.text import Text

    words = f"  {screen.one_line(text, 400)}"
    return Text(words, style=style, no_wrap=True, overflow="ellipsis")
