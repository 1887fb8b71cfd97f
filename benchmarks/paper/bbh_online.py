"""The paper's own loop on a task of BIG-Bench Hard: one example after the other, the best kept by validation.

A wrong answer makes the optimizer change the program; a right one has the program judged on the
validation set. A program that raises gives way to the best of those that were judged,
and the example is tried once more. In the end that best one is taken, of equals the last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.paper.stepwise import Steps


def trained(steps: Steps, train: Sequence[Mapping[str, str]]) -> dict[str, int]:
    """Train a program, and leave the best in its file; how many were judged, how often it was changed."""
    best, reached, judged, changed = steps.target.read_text("utf-8"), -1.0, 0, 0
    for number, example in enumerate(train, 1):
        right, proposed = steps.step(number, [example])
        if steps.failed and judged:
            steps.target.write_text(best, encoding="utf-8")
            # Another number, so that each try has a recording of its own.
            right, proposed = steps.step(len(train) + number, [example])
        now = steps.target.read_text("utf-8")
        if right:
            judged += 1
            if (share := steps.share("validation")) >= reached:
                best, reached = now, share
        elif proposed != now:
            changed += 1
            steps.target.write_text(proposed, encoding="utf-8")
            if number == len(train) and (share := steps.share("validation")) >= reached:
                best, reached, judged = proposed, share, judged + 1
    steps.target.write_text(best, encoding="utf-8")
    return {"judged": judged, "changed": changed}
