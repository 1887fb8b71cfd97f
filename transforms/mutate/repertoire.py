"""All families together: sites of a module, and the checked, weighed edits of each."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import islice

from tracepy.transforms.edit import Edit
from tracepy.transforms.ends import shared_end, shared_start
from tracepy.transforms.mutate.additions import additions
from tracepy.transforms.mutate.arguments import arguments
from tracepy.transforms.mutate.assigns import assigns
from tracepy.transforms.mutate.base import Draft, Facts, Family, Mutation, Site
from tracepy.transforms.mutate.basecases import basecases
from tracepy.transforms.mutate.calls import calls
from tracepy.transforms.mutate.check import Checker
from tracepy.transforms.mutate.closures import closures
from tracepy.transforms.mutate.conditions import conditions
from tracepy.transforms.mutate.defaults import defaults
from tracepy.transforms.mutate.elements import elements
from tracepy.transforms.mutate.enclosures import enclosures
from tracepy.transforms.mutate.evidence import evidence
from tracepy.transforms.mutate.exceptions import exceptions
from tracepy.transforms.mutate.fields import fields
from tracepy.transforms.mutate.filters import filters
from tracepy.transforms.mutate.guards import guards
from tracepy.transforms.mutate.items import items
from tracepy.transforms.mutate.literals import literals
from tracepy.transforms.mutate.loops import loops
from tracepy.transforms.mutate.names import names
from tracepy.transforms.mutate.nesting import nesting
from tracepy.transforms.mutate.operands import operands
from tracepy.transforms.mutate.operators import operators
from tracepy.transforms.mutate.outputs import outputs
from tracepy.transforms.mutate.places import BLOCKS
from tracepy.transforms.mutate.priors import CURED, PRIORS, cures
from tracepy.transforms.mutate.redundancy import redundancy
from tracepy.transforms.mutate.returns import returns
from tracepy.transforms.mutate.selfs import selfs
from tracepy.transforms.mutate.shapes import shapes
from tracepy.transforms.mutate.slices import slices
from tracepy.transforms.mutate.statements import statements
from tracepy.transforms.mutate.strings import strings
from tracepy.transforms.mutate.swaps import swaps
from tracepy.transforms.mutate.ternaries import ternaries
from tracepy.transforms.mutate.updates import updates
from tracepy.transforms.mutate.wraps import wraps
from tracepy.transforms.source import Source

FAMILIES: dict[str, Family] = {
    "names": names,
    "operators": operators,
    "operands": operands,
    "literals": literals,
    "outputs": outputs,
    "conditions": conditions,
    "calls": calls,
    "wraps": wraps,
    "slices": slices,
    "items": items,
    "guards": guards,
    "enclosures": enclosures,
    "returns": returns,
    "statements": statements,
    "defaults": defaults,
    "exceptions": exceptions,
    "loops": loops,
    "selfs": selfs,
    "closures": closures,
    "assigns": assigns,
    "strings": strings,
    "elements": elements,
    "nesting": nesting,
    "arguments": arguments,
    "fields": fields,
    "filters": filters,
    "updates": updates,
    "basecases": basecases,
    "shapes": shapes,
    "swaps": swaps,
    "ternaries": ternaries,
    "additions": additions,
    "redundancy": redundancy,
}
"""Every family by its name."""

SHARPNESS = 2.0
"""Exponent on scores: how much more of its kind's weight a likelier edit gets."""

MOST = 1000
"""At most this many edits of one statement, the heaviest."""


def sites(
    source: Source,
    lines: Collection[int] | None = None,
    facts: Facts | None = None,
    within: Collection[tuple[int, int]] | None = None,
) -> list[Site]:
    """Every statement of the module in the order of the text, nested ones included.

    Args:
        source: The module. Raises SyntaxError where it does not parse.
        lines: Only statements whose first line is one of these (of a `try` also an `except`'s).
        facts: What a traced run showed.
        within: Only statements that lie in one of these ranges of lines (both ends included).
    """
    facts = facts or Facts()
    found: list[Site] = []

    def wanted(statement: ast.stmt) -> bool:
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        heads = {first, *(handler.lineno for handler in getattr(statement, "handlers", ()))}
        if lines is not None and heads.isdisjoint(lines):
            return False
        return within is None or any(low <= first and last <= high for low, high in within)

    def walk(node: ast.AST, parents: tuple[ast.AST, ...]) -> None:
        inner = _function(node, parents)
        for field in ast.iter_fields(node):
            if field[0] not in BLOCKS or not isinstance(field[1], list):
                continue
            for child in field[1]:
                if isinstance(child, ast.stmt) and wanted(child):
                    found.append(Site(source, child, inner, (*parents, node), facts))
                walk(child, (*parents, node))

    walk(source.tree, ())
    return found


