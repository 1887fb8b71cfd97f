"""Typed edits of one program, most promising first, made only as far as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import count
from random import Random
from typing import NamedTuple

from tracepy.evaluation.records import Evaluation
from tracepy.optimizers.base import Proposal, Task
from tracepy.optimizers.search.guide import Guide
from tracepy.optimizers.search.localize import suspicion
from tracepy.optimizers.search.outputs import differences
from tracepy.optimizers.search.reasons import Reasons
from tracepy.optimizers.search.settings import NONE, Ablations
from tracepy.optimizers.search.statements import Suspicion
from tracepy.optimizers.search.symptoms import awaited, raised, said
from tracepy.parameters import Parameter
from tracepy.transforms.edit import apply_edits
from tracepy.transforms.mutate import Facts, Mutation, Site, sites
from tracepy.transforms.source import Source

# An edit that was tried on the same statement of another base.
_TRIED = 0.05

# No edit weighs more than this part of its statement's promise: until it is reached, the statement
# need not be looked at.
_HEAVIEST = 0.5
# Edits of a statement that are made at a time: most of its hundreds are never come to.
_CHUNK = 12


@dataclass(frozen=True)
class Base:
    """A program that edits start from.

    Attributes:
        sources: Texts that differ from the originals.
        evaluation: A traced evaluation of it, where one was made.
        value: Its score, higher is better.
        notes: The edits that led to it.
        number: The number of its outcome.
        told: Its own verdict, where `evaluation` is that of what it was made from.
        lost: How many edits ago it was a program that was the best.
    """

    sources: Mapping[str, str]
    evaluation: Evaluation
    value: float
    notes: tuple[str, ...] = ()
    number: int = 0
    told: Evaluation | None = None
    lost: int = 0

    @property
    def verdict(self) -> Evaluation:
        """What failing cases of this very program say."""
        return self.told or self.evaluation


def edit_proposals(
    task: Task,
    base: Base,
    tried: set[tuple[str, str]],
    guide: Guide | None = None,
    ablations: Ablations = NONE,
) -> Iterator[Proposal]:
    """Every single typed edit of the base's trainable code, in falling order of promise.

    The promise of an edit is how suspicious its statement is times how often real fixes look
    like it, times what the guide knows of it by now. Statements are mutated lazily, best first.
    What was tried on the same statement of another base comes late: it may help only together
    with what has changed since.

    Args:
        task: The run's task.
        base: The program to edit.
        tried: Edits taken so far, as statement and edit in words; those taken here are added.
        guide: What is known of its edits; it may learn while edits are taken.
        ablations: What is left out.
    """
    guide = guide or Guide(base.evaluation)
    sources = {path: task.source(path, base.sources) for path in task.originals}
    frozen = {path: task.frozen(source, task.modules[path]) for path, source in sources.items()}
    reasons = Reasons(base.evaluation)
    for promise, path, site, mutation in _ordered(task, base, tried, guide, ablations):
        source = sources[path]
        tried.add(_key(source, mutation))
        if any(_overlaps(mutation, span) for span in frozen[path]):
            continue
        finding = guide.finding(path, site, mutation)
        proposal = Proposal(
            {**base.sources, path: apply_edits(source.text, mutation.edits)},
            f"line {mutation.line}: {mutation.note}",
            origin=base,
            parent=base.number,
            reason=reasons.why(path, mutation.line, mutation.family, finding),
            promise=promise,
        )
        guide.propose(proposal.digest(), path, site, mutation)
        yield proposal


def suspects(task: Task, base: Base, ablations: Ablations = NONE) -> list[tuple[float, str, Site]]:
    """The statements that may be edited, the most suspicious first, each with its suspicion."""
    ranks = suspicion(base.evaluation, ablations)
    sources = {path: task.source(path, base.sources) for path in task.originals}
    of = {
        path: Suspicion(ranks.get(path, {}), raised(base.verdict, path), source.tree)
        for path, source in sources.items()
    }
    found = [(of[path].of(site), path, site) for path, site in _trainable(task, base, sources)]
    return sorted(found, key=lambda item: -item[0])


def _ordered(
    task: Task, base: Base, tried: set[tuple[str, str]], guide: Guide, ablations: Ablations
) -> Iterator[tuple[float | None, str, Site, Mutation]]:
    """The edits in the order in which they are to be tried, each with its promise."""
    sites = suspects(task, base, ablations)
    if ablations.random:
        drawn = [(path, site, m) for _, path, site in sites for m in guide.mutations(path, site)]
        Random(task.seed).shuffle(drawn)
        yield from ((None, *edit) for edit in drawn)
        return
    tie = count()
    heap = [
        _Entry(-rank * _HEAVIEST, next(tie), rank, _HEAVIEST, path, site)
        for rank, path, site in sites
    ]
    heapify(heap)
    version = guide.version
    while heap:
        if guide.version != version:
            version = guide.version
            heap = [entry.weighed(guide) for entry in heap]
            heapify(heap)
        entry = heappop(heap)
        path, site = entry.path, entry.site
        if entry.mutation is not None:
            yield -entry.key, path, site, entry.mutation
            continue
        for weight, mutation in _next(entry, guide, task.seed, ablations):
            late = _TRIED if _key(site.source, mutation) in tried else 1.0
            new = _Entry(0.0, next(tie), entry.rank, weight * late, path, site, mutation)
            heappush(heap, new.weighed(guide))
        later = entry.taken + _CHUNK
        if not ablations.priors and len(guide.mutations(path, site, later)) == later:
            lightest = guide.mutations(path, site, later)[-1].weight
            rest = _Entry(0.0, next(tie), entry.rank, lightest, path, site, taken=later)
            heappush(heap, rest.weighed(guide))


def _next(
    entry: _Entry, guide: Guide, seed: int, ablations: Ablations
) -> Iterator[tuple[float, Mutation]]:
    """The heaviest edits of a statement that have not been taken yet, with their weights."""
    if not ablations.priors:
        taken, path, site = entry.taken, entry.path, entry.site
        for mutation in guide.mutations(path, site, taken + _CHUNK)[taken:]:
            yield mutation.weight, mutation
        return
    drawn = list(guide.mutations(entry.path, entry.site))
    Random(seed).shuffle(drawn)
    # So that statements take turns, as they do where edits are weighed.
    yield from ((1 / (2 + index), mutation) for index, mutation in enumerate(drawn))


class _Entry(NamedTuple):
    """A statement, some edits of which are yet to be made, or an edit, in the order of `key` and
    `tie`. A statement's weight is that of the heaviest edit that there may be."""

    key: float
    tie: int
    rank: float
    weight: float
    path: str
    site: Site
    mutation: Mutation | None = None
    taken: int = 0

    def weighed(self, guide: Guide) -> _Entry:
        if self.mutation is None:
            factor, sure = guide.nearness(self.path, self.site)
        else:
            factor, sure = guide.factor(self.path, self.site, self.mutation)
        # What verdicts say of a statement counts instead of what the trace said, where it is more.
        return self._replace(key=-max(self.rank, sure) * self.weight * factor)


