"""A missing step: what is kept up to date in a loop, an attribute that `__init__` does not set."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.blocks import block_of, insert_after, insert_before
from tracepy.transforms.mutate.material import loop_variables
from tracepy.transforms.mutate.survey import kinds_of, names_near, survey

_MOST = 120
_ADDING = {"list": "append", "set": "add", "deque": "append"}


def updates(site: Site) -> Iterator[Draft]:
    """Statements made of names in scope by what they hold, before this one or after it."""
    function, statement = site.function, site.statement
    if function is None or _documents(statement):
        return
    ranked = sorted(_steps(site).items(), key=lambda item: -item[1])[:_MOST]
    last = block_of(site)[-1] is statement
    for text, score in ranked:
        for part, edits in (
            (1.0, insert_before(site, [text])),
            (1.0 if last else 0.3, insert_after(site, [text])),
        ):
            if edits:
                yield Draft("update", edits, score * part, f"`{text}` added")
    for text, score in [item for item in ranked if ".append(" in item[0]][:8]:
        value = text.partition("(")[2][:-1]
        edits = insert_before(site, [f"if {value}:", f"\t{text}"])
        if edits:
            yield Draft("update", edits, score * 0.4, f"`{text}` if there is one")
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        stop = site.source.span(statement.value)[1]
        for score, name in names_near(site)[:6]:
            for method in ("append", "add"):
                text = f".{method}({name.text})"
                yield Draft("update", (Edit(stop, stop, text),), 0.3 * score, f"`{text}` behind it")


def _documents(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _steps(site: Site) -> dict[str, float]:
    found: dict[str, float] = {}
    function = site.function
    looped = loop_variables(site)
    for rank, unread in enumerate(sorted(survey(site.source).idle(function))):
        if function is not None and function.name == "__init__":
            found[f"self.{unread} = {unread}"] = 3.0 / (1 + rank)
    near = [(score, name) for score, name in names_near(site)[:20] if not name.callable]
    values = [
        ((1.3 if name.text in looped else 1.0) * score, name.text)
        for score, name in near
        if name.kind in ("parameter", "local")
    ][:8]
    bound = _assigned(site)
    if looped or any(isinstance(node, ast.While) for node in site.parents):
        for begun, first in _first_values(site).items():
            found[f"{begun} = {first}"] = 0.9
    for score, name in near:
        kinds, text = kinds_of(site, name.text), name.text
        if kinds & {"list", "set", "deque"}:
            method = next(_ADDING[kind] for kind in sorted(kinds) if kind in _ADDING)
            for part, value in values:
                if value != text and not kinds_of(site, value) & kinds & {"set"}:
                    found[f"{text}.{method}({value})"] = score * part
                    if method == "append":
                        found.setdefault(f"{text}.extend({value})", 0.2 * score * part)
        if "dict" in kinds:
            for part, key in values[:6]:
                for other, value in values[:6]:
                    if text not in (key, value) and key != value:
                        found[f"{text}[{key}] = {value}"] = score * part * other * 0.8
        if kinds & {"int", "float"}:
            found[f"{text} += 1"] = 0.9 * score
            found[f"{text} -= 1"] = 0.4 * score
            for part, value in values[:5]:
                if value != text and (not kinds_of(site, value) or kinds_of(site, value) & kinds):
                    found[f"{text} += {value}"] = 0.5 * score * part
        if name.text in bound:
            for part, value in values:
                if value != text:
                    again = 1.0 if text in bound and bound[text] > 1 else 0.6
                    found[f"{text} = {value}"] = again * score * part
    return found


def _first_values(site: Site) -> dict[str, str]:
    """Names that begin with a constant or an empty container, and with which."""
    found: dict[str, str] = {}
    for node in ast.walk(site.function) if site.function else ():
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text = site.source.segment(node.value)
            plain = isinstance(node.value, ast.Constant) or text in ("[]", "{}", "set()", "()")
            if plain and len(text) < 12 and node is not site.statement:
                found.setdefault(node.targets[0].id, text)
    return found


def _assigned(site: Site) -> dict[str, int]:
    """How often each plain name is assigned to in the function: what is, may have to be again."""
    found: dict[str, int] = {}
    for node in ast.walk(site.function) if site.function else ():
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                for item in ast.walk(target):
                    if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store):
                        found[item.id] = found.get(item.id, 0) + 1
    return found
