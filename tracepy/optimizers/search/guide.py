"""What is known of the edits of one program beyond how often real fixes look like them.

Two things are learnt. Before edits are tried, one evaluation asks what each would change where its
statement runs in failing cases (`inquiry`). Afterwards the verdicts tell: an edit that made a
failing case pass, though others fail now, says that the fault is near (mutation-based fault
localization; Moon et al., "Ask the Mutants", ICST 2014), and an edit that yields the values that
another yielded in vain is in vain too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from tracepy.evaluation.records import Evaluation
from tracepy.optimizers.base import Outcome
from tracepy.recorder.infection import BROKEN, SAME, SO_FAR, UNKNOWN
from tracepy.transforms.mutate import Mutation, Site, mutations_of

# What is left of an edit's promise.
_NOTHING = 0.02  # it changes nothing in any failing case
_LITTLE = 0.3  # nothing in one of them
_BREAKS = 0.1  # it raises TypeError or AttributeError there
_IN_VAIN = 0.1  # another that yields the same left the case failing
# And what it gains.
_PASSES = 6.0  # another that yields the same made the case pass
_NEAR = 3.0  # every edit of the statement made a failing case pass
# Edits of a statement that count as tried without success before any is: one may pass by chance.
_DOUBT = 4

_Key = tuple[str, int]


class Guide:
    """What is known of the edits of one base.

    Args:
        evaluation: The base's verdict.

    Attributes:
        version: Grows whenever factors have changed.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self.version = 0
        self._failing = {case.name for case in evaluation.cases if case.score < 1}
        # Of a statement, the edits that have been made, and what makes further ones.
        self._made: dict[_Key, tuple[list[Mutation], Iterator[Mutation]]] = {}
        # Of an edit, for each failing case that was asked, the answer.
        self._labels: dict[tuple[str, Mutation], Mapping[str, str]] = {}
        self._proposed: dict[str, tuple[str, Site, Mutation]] = {}
        self._passed: set[tuple[_Key, str, str]] = set()
        self._failed: set[tuple[_Key, str, str]] = set()
        self._near: defaultdict[_Key, int] = defaultdict(int)
        self._tries: defaultdict[_Key, int] = defaultdict(int)

    def mutations(self, path: str, site: Site, most: int | None = None) -> Sequence[Mutation]:
        """The heaviest edits of a statement, each made once and only where it is asked for.

        Args:
            path: The statement's file.
            site: The statement.
            most: How many; None for all.
        """
        key = _key(path, site)
        if key not in self._made:
            self._made[key] = [], mutations_of(site)
        made, more = self._made[key]
        made += more if most is None else islice(more, max(most - len(made), 0))
        return made if most is None else made[:most]

    def learn(self, path: str, mutation: Mutation, labels: Mapping[str, str]) -> None:
        """Take in the answers about an edit, by failing case."""
        self._labels[path, mutation] = labels
        self.version += 1

    def propose(self, digest: str, path: str, site: Site, mutation: Mutation) -> None:
        """An edit is about to be tried, as the candidate with this digest."""
        self._proposed[digest] = (path, site, mutation)

    def observe(self, outcome: Outcome) -> None:
        """Take in the verdict on an edit."""
        known = self._proposed.pop(outcome.proposal.digest(), None)
        if known is None:
            return
        path, site, mutation = known
        key, labels = _key(path, site), self._labels.get((path, mutation), {})
        passed = False
        for case in outcome.evaluation.cases:
            if case.name not in self._failing:
                continue
            passed = passed or case.score >= 1
            label = labels.get(case.name, UNKNOWN)
            if label != UNKNOWN:
                table = self._passed if case.score >= 1 else self._failed
                if (key, case.name, label) not in table:
                    table.add((key, case.name, label))
                    self.version += 1
        self._tries[key] += 1
        self._near[key] += passed
        if self._near[key]:
            self.version += 1

    def factor(self, path: str, site: Site, mutation: Mutation) -> tuple[float, float]:
        """What is known of an edit, as a factor of its promise, and how sure it is from verdicts,
        0 to 1, that its statement is at fault."""
        finding = self.finding(path, site, mutation)
        if finding == "near":
            return self.nearness(path, site)
        return _FACTORS[finding], 1.0 if finding == "passes" else 0.0

    def nearness(self, path: str, site: Site) -> tuple[float, float]:
        """As `factor`, of edits of the statement of which nothing else is known."""
        key = _key(path, site)
        share = self._near.get(key, 0) / (self._tries.get(key, 0) + _DOUBT)
        return 1.0 + (_NEAR - 1.0) * share, share

    def finding(self, path: str, site: Site, mutation: Mutation) -> str:
        """The same as a word."""
        key = _key(path, site)
        labels = self._labels.get((path, mutation))
        if labels:
            answers = set(labels.values())
            if answers == {SAME}:
                return "nothing"
            if BROKEN in answers:
                return "breaks"
            if any((key, case, label) in self._failed for case, label in labels.items()):
                return "in vain"
            if any((key, case, label) in self._passed for case, label in labels.items()):
                return "passes"
            if SAME in answers or SO_FAR in answers:
                return "little"
        return "near" if self._near.get(key) else "changes" if labels else ""


_FACTORS = {
    "": 1.0, "changes": 1.0, "nothing": _NOTHING, "little": _LITTLE, "breaks": _BREAKS,
    "in vain": _IN_VAIN, "passes": _PASSES,
}  # fmt: skip


def _key(path: str, site: Site) -> _Key:
    return path, site.source.offset(site.statement.lineno, site.statement.col_offset)