def _key(source: Source, mutation: Mutation) -> tuple[str, str]:
    """The statement's first line, and what changes where, counted from that line's start."""
    start = source.starts[mutation.line - 1]
    edits = [(edit.start - start, edit.end - start, edit.text) for edit in mutation.edits]
    return source.line(mutation.line).strip(), repr(edits)


def _trainable(task: Task, base: Base, sources: Mapping[str, Source]) -> Iterator[tuple[str, Site]]:
    """The statements that a parameter covers."""
    by_path: dict[str, list[Parameter]] = {}
    for parameter in task.find(base.sources):
        by_path.setdefault(parameter.path, []).append(parameter)
    trace, pairs = base.evaluation.trace, differences(base.verdict)
    for path, parameters in by_path.items():
        source = sources[path]
        facts = Facts()
        if trace is not None:
            types = {
                line: {name: frozenset(kinds) for name, kinds in names.items()}
                for line, names in trace.types.get(path, {}).items()
            }
            values = {
                line: {name: tuple(shown) for name, shown in names.items()}
                for line, names in trace.values.get(path, {}).items()
            }
            facts = Facts(
                types,
                values,
                raised(base.verdict, path),
                awaited(base.verdict),
                said(base.verdict, path),
                pairs,
            )
        spans = [(p.line, p.end_line) for p in parameters if p.kind == "function"]
        literals = [
            (p.line, p.end_line)
            for p in parameters
            if p.kind in ("string", "bool", "literal") or (p.kind == "number" and not p.marked)
        ]
        for site in sites(source, facts=facts, within=[*spans, *literals]):
            yield path, site


def _overlaps(mutation: Mutation, span: tuple[int, int]) -> bool:
    start, end = span
    return any(edit.start < end and edit.end > start for edit in mutation.edits)
