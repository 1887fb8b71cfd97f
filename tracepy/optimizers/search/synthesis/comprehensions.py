"""Comprehensions: element expressions are enumerated once over the items of all inputs."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from tracepy.optimizers.search.synthesis.bank import Bank, Extra
from tracepy.optimizers.search.synthesis.operations import OF_ITEMS
from tracepy.optimizers.search.synthesis.terms import ANY, BOOL, ERROR, ITEMS, TEXT, Term, kind_of

_SOURCES = 10  # things to iterate over
_SOURCE_COST = 3
_ITEMS = 400  # of a source, on all inputs together
_LIMIT = 8_000  # element expressions worked out for one source
_ELEMENTS = 12  # element expressions that are combined with a filter, and so many filters
_FILTERS = 60
_PARTS = 6  # key and value expressions of a dictionary
_ORDERED = "bifnst"


class Comprehensions:
    """Makes comprehensions over what a bank holds.

    Args:
        leaves: The terms that element expressions are made of, beside the item itself.
        tables: Whether dictionaries are wanted.
    """

    def __init__(self, leaves: Sequence[Term], *, tables: bool = False) -> None:
        self._leaves = leaves
        self._tables = tables
        self._sources: list[_Source] = []
        self._known: set[str] = set()

    def __call__(self, bank: Bank, level: int) -> Iterator[Extra]:
        """The comprehensions of a cost."""
        for term in bank.terms(ITEMS, min(level - 2, _SOURCE_COST)):
            if term.constant or len(self._sources) >= _SOURCES:
                continue
            if term.kind == TEXT and term.cost > 2:
                continue
            # In another order they are the same items.
            items = repr([x if x is ERROR else sorted(map(repr, x)) for x in term.values])
            if items not in self._known:
                self._known.add(items)
                if (source := _source(term, self._leaves)) is not None:
                    self._sources.append(source)
        for source in self._sources:
            # The words for one item are few: they count half.
            half = level - source.term.cost - 1
            for cost in (2 * half - 1, 2 * half):
                source.grow(cost)
                yield from source.made(cost, level, self._tables)
                yield from source.chosen(cost - 2, level)
                yield from source.by_key(cost - 2, level)

    def elements(
        self, kinds: str, most: int
    ) -> Iterator[tuple[Term, str, Sequence[range | None], list[Term]]]:
        """For each source: itself, what an item is called, where its items stand, and the first
        element expressions of some kinds."""
        for source in self._sources:
            yield source.term, source.names, source.places, source.elements(kinds, most)


class _Source:
    """Something to iterate over, and expressions over one item of it."""

    def __init__(
        self, term: Term, names: str, items: Sequence[Term], places: list[range | None], bank: Bank
    ) -> None:
        self.term = term
        self.names = names
        self._mention = re.compile(rf"\b({'|'.join(item.text for item in items)})\b")
        self._whole = names if len(items) == 1 else f"({names})"
        self.places = places
        self._bank = bank

    def elements(self, kinds: str, most: int) -> list[Term]:
        """The first element expressions of some kinds that have to do with the item."""
        return list(islice(filter(self._uses, self._bank.terms(kinds, 3)), most))

    def _uses(self, made: Term) -> bool:
        """Whether an expression has to do with the item."""
        return self._mention.search(made.text) is not None

    def grow(self, cost: int) -> None:
        """Have the element expressions up to a cost."""
        while self._bank.cost < cost and not self._bank.exhausted:
            for _ in self._bank.grow():
                pass

    def made(self, cost: int, level: int, tables: bool) -> Iterator[Extra]:
        """The comprehensions with an element expression or a condition of a cost."""
        loop = f"for {self.names} in {self.term.text}"
        for made in self._bank.at(cost, ANY):
            if made.constant or not self._uses(made):
                continue
            if self._whole != made.text:
                yield f"[{made.text} {loop}]", level, self._mapped(made)
            if made.kind == BOOL:
                yield f"[{self._whole} {loop} if {made.text}]", level, self._chosen(made)
        if tables and cost <= 2:
            yield from self._tables(loop, level)

    def chosen(self, cost: int, level: int) -> Iterator[Extra]:
        """Comprehensions with a condition of a cost and an element expression of its own."""
        loop = f"for {self.names} in {self.term.text}"
        for made in islice(self._bank.at(cost, BOOL), _FILTERS):
            for element in islice(self._bank.terms(most=3), _ELEMENTS) if self._uses(made) else ():
                if element.text != self._whole and self._uses(element):
                    text = f"[{element.text} {loop} if {made.text}]"
                    yield text, level, self._mapped(element, made)

    def by_key(self, cost: int, level: int) -> Iterator[Extra]:
        """The first, last and all items by a key of a cost."""
        if "," in self.names:
            return
        for made in self._bank.at(cost, _ORDERED):
            if self._uses(made) and self._whole != made.text:
                for name, apply in _BY_KEY.items():
                    text = f"{name}({self.term.text}, key=lambda {self.names}: {made.text})"
                    yield text, level, self._each(apply, made)

    def _tables(self, loop: str, level: int) -> Iterator[Extra]:
        parts = [x for x in islice(self._bank.terms(), 4 * _PARTS) if not x.constant][:_PARTS]
        for key in parts:
            for value in parts:
                if key.text != value.text:
                    text = f"{{{key.text}: {value.text} {loop}}}"
                    yield text, level, self._table(key, value)

    def _table(self, key: Term, value: Term) -> list[Any]:
        found: list[Any] = []
        for place in self.places:
            pairs = [(key.values[i], value.values[i]) for i in place or ()]
            bad = place is None or any(ERROR in pair for pair in pairs)
            try:
                found.append(ERROR if bad else dict(pairs))
            except TypeError:
                found.append(ERROR)
        return found

    def _mapped(self, made: Term, where: Term | None = None) -> list[Any]:
        found: list[Any] = []
        for place in self.places:
            if place is None:
                found.append(ERROR)
                continue
            kept = [i for i in place if where is None or where.values[i]]
            values = [made.values[i] for i in kept]
            tests = [where.values[i] for i in place] if where is not None else ()
            found.append(ERROR if ERROR in values or ERROR in tests else values)
        return found

    def _chosen(self, made: Term) -> list[Any]:
        return self._each(_filtered, made)

    def _each(self, apply: Callable[[list[Any], list[Any]], Any], made: Term) -> list[Any]:
        found: list[Any] = []
        for place, items in zip(self.places, self.term.values, strict=True):
            values = [made.values[i] for i in place] if place is not None else [ERROR]
            if ERROR in values:
                found.append(ERROR)
                continue
            try:
                found.append(apply(list(items), values))
            except (TypeError, ValueError):
                found.append(ERROR)
        return found


def _filtered(items: list[Any], tests: list[Any]) -> list[Any]:
    return [item for item, test in zip(items, tests, strict=True) if test]


def _keyed(apply: Callable[..., Any], items: list[Any], keys: list[Any]) -> Any:
    order = apply(range(len(items)), key=keys.__getitem__)
    return [items[i] for i in order] if isinstance(order, list) else items[order]


_SELECT: dict[str, Callable[..., Any]] = {"max": max, "min": min, "sorted": sorted}
_BY_KEY = {name: partial(_keyed, apply) for name, apply in _SELECT.items()}


def _source(term: Term, leaves: Sequence[Term]) -> _Source | None:
    """A term as something to iterate over; None where that would be long, or empty always."""
    places: list[range | None] = []
    flat: list[Any] = []
    owners: list[int] = []
    for number, items in enumerate(term.values):
        if items is ERROR:
            places.append(None)
            continue
        places.append(range(len(flat), len(flat) + len(items)))
        flat += items
        owners += [number] * len(items)
    if not flat or len(flat) > _ITEMS or all(place is None or len(place) < 2 for place in places):
        return None
    taken = {leaf.text for leaf in leaves}
    pairs = all(type(item) in (tuple, list) and len(item) == 2 for item in flat)
    names = [_free(name, taken) for name in (("a", "b") if pairs else (_name(term),))]
    columns = [[item[i] for item in flat] for i in range(2)] if pairs else [flat]
    kinds = [kind_of(column) for column in columns]
    if not all(kinds):
        return None
    items = [Term(*x) for x in zip(names, (1, 1), columns, kinds, strict=False)]
    others = [
        Term(
            leaf.text,
            leaf.cost,
            [leaf.values[owner] for owner in owners],
            leaf.kind,
            constant=leaf.constant,
        )
        for leaf in leaves
        if leaf.cost <= 2 and leaf.text not in ("None", "[]", "True", "False")
    ]
    bank = Bank([*items, *others], limit=_LIMIT, operations=OF_ITEMS)
    return _Source(term, ", ".join(names), items, places, bank)


def _name(term: Term) -> str:
    """What one item is called."""
    text = term.text
    if text.isidentifier() and text.endswith("s") and len(text) > 1:
        name = text.rpartition("_")[2][:-1]
        return name if name.isidentifier() and not keyword.iskeyword(name) else "item"
    if term.kind == "r":
        return "i"
    if ".split(" in text:
        return "word"
    return "char" if term.kind == "s" else "item"


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name
