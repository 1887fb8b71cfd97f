"""The vocabulary: operators, builtins and methods that candidate expressions are made of.

All are pure and take plain data alone, so that they are worked out in the parent process.
"""

from __future__ import annotations

import itertools
import operator
from typing import Any

from tracepy.optimizers.search.synthesis.bounded import (
    justified,
    numbers,
    padded,
    power,
    repeated,
    rounded,
)
from tracepy.optimizers.search.synthesis.terms import (
    ANY,
    BOOL,
    DICT,
    GROUP,
    INT,
    LIST,
    NUMBER,
    NUMBERS,
    SEQUENCE,
    SIZED,
    TEXT,
    Operation,
)

_SET = "e"


def _both(left: Any, right: Any) -> Any:
    return left and right


def _either(left: Any, right: Any) -> Any:
    return left or right


def _backwards(items: Any) -> Any:
    return items[::-1]


def _before(items: Any, end: int) -> Any:
    return items[:end]


def _behind(items: Any, start: int) -> Any:
    return items[start:]


def _neighbours(items: Any) -> list[Any]:
    return list(itertools.pairwise(items))


def _numbered(items: Any) -> list[Any]:
    return list(enumerate(items))


def _together(one: Any, other: Any) -> list[Any]:
    return list(zip(one, other, strict=False))


def _within(item: Any, items: Any) -> bool:
    return item in items


_UNARY = [
    Operation("len({0})", (SIZED,), len),
    Operation("(-{0})", (NUMBER,), operator.neg, 2),
    Operation("abs({0})", (NUMBER,), abs),
    Operation("round({0})", ("fn",), round),
    Operation("int({0})", ("fns",), int),
    Operation("float({0})", ("s",), float, 2),
    Operation("str({0})", ("ifn",), str),
    Operation("range({0})", (INT,), lambda stop: numbers(0, stop)),
    Operation("range(1, {0} + 1)", (INT,), lambda last: numbers(1, last + 1), 2),
    Operation("range(2, {0})", (INT,), lambda stop: numbers(2, stop), 2),
    Operation("(not {0})", (BOOL,), operator.not_),
    Operation("sum({0})", (NUMBERS + "tr",), sum),
    Operation("min({0})", ("NSt",), min),
    Operation("max({0})", ("NSt",), max),
    Operation("sorted({0})", (GROUP + TEXT + DICT,), sorted),
    Operation("{0}[::-1]", (SEQUENCE,), _backwards),
    Operation("set({0})", (LIST + TEXT,), set),
    Operation("list({0})", (TEXT + DICT + "tr",), list, 2),
    Operation("tuple({0})", ("lNSB",), tuple, 2),
    Operation("any({0})", (NUMBERS,), any),
    Operation("all({0})", (NUMBERS,), all),
    Operation("list({0}.values())", (DICT,), lambda table: list(table.values())),
    Operation("list({0}.items())", (DICT,), lambda table: list(table.items()), kind="P"),
    Operation("list(enumerate({0}))", (TEXT + LIST,), _numbered, 2, kind="P"),
    Operation("list(zip({0}, {0}[1:]))", (TEXT + LIST,), _neighbours, 2, kind="P"),
    Operation("{0}.upper()", (TEXT,), str.upper),
    Operation("{0}.lower()", (TEXT,), str.lower),
    Operation("{0}.strip()", (TEXT,), str.strip),
    Operation("{0}.title()", (TEXT,), str.title),
    Operation("{0}.capitalize()", (TEXT,), str.capitalize),
    Operation("{0}.split()", (TEXT,), str.split),
    Operation("{0}.splitlines()", (TEXT,), str.splitlines, 2),
    Operation("{0}.isdigit()", (TEXT,), str.isdigit),
    Operation("{0}.isalpha()", (TEXT,), str.isalpha),
    Operation("{0}.isupper()", (TEXT,), str.isupper),
    Operation("{0}.islower()", (TEXT,), str.islower),
    Operation("{0}.isspace()", (TEXT,), str.isspace, 2),
]

_ARITHMETIC = [
    Operation("({0} + {1})", (NUMBER, NUMBER), operator.add, commutes=True),
    Operation("({0} - {1})", (NUMBER, NUMBER), operator.sub),
    Operation("({0} * {1})", (NUMBER, NUMBER), operator.mul, commutes=True),
    Operation("({0} / {1})", (NUMBER, NUMBER), operator.truediv),
    Operation("({0} // {1})", (NUMBER, NUMBER), operator.floordiv),
    Operation("({0} % {1})", (NUMBER, NUMBER), operator.mod),
    Operation("({0} ** {1})", (NUMBER, NUMBER), power, 2),
    Operation("min({0}, {1})", (NUMBER, NUMBER), min, commutes=True),
    Operation("max({0}, {1})", (NUMBER, NUMBER), max, commutes=True),
    Operation("round({0}, {1})", ("fn", INT), rounded),
    Operation("range({0}, {1})", (INT, INT), numbers),
]

