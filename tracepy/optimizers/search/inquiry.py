"""One evaluation that asks what edits would change: a program with questions in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracepy.evaluation.records import Evaluation
from tracepy.optimizers.base import Proposal
from tracepy.optimizers.search.guide import Guide
from tracepy.recorder.infection import SAME, UNKNOWN
from tracepy.transforms.edit import Edit, apply_edits
from tracepy.transforms.mutate import Mutation, Site
from tracepy.transforms.mutate.effects import Effects, askable, asking, opening
from tracepy.transforms.source import Source

# Statements that are asked about, the most suspicious ones, and edits of each, the heaviest.
_SITES = 30
_EDITS = 150


@dataclass(frozen=True)
class Inquiry:
    """Questions about the edits of one program.

    Attributes:
        sources: The program with the questions in it.
        asked: For each site that is asked, its file and, for each question, the edits that it
            is about.
    """

    sources: Mapping[str, str]
    asked: Sequence[tuple[str, Sequence[Sequence[Mutation]]]]


def inquire(
    guide: Guide, sites: Sequence[tuple[str, Site]], sources: Mapping[str, Source]
) -> Inquiry | None:
    """Questions about the most suspicious statements, which come first; None where there are none.

    Args:
        guide: Makes the edits, and keeps them.
        sites: Statements with their files.
        sources: The modules.
    """
    asked: list[tuple[str, list[list[Mutation]]]] = []
    edits: dict[str, list[Edit]] = {}
    tables: dict[str, dict[int, list[tuple[str, str, bool]]]] = {}
    for path, site in sites:
        if len(asked) == _SITES:
            break
        if not askable(site):
            continue
        questions: dict[tuple[str, str, bool], list[Mutation]] = {}
        effects = Effects(site)
        for mutation in guide.mutations(path, site, _EDITS):
            found = effects.of(mutation)
            if found is not None:
                row = (found.before, found.after, found.truth)
                questions.setdefault(row, []).append(mutation)
        if questions:
            call = f"_tracepy_see({len(asked)}, locals(), globals())"
            edits.setdefault(path, []).extend(asking(site, call))
            tables.setdefault(path, {})[len(asked)] = list(questions)
            asked.append((path, list(questions.values())))
    if not asked:
        return None
    texts = {path: _asked(sources[path], edits[path], tables[path]) for path in edits}
    return Inquiry(texts, asked)


def answered(inquiry: Inquiry, evaluation: Evaluation, guide: Guide) -> None:
    """Tell the guide what came out."""
    if evaluation.trace is None:
        return
    cases = evaluation.trace.infected
    for number, (path, groups) in enumerate(inquiry.asked):
        rows = {case: sites.get(str(number)) for case, sites in cases.items()}
        for index, mutations in enumerate(groups):
            # A case that did not come by is not changed by an edit there.
            labels = {case: SAME if row is None else row[index] for case, row in rows.items()}
            known = {case: label for case, label in labels.items() if label != UNKNOWN}
            for mutation in mutations if known else ():
                guide.learn(path, mutation, known)


def proposal(inquiry: Inquiry, sources: Mapping[str, str], parent: int) -> Proposal:
    """The candidate that asks, made from a program with these sources."""
    return Proposal(
        {**sources, **inquiry.sources},
        "asking what edits would change",
        trace=True,
        parent=parent,
        reason="one run of the failing cases tells which edits change nothing there, and which "
        "have the same effect",
        probe=True,
    )


def _asked(
    source: Source, edits: Sequence[Edit], table: Mapping[int, Sequence[tuple[str, str, bool]]]
) -> str:
    start = opening(source)
    first = (
        "from tracepy.recorder.infection import ask as _tracepy_ask; "
        f"_tracepy_see = _tracepy_ask({table!r}){source.newline}"
    )
    return apply_edits(source.text, [Edit(start, start, first), *edits])
