"""Whole statements: dropped, swapped, moved, copied from elsewhere, jumps and updates added."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.blocks import (
    alone,
    begin,
    block_of,
    end,
    indentation,
    insert_after,
    insert_before,
    lines_span,
    step,
)
from tracepy.transforms.mutate.survey import Function, names_near, similarity, survey

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr, ast.AnnAssign, ast.Delete)
_MOVED = (*_SIMPLE, ast.Return, ast.Raise, ast.Break, ast.Continue)


def statements(site: Site) -> Iterator[Draft]:
    """Edits that leave the statement's text as it is, but not its place in the program."""
    if isinstance(site.statement, ast.Expr) and isinstance(site.statement.value, ast.Constant):
        return
    yield from _dropped(site)
    yield from _swapped(site)
    yield from _moved_out(site)
    yield from _moved_in(site)
    if site.function is not None:
        yield from _jumps(site)
        yield from _copies(site)
        yield from _updates(site)


def _dropped(site: Site) -> Iterator[Draft]:
    source, statement = site.source, site.statement
    if isinstance(statement, Function | ast.ClassDef | ast.Import | ast.ImportFrom | ast.Pass):
        return
    span = (begin(source, statement), end(source, statement))
    if len(block_of(site)) > 1 and alone(source, statement):
        span = lines_span(source, statement)
        yield Draft("drop statement", (Edit(*span, ""),), 1.0, "drop the statement")
    elif not source.text.startswith("elif", span[0]):
        yield Draft("drop statement", (Edit(*span, "pass"),), 1.0, "drop the statement")


def _swapped(site: Site) -> Iterator[Draft]:
    """The statement and the next one in the other order."""
    block = block_of(site)
    at = next(i for i, item in enumerate(block) if item is site.statement)
    if at + 1 == len(block):
        return
    one, other, source = site.statement, block[at + 1], site.source
    if any(isinstance(item, Function | ast.ClassDef | ast.Import) for item in (one, other)):
        return
    first, second = (
        (begin(source, one), end(source, one)),
        (begin(source, other), end(source, other)),
    )
    texts = source.text[slice(*first)], source.text[slice(*second)]
    edits = (Edit(*first, texts[1]), Edit(*second, texts[0]))
    yield Draft("move statement", edits, 1.0, "swap with the next statement")


def _shift(text: str, old: str, new: str) -> str:
    """Lines of a block at another depth."""
    return "".join(
        new + line.removeprefix(old) if line.strip() else line
        for line in text.splitlines(keepends=True)
    )


def _moved_out(site: Site) -> Iterator[Draft]:
    """Out of the loop or `if` around it: behind it, or in front of it."""
    source, statement, parent = site.source, site.statement, site.parents[-1]
    if not isinstance(statement, _MOVED) or not isinstance(
        parent, (*_LOOPS, ast.If, ast.With, ast.Try)
    ):
        return
    block = block_of(site)
    if not alone(source, statement) or not alone(source, parent):
        return
    start, stop = lines_span(source, statement)
    whole = lines_span(source, parent)
    space, outer = indentation(source, statement), indentation(source, parent)
    text = _shift(source.text[start:stop], space, outer)
    gone = Edit(start, stop, f"{space}pass{source.newline}" if len(block) == 1 else "")
    if not text.endswith(("\n", "\r")):
        text += source.newline
    if block[-1] is statement or not isinstance(statement, ast.Return | ast.Raise):
        after = Edit(whole[1], whole[1], text)
        if whole[1] == stop and len(block) > 1:
            yield Draft(
                "move statement", (Edit(start, stop, text),), 1.5, "out of the block, behind it"
            )
        elif whole[1] == stop:
            edit = Edit(start, stop, gone.text + text)
            yield Draft("move statement", (edit,), 1.0, "out of the block, behind it")
        else:
            yield Draft("move statement", (gone, after), 1.0, "out of the block, behind it")
    before = Edit(whole[0], whole[0], text)
    if isinstance(statement, _SIMPLE):
        yield Draft("move statement", (before, gone), 0.7, "out of the block, in front of it")


def _moved_in(site: Site) -> Iterator[Draft]:
    """Into the block before it or after it."""
    source, statement, block = site.source, site.statement, block_of(site)
    if not isinstance(statement, _MOVED) or not alone(source, statement):
        return
    at = next(i for i, item in enumerate(block) if item is statement)
    start, stop = lines_span(source, statement)
    space = indentation(source, statement)
    text = _shift(source.text[start:stop], space, space + step(source))
    if not text.endswith(("\n", "\r")):
        text += source.newline
    if at and isinstance(block[at - 1], (*_LOOPS, ast.If)) and alone(source, block[at - 1]):
        body = block[at - 1].body[-1]  # type: ignore[attr-defined]
        if alone(source, body):
            depth = indentation(source, body)
            text_in = _shift(source.text[start:stop], space, depth)
            where = lines_span(source, body)[1]
            edits: tuple[Edit, ...] = (Edit(where, where, text_in), Edit(start, stop, ""))
            if where == start:
                edits = (Edit(start, stop, text_in),)
            yield Draft("move statement", edits, 1.0, "into the block before it")
    if at + 1 < len(block) and isinstance(block[at + 1], (*_LOOPS, ast.If)):
        body = block[at + 1].body[0]  # type: ignore[attr-defined]
        if alone(source, body) and alone(source, block[at + 1]):
            where = lines_span(source, body)[0]
            yield Draft(
                "move statement",
                (Edit(start, stop, ""), Edit(where, where, text)),
                0.8,
                "into the block after it",
            )


