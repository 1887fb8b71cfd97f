"""A guard round a statement: `if x is not None:` over it, or over it and what follows it.

Source: TBar's NullPointerChecker and RangeChecker, PyTER's AddGuard; here the statement is skipped
and the rest of the block runs, where `guards` leaves the block.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.blocks import alone, block_of, lines_span, step
from tracepy.transforms.mutate.guards import used
from tracepy.transforms.mutate.places import places
from tracepy.transforms.mutate.survey import names_near, survey, types_of

_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Delete, ast.Return, ast.Raise)
_SIZED = frozenset({"list", "dict", "str", "set", "tuple"})


def enclosures(site: Site) -> Iterator[Draft]:
    """`if test:` round the statement, and round it and the rest of its block."""
    statement = site.statement
    if site.function is None or not isinstance(statement, _SIMPLE):
        return
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return
    block = block_of(site)
    rest = block[next(i for i, item in enumerate(block) if item is statement) :]
    ways: list[tuple[list[ast.stmt], float]] = [([statement], 1.0)]
    ways += [(rest[:count], 0.5 / count) for count in range(2, min(len(rest), 4))]
    if len(rest) > 1:
        ways.append((rest, 0.5))
    for score, test in _tests(site):
        for statements, part in ways:
            edits = _indented(site, statements, test)
            if edits:
                yield Draft("enclose", edits, score * part, f"only if {test}")


def _indented(site: Site, statements: list[ast.stmt], test: str) -> tuple[Edit, ...]:
    """The statements one level deeper below `if test:`; nothing where a string spans lines."""
    source = site.source
    if not all(alone(source, item) for item in statements):
        return ()
    start, stop = lines_span(source, statements[0])[0], lines_span(source, statements[-1])[1]
    text = source.text[start:stop]
    if "\n" in text and any('"""' in line or "'''" in line for line in text.splitlines()):
        return ()
    deeper, newline = step(source), source.newline
    lines = text.splitlines(keepends=True)
    space = lines[0][: len(lines[0]) - len(lines[0].lstrip(" \t\f"))]
    body = "".join(deeper + line if line.strip() else line for line in lines)
    return (Edit(start, stop, f"{space}if {test}:{newline}{body}"),)


def _tests(site: Site) -> list[tuple[float, str]]:
    """What may have to hold: of names in the statement first, then of those near it."""
    found: dict[str, float] = {}
    names = dict.fromkeys(text for _, text in used(site)[:5])
    ranked = [(1.0 / (1 + 0.3 * rank), text) for rank, text in enumerate(names)]
    ranked += [
        (0.3 * score, name.text) for score, name in names_near(site)[:5] if name.text not in names
    ]
    attributes = survey(site.source).attributes
    for score, name in ranked:
        kinds = types_of(site, name)
        negation = 1.0 if kinds & {"bool"} else 0.35
        found.setdefault(name, score)
        found.setdefault(f"not {name}", score * negation)
        if "NoneType" in kinds or not kinds:
            found.setdefault(f"{name} is not None", score * (1.0 if kinds else 0.6))
        if kinds & {"int", "float"} or not kinds:
            found.setdefault(f"{name} > 0", score * 0.3)
        if kinds & _SIZED:
            found.setdefault(f"len({name}) > 1", score * 0.2)
        for attribute in list(attributes.get(name, ()))[:4] if name != "self" else ():
            found.setdefault(f"{name}.{attribute}", score * 0.4)
            found.setdefault(f"not {name}.{attribute}", score * 0.4)
    for place in places(site):
        node = place.node
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice | ast.Tuple):
            base, index = site.source.segment(node.value), site.source.segment(node.slice)
            lists = types_of(site, base) & {"list", "tuple", "str"}
            mapped = types_of(site, base) & {"dict", "set"}
            if not mapped:
                found.setdefault(f"{index} < len({base})", 0.7)
            if not lists:
                found.setdefault(f"{index} in {base}", 0.7)
                found.setdefault(f"{index} not in {base}", 0.4)
    ranked_tests = [(score, text) for text, score in found.items() if "\n" not in text]
    return sorted(ranked_tests, key=lambda item: -item[0])[:20]
