"""Replacements in a file: which parameters they fall into, and what these become."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from tracepy.optimizers.generative.answers.matching import located
from tracepy.optimizers.generative.answers.names import listed, shown
from tracepy.optimizers.generative.answers.records import Refused, Replacement
from tracepy.parameters import Parameter
from tracepy.transforms.edit import Edit, apply_edits
from tracepy.transforms.indent import dedent

_MANY = 2000  # lines of a replacement that are compared one by one


def placed(
    text: str, replacement: Replacement, parameters: Sequence[Parameter], where: str
) -> list[tuple[Parameter, Edit]]:
    r"""The splices of a module that a replacement asks for, each with the parameter it falls into.

    Args:
        text: The module, line ends `\n`.
        replacement: What to find and what to put there.
        parameters: The module's parameters, with offsets in that text.
        where: What the text is, for the sentence of an error.

    Raises:
        Refused: it matches no place or several, or changes what is no parameter.
    """
    whole = located(text, replacement, where)
    found = []
    for edit in _parts(text, whole):
        # The innermost: what holds it is changed by that alone.
        holders = [p for p in parameters if p.start <= edit.start and edit.end <= p.end]
        if not holders:
            raise Refused(
                f"The change of `{shown(replacement.old)}` lies outside of what may change: "
                f"change only {listed(p.name for p in parameters)}."
            )
        functions = [p for p in holders if p.kind == "function"]
        holder = min(functions or holders, key=lambda p: p.end - p.start)
        found.append((holder, edit))
    return found


def source_of(text: str, parameter: Parameter, edits: Sequence[Edit]) -> str:
    """The parameter's new source, not indented, with splices of the module made in it."""
    line = max(text.rfind("\n", 0, parameter.start) + 1, 0)
    moved = [Edit(e.start - line, e.end - line, e.text) for e in edits]
    new = apply_edits(text[line : parameter.end], moved)
    prefix = text[line : parameter.start]
    if parameter.kind != "function":
        return new[len(prefix) :]
    try:
        return dedent(new, prefix)
    except SyntaxError:
        return new


def _parts(text: str, edit: Edit) -> list[Edit]:
    """The lines of a splice that differ, without what they have in common at both ends."""
    old, new = text[edit.start : edit.end].splitlines(True), edit.text.splitlines(True)
    if max(len(old), len(new)) > _MANY:
        return [_trimmed(text, edit)]
    starts = [edit.start]
    for line in old:
        starts.append(starts[-1] + len(line))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [
        _trimmed(text, Edit(starts[i], starts[j], "".join(new[k:m])))
        for kind, i, j, k, m in matcher.get_opcodes()
        if kind != "equal"
    ]


def _trimmed(text: str, edit: Edit) -> Edit:
    old, new = text[edit.start : edit.end], edit.text
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return Edit(edit.start + head, edit.end - tail, new[head : len(new) - tail])