_COMPARED = [NUMBER, TEXT]
_COMPARISONS = [
    operation
    for kinds in _COMPARED
    for operation in (
        Operation("({0} < {1})", (kinds, kinds), operator.lt),
        Operation("({0} <= {1})", (kinds, kinds), operator.le),
        Operation("({0} > {1})", (kinds, kinds), operator.gt, against=True),
        Operation("({0} >= {1})", (kinds, kinds), operator.ge, against=True),
    )
]
_EQUALITIES = [
    operation
    for kinds in (NUMBER, TEXT, LIST, _SET, DICT, BOOL)
    for operation in (
        Operation("({0} == {1})", (kinds, kinds), operator.eq, commutes=True),
        Operation("({0} != {1})", (kinds, kinds), operator.ne, commutes=True),
    )
]

_BOOLEAN = [
    Operation("({0} and {1})", (BOOL, BOOL), _both),
    Operation("({0} or {1})", (BOOL, BOOL), _either),
    Operation("({0} in {1})", (ANY, GROUP + DICT + "r"), _within, near=2),
    Operation("({0} in {1})", (TEXT, TEXT), _within),
]

_SEQUENCES = [
    Operation("({0} + {1})", (TEXT, TEXT), operator.add),
    Operation("({0} + {1})", ("lNSB", "lNSB"), operator.add),
    Operation("({0} * {1})", (TEXT + "lNSB", INT), repeated, 2),
    Operation("{0}[{1}]", (SEQUENCE, INT), operator.getitem),
    Operation("{0}[:{1}]", (SEQUENCE, INT), _before),
    Operation("{0}[{1}:]", (SEQUENCE, INT), _behind),
    Operation("{0}.count({1})", (TEXT, TEXT), str.count, near=2),
    Operation("{0}.count({1})", (LIST.replace("t", ""), ANY), list.count, near=2),
    Operation("{0}.index({1})", (LIST.replace("t", ""), ANY), list.index, 2, near=2),
    Operation(
        "list(zip({0}, {1}))", (LIST + TEXT, LIST + TEXT), _together, 0, kind="P", near=2, most=4
    ),
]

_TEXTS = [
    Operation("{0}.split({1})", (TEXT, TEXT), str.split),
    Operation("''.join({0})", ("S",), "".join),
    Operation("{0}.join({1})", (TEXT, "St" + TEXT), str.join),
    Operation("{0}.startswith({1})", (TEXT, TEXT), str.startswith),
    Operation("{0}.endswith({1})", (TEXT, TEXT), str.endswith),
    Operation("{0}.find({1})", (TEXT, TEXT), str.find),
    Operation("{0}.strip({1})", (TEXT, TEXT), str.strip, 2),
    Operation("{0}.removeprefix({1})", (TEXT, TEXT), str.removeprefix, 2),
    Operation("{0}.removesuffix({1})", (TEXT, TEXT), str.removesuffix, 2),
    Operation("{0}.zfill({1})", (TEXT, INT), padded, 2),
    Operation("{0}.rjust({1})", (TEXT, INT), justified, 2),
]

_TABLES = [
    Operation("{0}[{1}]", (DICT, ANY), operator.getitem),
    Operation("({0} | {1})", (DICT, DICT), operator.or_),
    Operation("({0} & {1})", (_SET, _SET), operator.and_, commutes=True),
    Operation("({0} | {1})", (_SET, _SET), operator.or_, commutes=True),
    Operation("({0} - {1})", (_SET, _SET), operator.sub),
]

_TERNARY = [
    Operation("{0}.replace({1}, {2})", (TEXT, TEXT, TEXT), str.replace),
    Operation("{0}.get({1}, {2})", (DICT, ANY, ANY), dict.get),
    Operation("{0}[{1}:{2}]", (SEQUENCE, INT, INT), lambda items, a, b: items[a:b]),
]

# What makes containers of what is none is left to the outside of comprehensions.
_MAKES = ("range(", "list(", "tuple(", "set(", "sorted(", "min({0})", "max({0})")

OPERATIONS: tuple[Operation, ...] = (
    *_UNARY,
    *_ARITHMETIC,
    *_EQUALITIES,
    *_COMPARISONS,
    *_BOOLEAN,
    *_SEQUENCES,
    *_TEXTS,
    *_TABLES,
    *_TERNARY,
)

OF_ITEMS: tuple[Operation, ...] = tuple(
    operation for operation in OPERATIONS if not operation.text.startswith(_MAKES)
)
