"""The sections of a view under one plan after another, each of them made and counted once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tracepy.optimizers.generative.prompt import sections, told
from tracepy.optimizers.generative.prompt.fence import HEADINGS, MEMORY, neutral, prose
from tracepy.optimizers.generative.prompt.plan import Plan
from tracepy.optimizers.generative.prompt.records import Attempt, View

INSTRUCTION = "Change the #Variables so that the #Outputs improve as #Feedback asks."

# What of a plan each section follows: with the same values it is the same text.
_FOLLOWS = {
    "#Instruction": (),
    "#Code": ("calls", "statements", "body", "width"),
    "#Documentation": ("documentation", "width"),
    "#Variables": ("names", "sources", "width"),
    "#Constraints": ("names", "sources"),
    "#Inputs": ("inputs", "width"),
    "#Others": ("others", "width"),
    "#Outputs": ("width",),
    "#Feedback": ("lines", "failures", "width"),
    MEMORY: ("memory", "lines", "width", "names", "sources"),
}
_MASKED = frozenset({"#Code", "#Documentation", "#Inputs", "#Others"})


class Pages:
    """Texts of a view, and how many tokens they have.

    Args:
        view: What there is to show.
        memory: Earlier attempts, the oldest first.
        mask: Leave #Code, #Documentation, #Inputs and #Others empty.
        score_only: Of the feedback, show the score alone.
        count: Tokens of a text.
    """

    def __init__(
        self,
        view: View,
        memory: Sequence[Attempt],
        *,
        mask: bool,
        score_only: bool,
        count: Callable[[str], int],
    ) -> None:
        self._view, self._memory = view, memory
        self._mask, self._score_only = mask, score_only
        self._count = count
        self._lines: dict[str, int] = {}
        self._made: dict[tuple[str, tuple[int, ...]], tuple[str, int]] = {}

    def size(self, plan: Plan) -> int:
        """Tokens of the text, counted a line at a time: the whole may have a few more."""
        return sum(self._section(heading, plan)[1] for heading in _FOLLOWS)

    def text(self, plan: Plan) -> str:
        """The text."""
        return "".join(self._section(heading, plan)[0] for heading in _FOLLOWS).rstrip("\n")

    def _section(self, heading: str, plan: Plan) -> tuple[str, int]:
        key = heading, tuple(getattr(plan, name) for name in _FOLLOWS[heading])
        if key not in self._made:
            body = "" if self._mask and heading in _MASKED else self._body(heading, plan)
            body = neutral(body)  # names and notes stand in no fence
            text = f"{heading}\n{body}\n\n" if body else f"{heading}\n\n"
            text = "" if heading not in HEADINGS and not body else text
            self._made[key] = text, sum(map(self._tokens, text.splitlines(keepends=True)))
        return self._made[key]

    def _tokens(self, line: str) -> int:
        if line not in self._lines:
            self._lines[line] = self._count(line)
        return self._lines[line]

    def _body(self, heading: str, plan: Plan) -> str:
        view, width = self._view, plan.width
        match heading:
            case "#Instruction":
                return sections.joined([INSTRUCTION, prose(view.instruction)])
            case "#Code":
                return sections.code(view, plan)
            case "#Documentation":
                return sections.documentation(view, plan)
            case "#Variables":
                return sections.variables(view, plan)
            case "#Constraints":
                return sections.constraints(view, plan)
            case "#Inputs":
                return sections.values(view.inputs, plan.inputs, width)
            case "#Others":
                return sections.values(view.others, plan.others, width)
            case "#Outputs":
                return sections.values(view.outputs, 1 << 30, width)
            case "#Feedback":
                return told.feedback(view, plan, self._score_only)
        code = [each for each in sections.sourced(view, plan) if each.type == "code"]
        return told.memory(self._memory, plan, {each.name: each.text for each in code})
