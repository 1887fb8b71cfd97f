"""How often real fixes look like each kind of edit.

Counts are fixes in TSSB-3M (thousands, arXiv 2201.12046) where it has the kind; the others are
estimates set beside them from the fix templates of TBar (ISSTA 2019), PAR (ICSE 2013) and
PyTER (FSE 2022), which name the kinds but publish no comparable counts.
"""

from __future__ import annotations

_COUNTS: dict[str, float] = {
    # counted
    "identifier": 237,
    "operand": 174,
    "add argument": 150,
    "function name": 134,
    "literal number": 97,
    "wrap": 117,
    "attribute": 104,
    "add method call": 60,
    "more specific": 68,
    "add element": 57,
    "drop argument": 50,
    "literal boolean": 37,
    "add attribute": 32,
    "binary operator": 29,
    "caller": 25,
    "keyword argument": 20,
    "less specific": 22,
    "unary operator": 15,
    "swap arguments": 8,
    "constant type": 6,
    # estimated: conditional on the construct being there at all, so larger than their share
    "comparison": 90,
    "boolean operator": 20,
    "literal string": 60,
    "negate": 30,
    "drop condition": 30,
    "force condition": 6,
    "unwrap": 40,
    "default value": 20,
    "slice": 60,
    "index": 50,
    "guard": 90,
    "return value": 60,
    "add return": 30,
    "drop statement": 20,
    "move statement": 25,
    "copy statement": 40,
    "add jump": 15,
    "default argument": 40,
    "exception": 30,
    "try": 12,
    "range": 60,
    "iterable": 30,
    "self": 30,
    "await": 20,
    "yield": 20,
    "super": 15,
    "augment": 30,
    "initial value": 30,
    "swap targets": 20,
    "copy": 20,
    "regex": 40,
    "format": 20,
    "drop element": 20,
    "swap elements": 10,
    "redundancy": 60,
    "item": 60,
    "enclose": 60,
    "class": 20,
    "closure": 20,
    "augment again": 60,
    "missing argument": 150,
    "operand more": 60,
    "recursion": 40,
    "star": 15,
    "base case": 60,
    "field": 20,
    "filter": 30,
    "nesting": 30,
    "contain": 20,
    "wrap twice": 20,
    "swap names": 20,
    "ternary": 30,
    "update": 60,
}

_LARGEST = max(_COUNTS.values())

FLATNESS = 0.8
"""Exponent on the counts, which are of all commits: where tests tell a bug, rarer kinds have a
larger share. Between 0.4 and 1.0 the median rank of the fixes in `benchmarks/repair` is least here."""

PRIORS: dict[str, float] = {kind: (count / _LARGEST) ** FLATNESS for kind, count in _COUNTS.items()}
"""Weight of each kind of edit, the most frequent at 1.0; a statement's edits of a kind share it."""

_GUARDS = ("guard", "enclose", "try", "more specific", "less specific")

_CURES: dict[str, tuple[str, ...]] = {
    "KeyError": (*_GUARDS, "item", "literal string", "identifier", "function name"),
    "IndexError": (*_GUARDS, "index", "slice", "range", "comparison", "operand"),
    "AttributeError": (*_GUARDS, "attribute", "function name", "wrap", "self", "caller", "super"),
    "TypeError": (*_GUARDS, "wrap", "unwrap", "add argument", "drop argument", "default value",
                  "item", "await", "self", "constant type", "return value", "add return"),
    "NameError": ("identifier", "self", "initial value", "copy statement", "move statement"),
    "UnboundLocalError": ("identifier", "initial value", "copy statement", "move statement"),
    "ValueError": (*_GUARDS, "wrap", "add argument", "exception", "add method call"),
    "ZeroDivisionError": (*_GUARDS, "operand", "default value"),
    "RecursionError": (*_GUARDS, "identifier", "operand", "comparison", "attribute"),
    "StopIteration": (*_GUARDS, "add argument"),
    "UnicodeDecodeError": (*_GUARDS, "add argument"),
}  # fmt: skip

CURED = 3.0
"""How much more often the line that raised an exception is repaired by an edit that cures it."""


def cures(kind: str, errors: frozenset[str]) -> bool:
    """Whether edits of a kind usually cure one of these exceptions where it was raised.

    Source: PyTER (FSE 2022) and TBar (ISSTA 2019) choose their templates by the exception.
    """
    return any(kind in _CURES.get(error, ()) for error in errors)
