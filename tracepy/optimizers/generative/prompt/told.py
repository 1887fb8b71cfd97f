"""What the objective said, now and of earlier attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import unified_diff
from functools import lru_cache
from textwrap import dedent

from tracepy.optimizers.generative.answers.names import resolve
from tracepy.optimizers.generative.prompt.fence import block, inline, label, quoted
from tracepy.optimizers.generative.prompt.plan import Plan
from tracepy.optimizers.generative.prompt.records import Attempt, View

_FAR_BACK = 4
_COMPARED = 20_000


def feedback(view: View, plan: Plan, score_only: bool) -> str:
    """The score, the objective's words, and what failed."""
    rows = [f"{_score(view.score)}, {view.better} is better"]
    if score_only:
        return rows[0]
    if view.passed is not None:
        rows[0] += f"; {view.passed[0]} of {view.passed[1]} cases pass"
    rows += [f"note: {inline(note, 200)}" for note in view.notes]
    rows += quoted(view.words, plan.lines, plan.width)
    for each in view.failures[: plan.failures]:
        score = "" if each.score == 0 else f" (score={each.score:.6g})"
        rows.append(f"failed {inline(each.name, max(plan.width, 80))}{score}:")
        rows += quoted(each.text, plan.lines, plan.width)
    return "\n".join(rows)


def memory(attempts: Sequence[Attempt], plan: Plan, sources: Mapping[str, str]) -> str:
    """Earlier attempts, the newest last.

    Args:
        attempts: All of them.
        plan: How many are shown, and how much of each.
        sources: Of functions that are shown in #Variables, by name: what is the same in an attempt
            is not shown a second time.
    """
    kept = attempts[len(attempts) - plan.memory :] if plan.memory else ()
    rows: list[str] = []
    for number, each in enumerate(kept, len(attempts) - len(kept) + 1):
        rows.append(f"attempt {number}: {_score(each.score)}")
        for name, text in each.suggestion.items():
            if "\n" in text:
                rows.append(_source(name, text, sources))
            else:
                rows.append(f"{label(name)}={inline(text, 1 << 30)}")
        if each.note:
            rows.append(f"note: {inline(each.note, 2 * plan.width)}")
        rows += quoted(each.feedback, min(plan.lines, _FAR_BACK), plan.width)
    return "\n".join(rows)


def _source(name: str, text: str, sources: Mapping[str, str]) -> str:
    """A function's source, or what is another in it than in the one that is shown."""
    known = resolve(name, list(sources))
    if known is not None:
        changes = _difference(sources[known], text)
        if not changes:
            return f"{label(name)}: as in #Variables"
        if 2 * len(changes) < len(text):
            return f"{label(name)}, as a difference from #Variables:\n{block(changes, 'diff')}"
    return f"{label(name)}:\n{block(text)}"


@lru_cache(maxsize=256)
def _difference(now: str, then: str) -> str:
    """Hunks that make the second text of the first, a line of what is around with each; the whole
    text where it is too long to compare."""
    if max(len(now), len(then)) > _COMPARED:
        return then
    rows = list(unified_diff(_rows(now), _rows(then), n=1, lineterm=""))
    return "\n".join(rows[2:])  # without the names of files that there are not


def _rows(text: str) -> list[str]:
    return [row.rstrip() for row in dedent(text.strip("\r\n")).splitlines() if row.strip()]


def _score(score: float | None) -> str:
    return "no score" if score is None else f"score={score:.6g}"
