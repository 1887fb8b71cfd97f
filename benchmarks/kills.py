"""Runs that are killed at random moments, again and again, and gone on with to their end.

    python -m benchmarks.kills --kills 100 --seed 1

`kill -9` hits the main process, its process group, or all that belongs to the run, at a random
moment of the run or of its `resume`, until one of them ends by itself. Then everything must be as
after a run of the same seed that nobody killed. Ends with status 1 where anything is not.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.kills_projects import PROJECTS
from benchmarks.kills_runs import Judged, Runs
from benchmarks.report import publish

HOW = ("main", "group", "all")
# What waits for the moment to kill a process, unless that ends before.
Wait = Callable[["Runs", "subprocess.Popen[bytes]"], None]
WINNER = ("baseline", "best", "improved", "evaluations", "parameters", "patch")
PATIENCE = 3.0  # seconds that the dying may take


@dataclass
class Trial:
    """One run with all its kills.

    Attributes:
        kills: How many there were.
        early: Of them, before the run was in the store.
        moments: Evaluations in the store at each of the others.
        again: Evaluations that had come to their end unstored, and were judged again.
        wrong: What was not as it should be, in words.
    """

    kills: int = 0
    early: int = 0
    moments: list[int] = field(default_factory=list)
    again: int = 0
    wrong: list[str] = field(default_factory=list)


def settled(look: Callable[[], object]) -> bool:
    """Whether there is soon nothing left to see: the dying may take a moment."""
    end = time.monotonic() + PATIENCE
    while look():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def trial(whole: Runs, killed: Runs, waits: Iterator[tuple[Wait, str]]) -> Trial:
    """Kill a run and its resumptions until no wait is left, and compare it with a whole one.

    Args:
        whole: A run that nobody killed.
        killed: The one to be killed, not started yet.
        waits: When and how.
    """
    found, witness = Trial(), Witness(whole, killed)
    process = killed.start(*killed.arguments)
    while True:
        wait, how = next(waits, (to_the_end, "nobody"))
        wait(killed, process)
        alive = process.poll() is None
        if alive:
            found.kills += 1
            killed.kill(process, how)
        elif process.returncode not in (0, 1):
            assert process.stderr is not None
            said = process.stderr.read().decode("utf-8", "replace")
            found.wrong.append(f"ended with {process.returncode}: {said.strip()[-300:]}")
        found.wrong += [f"{text}, after a kill of {how}" for text in witness.look()]
        run = killed.run()
        if alive and run is None:
            found.early += 1
        elif alive and run is not None:
            found.moments.append(run.recorded)
        if not alive or (run is not None and run.status == "finished"):
            break
        process = killed.go_on()
    found.again = witness.again
    found.wrong += unbroken(killed) if killed.noisy else differences(whole, killed)
    if left := [path.name for path in killed.temporary.iterdir()]:
        found.wrong.append(f"temporary files are left: {left}")
    return found


class Witness:
    """Looks at a run after each of its processes.

    Attributes:
        again: Evaluations that had come to their end unstored, and were judged again.
    """

    def __init__(self, whole: Runs, killed: Runs) -> None:
        self.again = 0
        self._killed = killed
        self._tree = killed.tree()
        self._asked = whole.judged(whole.logs[-1]) | whole.stored()
        self._stored: Counter[Judged] = Counter()  # before the last process began
        self._ended: Counter[Judged] = Counter()  # judged to their end by those before it
        self._kept: tuple[list[Any], list[Any]] = ([], [])

    def look(self) -> list[str]:
        """What is not as it should be."""
        wrong, killed = [], self._killed
        now = killed.kept()
        if any(new[: len(old)] != old for old, new in zip(self._kept, now, strict=True)):
            wrong.append("what was in the store has changed")
        self._kept = now
        if not killed.noisy:
            wrong += self._repeated(killed.judged(killed.logs[-1]))
        if not settled(killed.processes):
            wrong.append("processes are left")
        # A judge's, and that of the one that looks at what several fixes do.
        if (left := len(list(killed.temporary.iterdir()))) > 2:
            wrong.append(f"{left} temporary folders")
        if killed.tree() != self._tree:
            wrong.append("the user's files have changed")
        if (said := killed.sound()) != "ok":
            wrong.append(f"the store is damaged: {said}")
        return wrong

    def _repeated(self, judged: Counter[Judged]) -> list[str]:
        twice = self._stored + judged - self._asked
        self.again += ((self._ended - self._stored) & judged).total()
        self._ended |= judged
        self._stored = self._killed.stored()
        return [f"{twice.total()} stored evaluations were judged again"] if twice else []


def to_the_end(_: Runs, process: subprocess.Popen[bytes]) -> None:
    """No kill at all."""
    process.wait(600)


def at_random(seconds: float, chance: random.Random) -> Iterator[tuple[Wait, str]]:
    """Any moment within so many seconds."""

    def wait(_: Runs, process: subprocess.Popen[bytes]) -> None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0.05, seconds))

    while True:
        yield wait, chance.choice(HOW)


def after(judged: int) -> Wait:
    """Once so many candidates have been judged by the process."""

    def wait(killed: Runs, process: subprocess.Popen[bytes]) -> None:
        while process.poll() is None and killed.judged(killed.logs[-1]).total() < judged:
            time.sleep(0.002)

    return wait


def unbroken(killed: Runs) -> list[str]:
    """What is wrong with a noisy run, of which nobody knows how it had ended."""
    run, (_, answers) = killed.run(), killed.kept()
    if run is None or run.status != "finished":
        return ["it is not finished"]
    if [answer.number for answer in answers] != list(range(run.evaluations)):
        return [f"{len(answers)} draws are stored, {run.evaluations} were spent"]
    return []


def differences(whole: Runs, killed: Runs) -> list[str]:
    """How a run that was killed ended otherwise than the whole one."""
    first, second = whole.run(), killed.run()
    if first is None or second is None:
        return ["there is no run in the store"]
    wrong = [
        f"{name}: {getattr(second, name)!r}, not {getattr(first, name)!r}"[:300]
        for name in WINNER
        if getattr(first, name) != getattr(second, name)
    ]
    before, after = whole.tried(), killed.tried()
    if len(before) != len(after):
        wrong.append(f"{len(after)} candidates, not {len(before)}")
    different = [a for a, b in zip(before, after, strict=False) if a != b]
    if different:
        wrong.append(f"{len(different)} candidates differ, from number {different[0][0]} on")
    return wrong


def measured(name: str, kills: int, seed: int, folder: Path) -> dict[str, Any]:
    """One objective under so many kills; a row of the table."""
    chance = random.Random(f"{name} {seed}")
    trials: list[Trial] = []
    whole, took = None, 0.0
    while (done := sum(item.kills for item in trials)) < kills:
        if whole is None or len(trials) % 10 == 0:  # another seed now and then
            whole = Runs(name, folder / f"whole-{len(trials)}", seed + len(trials))
            took = whole.whole()
        killed = Runs(name, folder / f"killed-{len(trials)}", whole.seed)
        trials.append(trial(whole, killed, islice(at_random(took, chance), kills - done)))
        for text in trials[-1].wrong:
            print(f"{name}, run {len(trials)}, {trials[-1].kills} kills: {text}", flush=True)
    moments = [moment for item in trials for moment in item.moments]
    return {
        "objective": name,
        "kills": sum(item.kills for item in trials),
        "before the run is stored": sum(item.early for item in trials),
        "at evaluation": f"{min(moments, default=0)} to {max(moments, default=0)}",
        "runs": len(trials),
        "judged again a kill": sum(item.again for item in trials) / max(len(moments), 1),
        "runs with a difference": sum(bool(item.wrong) for item in trials),
        "seconds of a whole run": took,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--objective", choices=PROJECTS, action="append")
    given = parser.parse_args()
    names = given.objective or list(PROJECTS)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for number, name in enumerate(names):
            kills = given.kills * (number + 1) // len(names) - given.kills * number // len(names)
            rows.append(measured(name, kills, given.seed, Path(folder, name)))
    publish("kills", rows, "after each: files, store, processes, temporary folders looked at")
    return int(any(row["runs with a difference"] for row in rows))


if __name__ == "__main__":
    sys.exit(main())
