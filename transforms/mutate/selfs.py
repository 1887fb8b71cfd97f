"""What is forgotten in methods, coroutines and generators: `self.`, `await`, `yield`, `super()`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.blocks import insert_before
from tracepy.transforms.mutate.places import loads, places, replace
from tracepy.transforms.mutate.survey import callee, parameters, survey


def selfs(site: Site) -> Iterator[Draft]:
    """Edits that supply what a method, coroutine or generator lacks."""
    function, source = site.function, site.source
    if function is None:
        return
    yield from _own(site)
    yield from _class(site)
    if isinstance(function, ast.AsyncFunctionDef):
        yield from _awaits(site)
    statement = site.statement
    if isinstance(statement, ast.Return) and statement.value is not None:
        start = source.span(statement)[0]
        for word in ("yield", "yield from"):
            edit = Edit(start, start + len("return"), word)
            yield Draft("yield", (edit,), 0.5, f"`{word}` for `return`")
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Yield | ast.YieldFrom):
        start, value = source.span(statement)[0], statement.value.value
        if value is not None:
            stop = source.span(value)[0]
            inner = source.text[start:stop]
            other = "yield " if isinstance(statement.value, ast.YieldFrom) else "yield from "
            if "(" not in inner:
                yield Draft("yield", (Edit(start, stop, other),), 1.0, f"`{other.strip()}`")
                yield Draft("yield", (Edit(start, stop, "return "),), 0.4, "`return` for `yield`")
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        generates = any(isinstance(n, ast.Yield | ast.YieldFrom) for n in ast.walk(function))
        if generates or callee(statement.value) == function.name:
            start = source.span(statement)[0]
            for word, score in (("yield from ", 1.0), ("yield ", 0.6)):
                yield Draft("yield", (Edit(start, start, word),), score, f"`{word.strip()}`")
    yield from _inherited(site)
    if function.name == "__init__" and function.body[0] is statement:
        yield from _super(site)


def _own(site: Site) -> Iterator[Draft]:
    """`self.x` for `x`, `x` for `self.x`."""
    first = next((a.arg for a in parameters(site.function)), "") if site.function else ""
    if first not in ("self", "cls"):
        return
    known = {name.text for name in survey(site.source).names(site) if name.kind == "attribute"}
    for place in places(site):
        text = f"{first}.{place.text}"
        if isinstance(place.node, ast.Name) and place.text != first:
            if text in known:
                yield Draft("self", replace(place, text), 1.5, f"`{text}`")
            elif place.role == "target":
                yield Draft("self", replace(place, text), 0.4, f"`{text}`")
        elif place.text.startswith(f"{first}.") and isinstance(place.node, ast.Attribute):
            bare = place.text.removeprefix(f"{first}.")
            yield Draft("self", replace(place, bare), 0.3, f"`{bare}`")


def _class(site: Site) -> Iterator[Draft]:
    """`type(self)` (`cls` in a class method) for the name of the class the method stands in."""
    owners = [n.name for n in site.parents if isinstance(n, ast.ClassDef)]
    first = next((a.arg for a in parameters(site.function)), "") if site.function else ""
    if not owners or first not in ("self", "cls"):
        return
    text = "type(self)" if first == "self" else "cls"
    for place in loads(site):
        if isinstance(place.node, ast.Name) and place.text == owners[-1]:
            called = 1.0 if place.role == "callee" else 0.4
            yield Draft("class", replace(place, text), called, f"`{text}` for `{place.text}`")


def _awaits(site: Site) -> Iterator[Draft]:
    for place in loads(site):
        if isinstance(place.node, ast.Await):
            inner = site.source.segment(place.node.value)
            yield Draft("await", replace(place, inner), 0.3, "do not await")
        elif isinstance(place.node, ast.Call) and not isinstance(place.parent, ast.Await):
            edits = replace(place, f"await {place.text}", False)
            yield Draft("await", edits, 1.0, f"await `{place.text[:30]}`")
    if isinstance(site.statement, ast.For | ast.With):
        start = site.source.span(site.statement)[0]
        yield Draft("await", (Edit(start, start, "async "),), 0.7, "async")


def _inherited(site: Site) -> Iterator[Draft]:
    """`super().add()` for `self.add()` within `add`."""
    owner = next((n for n in reversed(site.parents) if isinstance(n, ast.ClassDef)), None)
    if owner is None or not owner.bases or site.function is None:
        return
    for place in loads(site):
        if place.text == f"self.{site.function.name}" and place.role == "callee":
            text = f"super().{site.function.name}"
            yield Draft("super", replace(place, text), 2.0, f"`{text}`")


def _super(site: Site) -> Iterator[Draft]:
    owner = next((n for n in reversed(site.parents) if isinstance(n, ast.ClassDef)), None)
    if owner is None or not owner.bases or site.function is None:
        return
    if any(isinstance(n, ast.Name) and n.id == "super" for n in ast.walk(site.function)):
        return
    own = ", ".join(argument.arg for argument in site.function.args.args[1:])
    names = [argument.arg for argument in site.function.args.args[1:]]
    some = [f"super().__init__({', '.join(names[:count])})" for count in range(1, len(names))]
    stars = [f"*{a.arg}" for a in [site.function.args.vararg] if a]
    stars += [f"**{a.arg}" for a in [site.function.args.kwarg] if a]
    if stars:
        kept = [[*names[:count], *stars] for count in range(len(names) + 1)]
        some = [f"super().__init__({', '.join(given)})" for given in kept] + some
    for text in dict.fromkeys(("super().__init__()", f"super().__init__({own})", *some)):
        edits = insert_before(site, [text])
        if edits:
            yield Draft("super", edits, 1.0, f"`{text}` first")
