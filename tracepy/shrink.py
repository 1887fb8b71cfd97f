"""Winners made as small and as plain as they can be without losing what they won."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher

from tracepy.optimizers.base import Outcome, Proposal, Task
from tracepy.parameters import replace
from tracepy.transforms.edit import Edit, apply_edits
from tracepy.transforms.source import Source

_DIGITS = (1, 2, 3)
_SINGLY = 8  # changes that are taken back one at a time from the start
_WORDS = 8  # more words than these that differ are a rewrite, not a few edits
# Texts, numbers, names, spaces, and signs: together they are all of a line.
_TOKEN = re.compile(
    r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\d+\.?\d*(?:[eE][+-]?\d+)?|\w+|\s+|["']|[^\w\s"']+"""
)


def shrink(
    best: Outcome,
    originals: Mapping[str, Source],
    judge: Callable[[Sequence[Proposal]], list[Outcome]],
) -> Outcome:
    """Take back changes while the score stays, until none can be taken back by itself.

    Many changes are taken back by halves first (ddmin's complements: Zeller and Hildebrandt,
    "Simplifying and isolating failure-inducing input", TSE 2002), whole statements before parts of
    a line. What is no Python is not judged.

    Args:
        best: The winner.
        originals: The modules that it started from.
        judge: Judges proposals; returns fewer outcomes where the budget is spent.
    """
    best = _smallest(best, originals, judge, _lines)
    if len(_all(best, originals, _tokens)) <= _WORDS:
        best = _smallest(best, originals, judge, _tokens)
    return best


_Changes = Callable[[Source, str], list[Edit]]


def _smallest(
    best: Outcome,
    originals: Mapping[str, Source],
    judge: Callable[[Sequence[Proposal]], list[Outcome]],
    changes: _Changes,
) -> Outcome:
    edits = _all(best, originals, changes)
    size = max(len(edits) // 2, 1) if len(edits) > _SINGLY else 1
    while len(edits) > 1:
        kept = judge(_without(best, originals, edits, size)) if size < len(edits) else []
        kept = [outcome for outcome in kept if outcome.value >= best.value]
        if kept:
            best = kept[0]
            edits = _all(best, originals, changes)
            size = min(size, max(len(edits) // 2, 1))
        elif size > 1:
            size //= 2
        else:
            break
    return best


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


def _all(
    best: Outcome, originals: Mapping[str, Source], changes: _Changes
) -> list[tuple[str, Edit]]:
    return [
        (path, edit)
        for path, text in sorted(best.proposal.sources.items())
        for edit in changes(originals[path], text)
    ]


def _without(
    best: Outcome, originals: Mapping[str, Source], edits: Sequence[tuple[str, Edit]], size: int
) -> list[Proposal]:
    """The winner with so many neighbouring changes taken back, for each place where they are."""
    proposals = []
    for start in range(0, len(edits), size):
        taken, left = edits[start : start + size], [*edits[:start], *edits[start + size :]]
        sources: dict[str, str] = {}
        for path in best.proposal.sources:
            own = [edit for place, edit in left if place == path]
            if own:
                sources[path] = apply_edits(originals[path].text, own)
        if not all(map(_is_python, sources.values())):
            continue
        path, first = taken[0]
        line = originals[path].line_at(first.start)
        what = "the change" if size == 1 else f"{len(taken)} changes from there on,"
        note = f"without {what} at line {line}"
        proposals.append(_simpler(best, sources, note, "a change that does not count is left out"))
    return proposals


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _simpler(best: Outcome, sources: Mapping[str, str], note: str, reason: str) -> Proposal:
    return Proposal(
        sources,
        note,
        parent=best.number,
        proposer="shrink",
        reason=reason,
        promise=best.proposal.promise,
    )


def _lines(original: Source, text: str) -> list[Edit]:
    """The lines that differ, as edits of the original."""
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
        elif tag == "insert":
            edits += [Edit(offsets[i], offsets[i], part) for part in _statements(new[k:m])]
        elif tag != "equal":
            edits.append(Edit(offsets[i], offsets[j], "".join(new[k:m])))
    return edits


def _statements(lines: Sequence[str]) -> list[str]:
    """Inserted lines, cut where one stands no deeper than the first: those below it go with it."""
    parts: list[str] = []
    first = _depth(lines[0])
    for line in lines:
        if parts and (not line.strip() or _depth(line) > first):
            parts[-1] += line
        else:
            parts.append(line)
    return parts


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _prose(tree: ast.Module) -> set[int]:
    """Lines of texts that go over several: half of a sentence is no simpler."""
    return {
        line
        for node in ast.walk(tree)
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and node.end_lineno != node.lineno
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def _tokens(original: Source, text: str) -> list[Edit]:
    """As `_lines`, but of a line that differs the words and signs."""
    edits = []
    prose = _prose(original.tree)
    for edit in _lines(original, text):
        before = original.text[edit.start : edit.end]
        if not before or not edit.text or original.line_at(edit.start) in prose:
            edits.append(edit)
            continue
        old, new = _TOKEN.findall(before), _TOKEN.findall(edit.text)
        at = [edit.start]
        for token in old:
            at.append(at[-1] + len(token))
        for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag != "equal":
                edits.append(Edit(at[i], at[j], "".join(new[k:m])))
    return edits
