"""What is shown of a run without a graph: what its trace facts say, if there are any."""

from __future__ import annotations

from tracepy.evaluation.records import TraceFacts
from tracepy.graph.columns import Place
from tracepy.optimizers.generative.prompt.reading import Reading, Spot

_FAR = 100


def from_facts(facts: TraceFacts | None) -> Reading:
    """Lines of the slice with their values; nothing without facts."""
    reading = Reading()
    if facts is None:
        return reading
    order = 0
    for path, lines in sorted(facts.sliced.items()):
        values = facts.values.get(path, {})
        for line, near in sorted(lines.items()):
            distance = round((1.0 - near) * _FAR)
            place = Place("assign", path, "", line, line, "", "")
            order += 1
            reading.spots.append(Spot(place, 1, order, distance, ()))
            for name, texts in values.get(line, {}).items():
                shown = place._replace(names=(name,))
                reading.others.append(Spot(shown, 1, order, distance, tuple(texts)))
    return reading
