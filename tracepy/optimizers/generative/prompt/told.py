"""What the objective said, now and of earlier attempts."""

from __future__ import annotations

from collections.abc import Sequence

from tracepy.optimizers.generative.prompt.fence import block, inline, label, quoted
from tracepy.optimizers.generative.prompt.plan import Plan
from tracepy.optimizers.generative.prompt.records import Attempt, View

_FAR_BACK = 4


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


def memory(attempts: Sequence[Attempt], plan: Plan) -> str:
    """Earlier attempts, the newest last."""
    kept = attempts[len(attempts) - plan.memory :] if plan.memory else ()
    rows: list[str] = []
    for number, each in enumerate(kept, len(attempts) - len(kept) + 1):
        rows.append(f"attempt {number}: {_score(each.score)}")
        for name, text in each.suggestion.items():
            if "\n" in text:
                rows.append(f"{label(name)}:\n{block(text)}")
            else:
                rows.append(f"{label(name)}={inline(text, 1 << 30)}")
        if each.note:
            rows.append(f"note: {inline(each.note, 2 * plan.width)}")
        rows += quoted(each.feedback, min(plan.lines, _FAR_BACK), plan.width)
    return "\n".join(rows)


def _score(score: float | None) -> str:
    return "no score" if score is None else f"score={score:.6g}"
