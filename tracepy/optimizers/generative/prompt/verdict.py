"""What the judge said, each thing once: feedback of tests repeats what their cases say."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import PurePath

from tracepy.evaluation.records import Case, Evaluation
from tracepy.graph.model import Graph
from tracepy.optimizers.generative.prompt.outline import Outline
from tracepy.optimizers.generative.prompt.records import Failure

_FAILURES = 50
_TEXT = 4_000
_WORDS = 40_000
_COUNTED = re.compile(r"\d+ of \d+ (?:tests?|cases?|examples?|calls?)? ?pass\w*\.?")


def chosen(evaluation: Evaluation, names: Collection[str]) -> list[Case]:
    """The cases of these names; all of them where there are none."""
    return [case for case in evaluation.cases if not names or case.name in names]


def failures(cases: Iterable[Case], folder: str) -> tuple[Failure, ...]:
    """Those that did not pass, the worst first, without the project's folder in their words."""
    failed = sorted((case for case in cases if case.score < 1.0), key=lambda case: case.score)
    return tuple(
        Failure(case.name, case.score, without(case.text[:_TEXT], folder))
        for case in failed[:_FAILURES]
    )


def recorded(evaluation: Evaluation, graph: Graph, outlines: Mapping[str, Outline]) -> str:
    """The name of the case that a graph is of: that whose lines it has; empty where that may be
    several. A graph is made of a failing case where there is one."""
    facts = evaluation.trace
    if facts is None:
        return ""
    places = (graph.nodes.columns.places[number] for number in graph.places())
    ran = {(place.file, place.line) for place in places if place.stands}
    inside = {
        (path, line)
        for path, outline in outlines.items()
        for line, part in outline.owner.items()
        if part.name
    }
    failing = [case.name for case in evaluation.cases if case.score < 1.0]
    found = [
        name
        for name in failing or [case.name for case in evaluation.cases]
        if name in facts.cases
        and ran & inside
        == inside & {(path, line) for path, lines in facts.cases[name].items() for line in lines}
    ]
    return found[0] if len(found) == 1 else ""


def words(evaluation: Evaluation, folder: str) -> str:
    """The objective's words, without what the cases say and without how many pass."""
    text = evaluation.feedback
    if evaluation.cases:
        known = {line for case in evaluation.cases for line in case.text.splitlines()}
        known |= {case.name for case in evaluation.cases}
        text = "\n".join(
            line
            for line in text.splitlines()
            if line not in known and not _COUNTED.fullmatch(line.strip())
        )
    if len(text) > _WORDS:
        text = text[: _WORDS // 2] + "\n...\n" + text[-_WORDS // 2 :]
    return without(text, folder)


def without(text: str, folder: str) -> str:
    """Paths within the project as they are seen from its folder."""
    return text.replace(folder.rstrip(os.sep) + os.sep, "") if folder else text


def folder_of(paths: Sequence[str]) -> str:
    """What the modules' folders have in common; empty where that is next to nothing."""
    try:
        found = os.path.commonpath([PurePath(path).parent for path in paths])
    except ValueError:
        return ""
    return found if found.count(os.sep) > 1 else ""
