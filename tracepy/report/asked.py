"""What a run asked its models, as far as the page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tracepy import transcript
from tracepy.report.candidates import Candidate
from tracepy.report.visible import one_line, visible
from tracepy.store import ModelCall, Run, Spent, Store

CALLS_SHOWN = 50
"""Of so many of the best candidates the page has the call that gave them."""
PROMPT_LIMIT = 16_000
ANSWER_LIMIT = 8_000
"""Characters of a prompt, and of an answer, that are shown."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it is shown; texts hold no unseen characters any more.

    Attributes:
        number: Its number within the run.
        facts: The model, tokens, cost and time.
        whole: What is typed to see all of it.
        prompt, answer: What was sent and what came back.
    """

    number: int
    facts: str
    whole: str
    prompt: str
    answer: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What models were asked.

    Attributes:
        spent: What each model took, by its name.
        calls: The call that a candidate came of, by the candidate's number.
        left_out: How many candidates came of calls that have no room.
    """

    spent: Mapping[str, Spent] = field(default_factory=dict)
    calls: Mapping[int, Call] = field(default_factory=dict)
    left_out: int = 0


def asked_of(store: Store, run: Run, candidates: Sequence[Candidate], path: Sequence[int]) -> Asked:
    """What a run asked; of candidates the calls of the winner's lineage and of the best.

    Raises:
        UserError: the store cannot be read.
    """
    spent = store.spent_on(run.id)
    if not spent:
        return Asked()
    came = store.came_of_calls(run.id)
    first = [number for number in reversed(path) if number in came]
    rest = [one.number for one in best_first(candidates, run) if one.number in came]
    shown = list(dict.fromkeys((*first, *rest)))[:CALLS_SHOWN]
    calls = {call.evaluation: _call(run, call) for call in store.calls(run.id, shown)}
    kept = {number: call for number, call in calls.items() if number is not None}
    return Asked(spent, kept, len(came) - len(kept))


def best_first(candidates: Sequence[Candidate], run: Run) -> list[Candidate]:
    """Candidates by their scores, those without one last."""
    sign = -1.0 if run.settings.get("minimize") else 1.0

    def key(one: Candidate) -> tuple[bool, float, int]:
        whole = one.status == "ok" and one.complete and one.score is not None
        return not whole, -sign * (one.score or 0.0), one.number

    return sorted(candidates, key=key)


def _call(run: Run, call: ModelCall) -> Call:
    return Call(
        call.number,
        one_line(transcript.facts(call).replace("  ", " · ")),
        f"tracepy show {run.id} --prompt {call.number}",
        visible(_text(transcript.prompt(call)), PROMPT_LIMIT),
        visible(_text(transcript.answer(call)), ANSWER_LIMIT),
    )


def _text(parts: Sequence[tuple[str, str]]) -> str:
    return "\n\n".join(f"--- {head} ---\n{text}" for head, text in parts)
