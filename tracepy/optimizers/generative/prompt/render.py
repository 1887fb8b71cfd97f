"""A view as the text that a model gets, never longer than the budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tracepy.errors import UserError
from tracepy.optimizers.generative.prompt.pages import Pages
from tracepy.optimizers.generative.prompt.plan import plans, refilled
from tracepy.optimizers.generative.prompt.records import Attempt, View

# Tokens that the whole may have more than its lines one by one.
_SPARE = 10


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
    pages = Pages(view, memory, mask=mask, score_only=score_only, count=count)
    steps = plans(view, len(memory))
    low, high = 0, len(steps) - 1
    if pages.size(steps[0]) <= budget:
        high = 0
    while low < high:
        middle = (low + high) // 2
        if pages.size(steps[middle]) <= budget:
            high = middle
        else:
            low = middle + 1
    found = ""
    if low:
        spare = budget - _SPARE
        best = refilled(steps[low], view, len(memory), lambda plan: pages.size(plan) <= spare)
        found = pages.text(best)
        if count(found) <= budget:
            return found
    for plan in steps[low:]:  # the parts alone may have a few tokens less than the whole
        found = pages.text(plan)
        if count(found) <= budget:
            return found
    raise UserError(
        f"{budget:,} tokens are too few for a prompt: the least that says something has "
        f"{count(found):,} (--prompt-tokens)"
    )