def _function(
    node: ast.AST, parents: tuple[ast.AST, ...]
) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    for outer in (node, *reversed(parents)):
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
            return outer
        if isinstance(outer, ast.ClassDef):
            return None
    return None


def mutations_of(site: Site) -> Iterator[Mutation]:
    """The edits of one statement, heaviest first, no two with the same result, at most `MOST`.

    Each result parses and differs from the original in its tree; that is checked only for those
    that are asked for.
    """
    checker = Checker(site)
    for weight, name, edits, draft in islice(_weighed(site), MOST):
        if checker.valid(edits):
            yield Mutation(name, edits, site.statement.lineno, weight, draft.note)


def _weighed(site: Site) -> list[tuple[float, str, tuple[Edit, ...], Draft]]:
    """Every edit with its weight, the family and the draft that speak for it most, heaviest first.

    What several kinds propose weighs what they give it together.
    """
    drafts: dict[tuple[Edit, ...], dict[str, tuple[Draft, str]]] = {}
    for name, family in FAMILIES.items():
        for draft in _made(family, site):
            edits = _trimmed(site.source, draft.edits)
            if edits:
                kinds = drafts.setdefault(edits, {})
                held = kinds.get(draft.kind)
                if held is None or draft.score > held[0].score:
                    kinds[draft.kind] = draft, name
    totals: defaultdict[str, float] = defaultdict(float)
    for kinds in drafts.values():
        for kind, (draft, _) in kinds.items():
            totals[kind] += draft.score**SHARPNESS
    errors = site.facts.raised.get(site.statement.lineno, frozenset())
    scale = {
        kind: (CURED if cures(kind, errors) else 1.0) * PRIORS[kind] / total
        for kind, total in totals.items()
    }
    weighed = []
    for edits, kinds in drafts.items():
        parts = [
            (scale[kind] * draft.score**SHARPNESS * evidence(site, draft, edits), name, draft)
            for kind, (draft, name) in kinds.items()
        ]
        _, name, draft = max(parts, key=lambda part: part[0])
        weighed.append((sum(part[0] for part in parts), name, edits, draft))
    weighed.sort(key=lambda item: -item[0])
    return weighed


def _made(family: Family, site: Site) -> Iterator[Draft]:
    """A family's edits. Where it does not understand a statement, the others are still there."""
    with suppress(SyntaxError, ValueError, IndexError, KeyError, RecursionError):
        yield from family(site)


def _trimmed(source: Source, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits without characters that stay, so that equal results are equal edits."""
    found = []
    for edit in edits:
        old, new = source.text[edit.start : edit.end], edit.text
        if old == new:
            continue
        head = shared_start(old, new)
        tail = shared_end(old, new, min(len(old), len(new)) - head)
        start, stop, text = edit.start + head, edit.end - tail, new[head : len(new) - tail]
        found.append(
            _rolled(source.text, start, stop, text) if len(edits) == 1 else Edit(start, stop, text)
        )
    return tuple(sorted(found))


def _rolled(text: str, start: int, stop: int, new: str) -> Edit:
    """An insertion or a deletion as far to the right as it means the same text."""
    if "\n" in new or "\r" in new:
        while start == stop and text.startswith(new, start):
            start = stop = start + len(new)
        return Edit(start, stop, new)
    while start == stop and stop < len(text) and text[stop] == new[0]:
        start, stop, new = start + 1, stop + 1, new[1:] + new[0]
    while not new and stop < len(text) and text[stop] == text[start]:
        start, stop = start + 1, stop + 1
    return Edit(start, stop, new)


def mutations(
    source: Source,
    lines: Collection[int] | None = None,
    facts: Facts | None = None,
    within: Collection[tuple[int, int]] | None = None,
) -> Iterator[Mutation]:
    """The edits of all wanted statements, heaviest first; see `sites` for the arguments."""
    found = [item for site in sites(source, lines, facts, within) for item in mutations_of(site)]
    found.sort(key=lambda item: -item.weight)
    seen: set[tuple[Edit, ...]] = set()
    for item in found:
        if item.edits not in seen:  # after one statement is before the next
            seen.add(item.edits)
            yield item
