"""A view as the text that a model gets, never longer than the budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tracepy.errors import UserError
from tracepy.optimizers.generative.prompt import sections, told
from tracepy.optimizers.generative.prompt.fence import HEADINGS, MEMORY, neutral, prose
from tracepy.optimizers.generative.prompt.plan import Plan, plans, refilled
from tracepy.optimizers.generative.prompt.records import Attempt, View

INSTRUCTION = "Change the #Variables so that the #Outputs improve as #Feedback asks."


def render(
    view: View,
    *,
    budget: int,
    count: Callable[[str], int],
    memory: Sequence[Attempt] = (),
    mask: bool = False,
    score_only: bool = False,
) -> str:
    """The sections of the paper's form, each heading alone on its line, then the memory.

    Args:
        view: What there is to show.
        budget: Tokens that the text may have.
        count: Tokens of a text.
        memory: Earlier attempts, the oldest first.
        mask: Leave #Code, #Documentation, #Inputs and #Others empty (an ablation of the paper).
        score_only: Of the feedback, show the score alone (another).

    Raises:
        UserError: the least that is to be shown does not fit.
    """
    counted: dict[str, int] = {}

    def size(plan: Plan) -> int:
        total = 0
        for part in _parts(view, plan, memory, mask, score_only):
            if part not in counted:
                counted[part] = count(part)
            total += counted[part]
        return total

    def text(plan: Plan) -> str:
        return "".join(_parts(view, plan, memory, mask, score_only)).rstrip("\n")

    steps = plans(view, len(memory))
    low, high = 0, len(steps) - 1
    if size(steps[0]) <= budget:
        high = 0
    while low < high:
        middle = (low + high) // 2
        if size(steps[middle]) <= budget:
            high = middle
        else:
            low = middle + 1
    found = ""
    if low:
        best = refilled(steps[low], view, len(memory), lambda plan: size(plan) + 10 <= budget)
        found = text(best)
        if count(found) <= budget:
            return found
    for plan in steps[low:]:  # the parts alone may have a few tokens less than the whole
        found = text(plan)
        if count(found) <= budget:
            return found
    raise UserError(
        f"{budget:,} tokens are too few for a prompt: the least that says something has "
        f"{count(found):,} (--prompt-tokens)"
    )


def _parts(
    view: View, plan: Plan, memory: Sequence[Attempt], mask: bool, score_only: bool
) -> list[str]:
    bodies = {
        "#Instruction": sections.joined([INSTRUCTION, prose(view.instruction)]),
        "#Variables": sections.variables(view, plan),
        "#Constraints": sections.constraints(view, plan),
        "#Outputs": sections.values(view.outputs, 1 << 30, plan.width),
        "#Feedback": told.feedback(view, plan, score_only),
    }
    if not mask:
        bodies |= {
            "#Code": sections.code(view, plan),
            "#Documentation": sections.documentation(view, plan),
            "#Inputs": sections.values(view.inputs, plan.inputs, plan.width),
            "#Others": sections.values(view.others, plan.others, plan.width),
        }
    parts = [_part(heading, bodies.get(heading, "")) for heading in HEADINGS]
    if past := told.memory(memory, plan):
        parts.append(_part(MEMORY, past))
    return parts


def _part(heading: str, body: str) -> str:
    body = neutral(body)  # names and notes stand in no fence
    return f"{heading}\n{body}\n\n" if body else f"{heading}\n\n"
