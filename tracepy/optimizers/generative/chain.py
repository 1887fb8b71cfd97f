"""The chain of calls from the judged output back to the parameters, as a backward pass goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracepy.errors import UserError
from tracepy.graph.columns import Place
from tracepy.optimizers.generative.prompt.cut import Cut
from tracepy.optimizers.generative.prompt.samples import sampled

if TYPE_CHECKING:
    from tracepy.graph.model import Graph

_SHOWN = 6  # values of an argument or a result
_GIVING = ("return", "yield", "output")
_BOUND = ("assign", "augassign", "attribute", "item", "except", "import")

Texts = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A call, or several that are drawn together.

    Attributes:
        label: What it is called in questions; no other step is.
        place: A place in it: its file, module and function.
        calls: How many calls it stands for.
        given: Its arguments by name, with their values.
        values: What names in it were, as `name@line`, in the order of the source.
        gives: What it returned.
        steps: The steps whose results went into it, by their index in the chain.
        parameters: The parameters that it read, and its own source where that is one.
        level: 0 where the output was judged, else one more than the last of the steps that its
            result went into: all of a level can be asked about at once.
    """

    label: str
    place: Place
    calls: int
    given: tuple[tuple[str, Texts], ...]
    values: tuple[tuple[str, Texts], ...]
    gives: Texts
    steps: tuple[int, ...]
    parameters: tuple[str, ...]
    level: int


def chain(
    graph: Graph, literals: Sequence[str], functions: Sequence[str], most: int
) -> tuple[Step, ...]:
    """The steps, last completed first; each has a later index than those that its result went into.

    Where there are more calls than may be asked about, those of a function are drawn together,
    then those of a module; where that does not do either, there is no chain.

    Args:
        graph: Of the run.
        literals: Names of the parameters that are values.
        functions: Names of those that are functions.
        most: How many steps there may be.
    """
    try:
        part = graph.slice(parameters=[*literals, *functions])
    except UserError:
        return ()
    cut = Cut(graph, part)
    if not len(cut.rows):
        return ()
    calls = _by_call(cut)
    for groups in (calls, _by_function(cut), _by_module(cut)):
        builder = _Builder(cut, groups, calls, frozenset(literals), frozenset(functions))
        if builder.size <= most:
            return builder.steps()
    return ()


def _by_call(cut: Cut) -> Any:
    """Of each row of the slice the row of its call; a call's own node is part of it."""
    import numpy as np

    calls = np.array([place.kind == "call" for place in cut.places], bool)
    return np.where(calls[cut.place[cut.rows]], cut.rows, cut.call[cut.rows])


def _by_function(cut: Cut) -> Any:
    return _numbered(cut, lambda place: (place.module, place.function))


def _by_module(cut: Cut) -> Any:
    return _numbered(cut, lambda place: place.module)


def _numbered(cut: Cut, key: Callable[[Place], object]) -> Any:
    import numpy as np

    numbers: dict[object, int] = {}
    of_place = [numbers.setdefault(key(place), len(numbers)) for place in cut.places]
    return np.array(of_place, np.int64)[cut.place[cut.rows]]


