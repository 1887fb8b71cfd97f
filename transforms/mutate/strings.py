"""Regular expressions and format strings."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.places import Place, loads, replace
from tracepy.transforms.mutate.survey import names_near

_FUNCTIONS = frozenset(
    {"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
)
_FLAGS = ("IGNORECASE", "MULTILINE", "DOTALL", "VERBOSE")
_SWAPS = (("\\d", "[0-9]"), ("\\w", "[\\w-]"), ("\\w", "[^\\W\\d]"), ("\\s", "[ \\t]"),
          (".*", ".*?"), (".+", ".+?"), (".*?", ".*"), ("[a-z]", "[a-zA-Z]"), ("[A-Z]", "[a-zA-Z]"),
          ("[a-zA-Z]", "[a-zA-Z0-9_]"), ("[0-9]", "[0-9.]"), ("\\d+", "-?\\d+"),
          ("\\b", ""), ("$", "\\Z"), ("^", "\\A"))  # fmt: skip
_SPECS = ("!r", ":.2f", ":d", ":,", "!s", ":>2", ":02d", ":02", ":.1f", ":x")


def strings(site: Site) -> Iterator[Draft]:
    """Edits inside regular expressions and `format` strings."""
    for place in loads(site):
        node = place.node
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            base = node.func.value
            if isinstance(base, ast.Name) and base.id == "re" and node.func.attr in _FUNCTIONS:
                yield from _flags(site, place)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if _is_pattern(place, node.value):
                yield from _patterns(site, place, node.value)
            if "{" in node.value or "%" in node.value:
                yield from _formats(site, place)


def _is_pattern(place: Place, text: str) -> bool:
    call = place.parent
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        base = call.func.value
        if isinstance(base, ast.Name) and base.id in ("re", "regex"):
            return place.node is call.args[0] if call.args else False
    return place.text[:1] in "rR" and any(sign in text for sign in "\\[(*+^$")


def _patterns(site: Site, place: Place, text: str) -> Iterator[Draft]:
    """Quantifiers added or dropped, anchors, an escaped dot, wider and narrower classes."""
    if len(text) > 120 or "\n" in place.text:
        return
    found: dict[str, float] = {}
    for form in (
        f"^{text}",
        f"{text}$",
        f"^{text}$",
        text.removeprefix("^"),
        text.removesuffix("$"),
    ):
        found[form] = 0.8
    for old, new in _SWAPS:
        for match in re.finditer(re.escape(old), text):
            found[text[: match.start()] + new + text[match.end() :]] = 0.6
    for at, sign in enumerate(text):
        rest = text[at + 1 :]
        if sign == "." and text[at - 1 : at] != "\\" and rest[:1] not in ("*", "+", "?"):
            found[f"{text[:at]}\\.{rest}"] = 1.0
        if sign == "{" and (times := re.match(r"\{(\d+)\}", text[at:])):
            number, behind = times[1], text[at + times.end() :]
            for other in (f"{{1,{number}}}", f"{{{number},}}", f"{{0,{number}}}", "+", "*"):
                found.setdefault(text[:at] + other + behind, 0.6)
            for change in (1, -1):
                found.setdefault(f"{text[:at]}{{{int(number) + change}}}{behind}", 0.6)
        if sign in "*+?":
            for other in ("+", "*", "?", ""):
                found.setdefault(text[:at] + other + rest, 0.8)
            found.setdefault(f"{text[: at + 1]}?{rest}", 0.5)
        elif sign not in "(|^\\{[" and rest[:1] not in ("*", "+", "?", "{"):
            for other in "?*+":
                found.setdefault(f"{text[: at + 1]}{other}{rest}", 0.25)
    raw = place.text[:1] in "rR"
    for form, score in sorted(found.items(), key=lambda item: -item[1])[:60]:
        if form != text and _compiles(form):
            quote = "'" if "'" not in form else '"'
            plain = raw or "\\" in form
            written = f"r{quote}{form}{quote}" if plain and quote not in form else repr(form)
            yield Draft("regex", replace(place, written), score, f"pattern {written}")


def _compiles(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(text)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def _flags(site: Site, place: Place) -> Iterator[Draft]:
    for rank, flag in enumerate(_FLAGS):
        if flag not in place.text:
            edit = Edit(place.end - 1, place.end - 1, f", flags=re.{flag}")
            yield Draft("regex", (edit,), 0.8 / (1 + rank), f"flag {flag}")


def _formats(site: Site, place: Place) -> Iterator[Draft]:
    """`{}` with `!r` or a number format; `%d` for `%s`; an f before a string that wants one."""
    for match in re.finditer(r"\{(\w*)\}", place.text):
        for rank, spec in enumerate(_SPECS):
            at = place.start + match.end() - 1
            yield Draft(
                "format", (Edit(at, at, spec),), 0.5 / (1 + rank), f"`{{{match[1]}{spec}}}`"
            )
    names = {name.text for _, name in names_near(site, callables=True)}
    if set(re.findall(r"\{(\w+)[^}]*\}", place.text)) & names and place.text[0] in "\"'":
        yield Draft("format", (Edit(place.start, place.start, "f"),), 3.0, "an f-string")
    for match in re.finditer(r"%[sdrfi]", place.text):
        at = place.start + match.start() + 1
        for other in "srdf":
            yield Draft("format", (Edit(at, at + 1, other),), 0.4, f"`%{other}`")
