"""Where a fault may be: how suspicious each line is, from what ran and what the output used."""

from __future__ import annotations

from collections import defaultdict
from math import sqrt

from tracepy.evaluation.records import Evaluation
from tracepy.optimizers.search.settings import NONE, Ablations

# What a line outside the slice of the judged output still counts. Not nothing: the slice misses
# what a branch that was not taken would have done, and what went through code outside.
OUTSIDE_SLICE = 0.3
# A line of the slice that no case was seen to run.
_UNSEEN = 0.01
# How much more of the trials the first lines get. A power leaves the order of the lines as it is;
# of the powers and other coefficients tried, this puts right edits furthest to the front (DStar
# does as well, but knows no largest value).
SHARPNESS = 5


def suspicion(evaluation: Evaluation, ablations: Ablations = NONE) -> dict[str, dict[int, float]]:
    """For each file, the lines that ran and how likely they are at fault, 0 to 1.

    With cases that pass and cases that fail: a power of Ochiai's coefficient, failed(l) /
    sqrt(failed * (failed(l) + passed(l))) (Abreu et al., "On the accuracy of spectrum-based
    fault localization", 2007). A case of a score between 0 and 1 counts as that much passed. The
    nearness of a line to the judged output in its backward slice weighs it.

    Args:
        evaluation: The verdict with its trace.
        ablations: Whether to do without the slice, or without the spectrum.
    """
    trace = evaluation.trace
    if trace is None:
        return {}
    failure = {case.name: 1.0 - min(max(case.score, 0.0), 1.0) for case in evaluation.cases}
    failed: dict[tuple[str, int], float] = defaultdict(float)
    passed: dict[tuple[str, int], float] = defaultdict(float)
    total = 0.0
    for name, files in trace.cases.items():
        # A case without a score of its own is the whole objective: all of it is in question.
        wrong = failure.get(name, 1.0 if not failure else 0.0)
        total += wrong
        for path, lines in files.items():
            for line in lines:
                failed[path, line] += wrong
                passed[path, line] += 1.0 - wrong
    ranks: dict[str, dict[int, float]] = defaultdict(dict)
    for (path, line), wrong in failed.items():
        if wrong > 0:
            ochiai = wrong / sqrt(total * (wrong + passed[path, line]))
            share = 1.0 if ablations.spectrum else ochiai**SHARPNESS
            ranks[path][line] = share * OUTSIDE_SLICE
    for path, near in trace.sliced.items() if not ablations.slice else ():
        for line, nearness in near.items():
            share = ranks[path].get(line, _UNSEEN * OUTSIDE_SLICE) / OUTSIDE_SLICE
            ranks[path][line] = share * (0.75 + 0.25 * nearness)
    return {path: dict(lines) for path, lines in ranks.items()}