class _Builder:
    """Groups of rows as steps: what is behind each is found at the grain of (group, place)."""

    def __init__(
        self,
        cut: Cut,
        groups: Any,
        calls: Any,
        literals: frozenset[str],
        functions: frozenset[str],
    ) -> None:
        import numpy as np

        self.cut, self.call, self.functions = cut, calls, functions
        leaf = np.array([place.parameter in literals for place in cut.places], bool)
        self.leaf = leaf
        own = ~leaf[cut.place[cut.rows]]  # parameters are read, they are no steps
        found, at = np.unique(groups[own], return_inverse=True)
        last = np.zeros(len(found), np.int64)
        np.maximum.at(last, at, cut.rows[own])
        order = np.argsort(-last, kind="stable")  # who ends last comes first
        rank = np.empty(len(found), np.int64)
        rank[order] = np.arange(len(found))
        self.size = len(found)
        self.coarse = self._coarse(groups[own])
        self.of_row = np.full(len(cut.place), self.size, np.int64)  # literals are in none
        self.of_row[cut.rows[own]] = rank[at]

    def _coarse(self, groups: Any) -> bool:
        """Whether a group holds more than one function's rows: then it is a module's."""
        import numpy as np

        cut = self.cut
        functions = _by_function(cut)[~self.leaf[cut.place[cut.rows]]]
        return len(np.unique(groups)) < len(np.unique(functions))

    def steps(self) -> tuple[Step, ...]:
        roots = {int(self.of_row[row]) for row in self.cut.roots}
        behind = self._behind()
        levels: dict[int, int] = dict.fromkeys(roots, 0)
        for index in range(self.size):
            for other in behind[index][0] if index in levels else ():
                levels[other] = max(levels.get(other, 0), levels[index] + 1)
        kept = sorted(levels)
        labels = self._labels(kept)
        new = {index: at for at, index in enumerate(kept)}
        return tuple(
            self._step(index, labels[index], behind[index], levels[index], new) for index in kept
        )

    def _behind(self) -> list[tuple[set[int], set[str]]]:
        """Of each group, the groups and the parameters whose values went into it.

        What a call was given is worked out by those that were still running: these are gone
        through, up to what had ended before.
        """
        before = self._before()
        nodes: dict[int, list[int]] = defaultdict(list)
        width = len(self.cut.places)
        for node in before:
            nodes[node // width].append(node)
        found: list[tuple[set[int], set[str]]] = []
        for index in range(self.size):
            steps: set[int] = set()
            parameters: set[str] = set()
            left, seen = list(nodes[index]), set(nodes[index])
            while left:
                for node in before.get(left.pop(), ()):
                    group, place = divmod(node, width)
                    if self.leaf[place]:
                        parameters.add(str(self.cut.places[place].parameter))
                    elif group > index:
                        steps.add(group)
                    elif node not in seen:
                        seen.add(node)
                        left.append(node)
            found.append((steps, parameters))
        return found

    def _before(self) -> dict[int, list[int]]:
        """Of each (group, place), those that it reads from, or that decided whether it ran."""
        import numpy as np

        cut = self.cut
        mask = np.zeros(len(cut.place), bool)
        mask[cut.rows] = True
        inside = mask[cut.source]
        width = len(cut.places)
        key = self.of_row * width + cut.place
        size = (self.size + 1) * width
        pairs = np.unique(key[cut.to[inside]] * size + key[cut.source[inside]])
        found: dict[int, list[int]] = {int(node): [] for node in np.unique(key[cut.rows])}
        for pair in pairs.tolist():
            to, source = divmod(pair, size)
            found[to].append(source)
        return found

    def _labels(self, kept: Sequence[int]) -> dict[int, str]:
        """Names of functions; of several calls of one, numbered in the order of time."""
        by_name: dict[str, list[int]] = defaultdict(list)
        for index in reversed(kept):
            place = self._place(index)
            name = place.module if self.coarse else place.function
            by_name[name or "<module>"].append(index)
        return {
            index: name if len(those) == 1 else f"{name}#{number}"
            for name, those in by_name.items()
            for number, index in enumerate(those, 1)
        }

    def _place(self, index: int) -> Place:
        """Where a group's work is done; a call's own node may be all that is left of it."""
        rows = self._rows(index)
        places = [self.cut.places[int(self.cut.place[row])] for row in (rows[-1], rows[0])]
        return next((place for place in places if place.kind != "call"), places[0])

    def _rows(self, index: int) -> Any:
        import numpy as np

        return np.flatnonzero(self.of_row == index)

    def _step(
        self,
        index: int,
        label: str,
        behind: tuple[set[int], set[str]],
        level: int,
        new: dict[int, int],
    ) -> Step:
        import numpy as np

        cut, rows = self.cut, self._rows(index)
        given: list[tuple[str, Texts]] = []
        values: list[tuple[str, Texts]] = []
        gives: Texts = ()
        own: set[str] = set()
        # Of a condensed graph a node stands for many: calls are counted by what comes once in each.
        returned, arrived = 0, [0]
        for number in np.unique(cut.place[rows]).tolist():
            place = cut.places[number]
            own.add(f"{place.module}:{place.function}")
            # Of a whole module only what was judged is what it gave.
            giving = place.kind in (_GIVING[-1:] if self.coarse else _GIVING)
            named = bool(place.names) and place.kind in ("argument", *_BOUND)
            if not giving and (self.coarse or not named):
                continue
            those = rows[cut.place[rows] == number]
            texts = sampled(cut.columns, those, _SHOWN)
            nodes = int(cut.weight[those].sum())
            returned += nodes if place.kind == "return" else 0
            arrived.append(nodes if place.kind == "argument" else 0)
            if giving:
                gives = gives or texts
            elif place.kind == "argument":
                given.append((place.names[0], texts))
            else:
                values.append((f"{place.names[0]}@{place.line}", texts))
        steps, parameters = behind
        read = (*sorted(parameters), *sorted(own & self.functions))
        later = tuple(sorted(new[other] for other in steps if other in new))
        calls = max(len(np.unique(self.call[np.isin(cut.rows, rows)])), returned, *arrived)
        return Step(
            label, self._place(index), calls, tuple(given), tuple(values), gives, later, read, level
        )  # fmt: skip