def _jumps(site: Site) -> Iterator[Draft]:
    source, statement = site.source, site.statement
    looped = False
    for node in reversed(site.parents):
        looped = looped or isinstance(node, _LOOPS)
        if isinstance(node, Function):
            break
    if isinstance(statement, ast.Break | ast.Continue):
        other = "continue" if isinstance(statement, ast.Break) else "break"
        for score, text in ((1.0, other), (0.6, "return"), (0.2, "pass")):
            edit = Edit(*source.span(statement), text)
            yield Draft("add jump", (edit,), score, text)
    elif isinstance(statement, ast.Return) and looped:
        for text in ("continue", "break"):
            edit = Edit(*source.span(statement), text)
            yield Draft("add jump", (edit,), 0.4, text)
    if block_of(site)[-1] is statement and not isinstance(statement, ast.Return | ast.Raise):
        if looped and not isinstance(statement, ast.Break | ast.Continue):
            for text in ("break", "continue"):
                edits = insert_after(site, [text])
                if edits:
                    yield Draft("add jump", edits, 0.6, f"{text} after it")
        edits = insert_after(site, ["return"])
        if edits:
            yield Draft("add jump", edits, 0.3, "return after it")


def _copies(site: Site) -> Iterator[Draft]:
    """Simple statements of the module before or after this one, one name perhaps another."""
    source = site.source
    scope = survey(source).names(site)
    known = {name.text for name in scope}
    locals_ = [name.text for name in scope if name.kind in ("parameter", "local")]
    line = site.statement.lineno
    found: dict[str, float] = {}
    for node, text, names in survey(source).simple:
        near = 1.0 / (1 + abs(node.lineno - line) / 8)
        if near < 0.15 or node is site.statement:
            continue
        if "await " in text and not isinstance(site.function, ast.AsyncFunctionDef):
            continue
        missing = [n for n in names if n.id not in known and isinstance(n.ctx, ast.Load)]
        for name, other in _renamings(names, missing, locals_):
            changed = text
            if name is not None:
                at = name.col_offset - node.col_offset
                changed = text[:at] + other + text[at + len(name.id) :]
            score = near * (1.0 if name is None else 0.25 + 0.25 * similarity(name.id, other))
            found[changed] = max(score, found.get(changed, 0.0))
    ranked = sorted(found.items(), key=lambda item: -item[1])[:24]
    yield from _inserted(site, [(score, text) for text, score in ranked], "copy statement")


def _renamings(
    names: list[ast.Name], missing: list[ast.Name], locals_: list[str]
) -> list[tuple[ast.Name | None, str]]:
    """The copy as it is, and with each one of its names another local."""
    if len(missing) > 1:
        return []
    if missing:
        return [(missing[0], other) for other in locals_[:8] if other != missing[0].id]
    found: list[tuple[ast.Name | None, str]] = [(None, "")]
    for name in names[:4]:
        if name.id in locals_:
            found += [(name, other) for other in locals_[:8] if other != name.id]
    return found


def _inserted(site: Site, ranked: list[tuple[float, str]], kind: str) -> Iterator[Draft]:
    last = block_of(site)[-1] is site.statement
    for score, text in ranked:
        for part, edits in (
            (1.0, insert_before(site, [text])),
            (0.8 if last else 0.1, insert_after(site, [text])),
        ):
            if edits:
                yield Draft(kind, edits, score * part, f"`{text}` added")


def _updates(site: Site) -> Iterator[Draft]:
    """`a = b`, `a += 1`, `a.append(b)` for names in scope."""
    near = [
        (score, name.text)
        for score, name in names_near(site)[:8]
        if name.kind in ("local", "parameter")
    ]
    bound = [name for _, name in near[:6]]
    ranked: list[tuple[float, str]] = []
    for score, one in near[:6]:
        ranked += [(0.4 * score, f"{one} += 1"), (0.2 * score, f"{one} -= 1")]
        for other in bound:
            if one != other:
                ranked.append((0.4 * score, f"{one} = {other}"))
                ranked.append((0.3 * score, f"{one}.append({other})"))
                ranked.append((0.25 * score, f"{one}.add({other})"))
    yield from _inserted(site, ranked, "copy statement")
