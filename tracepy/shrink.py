"""Winners made as small and as plain as they can be without losing what they won."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher

from tracepy.optimizers.base import Outcome, Proposal, Task
from tracepy.parameters import replace
from tracepy.transforms.edit import Edit, apply_edits
from tracepy.transforms.source import Source

_DIGITS = (1, 2, 3)


def shrink(
    best: Outcome,
    originals: Mapping[str, Source],
    judge: Callable[[Sequence[Proposal]], list[Outcome]],
) -> Outcome:
    """Take back changed lines, one run of lines at a time, while the score stays.

    Args:
        best: The winner.
        originals: The modules that it started from.
        judge: Judges proposals; returns fewer outcomes where the budget is spent.
    """
    while True:
        proposals = _without_one(best, originals)
        if len(proposals) < 2:
            return best
        outcomes = judge(proposals)
        kept = [outcome for outcome in outcomes if outcome.value >= best.value]
        if not kept:
            return best
        best = kept[0]


def round_numbers(
    best: Outcome, task: Task, judge: Callable[[Sequence[Proposal]], list[Outcome]]
) -> Outcome:
    """Write each tuned fraction with as few digits as keep the score.

    Args:
        best: The winner.
        task: The run's task.
        judge: Judges proposals; returns fewer outcomes where the budget is spent.
    """
    before = {parameter.name: parameter.value for parameter in task.find({})}
    names = [
        parameter.name
        for parameter in task.find(best.proposal.sources)
        if type(parameter.value) is float and parameter.value != before.get(parameter.name)
    ]
    for name in names:
        outcomes = judge(_rounded(best, task, name))
        # The fewest digits come first.
        best = next((outcome for outcome in outcomes if outcome.value >= best.value), best)
    return best


def _rounded(best: Outcome, task: Task, name: str) -> list[Proposal]:
    sources = best.proposal.sources
    found = [parameter for parameter in task.find(sources) if parameter.name == name]
    proposals = []
    for digits in _DIGITS:
        for parameter in found:
            value = float(f"{parameter.value:.{digits}g}")
            if value == parameter.value or parameter.constraint.violation(value):
                continue
            text = task.source(parameter.path, sources).text
            edit = replace(text, parameter, value)
            changed = {**sources, parameter.path: apply_edits(text, [edit])}
            note = f"{name.partition(':')[2]} = {value}"
            proposals.append(_simpler(best, changed, note, "fewer digits may do"))
    return proposals


def _without_one(best: Outcome, originals: Mapping[str, Source]) -> list[Proposal]:
    """The winner with each single change taken back."""
    changes = [
        (path, edit)
        for path, text in best.proposal.sources.items()
        for edit in _changes(originals[path], text)
    ]
    proposals = []
    for skipped in changes:
        sources: dict[str, str] = {}
        for path in best.proposal.sources:
            edits = [e for p, e in changes if p == path and (p, e) != skipped]
            if edits:
                sources[path] = apply_edits(originals[path].text, edits)
        line = originals[skipped[0]].line_at(skipped[1].start)
        note = f"without the change at line {line}"
        proposals.append(_simpler(best, sources, note, "a change that does not count is left out"))
    return proposals


def _simpler(best: Outcome, sources: Mapping[str, str], note: str, reason: str) -> Proposal:
    return Proposal(
        sources,
        note,
        parent=best.number,
        proposer="shrink",
        reason=reason,
        promise=best.proposal.promise,
    )


def _changes(original: Source, text: str) -> list[Edit]:
    """The runs of lines that differ, as edits of the original."""
    old = [original.line(number + 1) for number in range(len(original.starts))]
    changed = original.replaced(text)
    new = [changed.line(number + 1) for number in range(len(changed.starts))]
    offsets = [*original.starts, len(original.text)]
    edits = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "replace" and j - i == m - k:
            # Line for line, so that neighbours can be taken back one by one.
            pairs = zip(range(i, j), range(k, m), strict=True)
            edits += [Edit(offsets[a], offsets[a + 1], new[b]) for a, b in pairs]
        elif tag != "equal":
            edits.append(Edit(offsets[i], offsets[j], "".join(new[k:m])))
    return edits
