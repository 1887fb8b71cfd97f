"""f-strings: other values in a field, another format, a field more, what stands between fields."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.material import material
from tracepy.transforms.mutate.places import Place, loads
from tracepy.transforms.mutate.survey import names_near, survey

_FIELD = re.compile(r"\{([^{}:!]+)([:!][^{}]*)?\}")
_SPECS = ("!r", ":.2f", ":.1f", ":d", ":,", "!s", ":>2", ":02d", ":02", ":.0f", ":x", ":%", ":.3f")
_BETWEEN = (" ", ", ", ": ", "-", "\\n", "_", "/", ".")
_WRAPPED = ("len({})", "str({})", "sum({})", "int({})", "abs({})", "{}.upper()", "{}.lower()",
            "{}.strip()", "', '.join({})", "sorted({})", "{} + 1", "{} - 1")  # fmt: skip


def fields(site: Site) -> Iterator[Draft]:
    """Edits of every f-string that stands in one piece."""
    for place in loads(site):
        short = '"""' not in place.text and "'''" not in place.text
        if isinstance(place.node, ast.JoinedStr) and place.text[:1] in "fFrR" and short:
            yield from _of(site, place)


def _of(site: Site, place: Place) -> Iterator[Draft]:
    specs = dict.fromkeys((*_seen(site), *_SPECS))
    near = names_near(site)[:10]
    for match in _FIELD.finditer(place.text):
        start, stop = place.start + match.start(1), place.start + match.end(1)
        close, old = place.start + match.end() - 1, match[1]
        for score, name in near:
            if name.text != old:
                yield _draft("identifier", start, stop, name.text, score, f"`{{{name.text}}}`")
                more = f"{{{name.text}}}"
                yield _draft("field", close + 1, close + 1, more, 0.7 * score, f"`{more}` more")
                if match.start() == 2:
                    first = start - 1
                    yield _draft("field", first, first, more, 0.5 * score, f"`{more}` first")
        quote = place.text[-1]
        for rank, form in enumerate(_WRAPPED):
            text = form.format(old)
            if quote not in text:
                yield _draft("field", start, stop, text, 0.6 / (1 + 0.3 * rank), f"`{{{text}}}`")
        for item in material(site, 24):
            if not item.atom or any(sign in item.text for sign in "{}'\"\\:!"):
                continue
            if old.partition(".")[0].partition("[")[0] in item.text and item.text != old:
                yield _draft("field", start, stop, item.text, item.score, f"`{{{item.text}}}`")
        ranked = _specs(match[2] or "", list(specs))
        for rank, spec in enumerate(ranked):
            yield _draft("format", stop, close, spec, 1 / (1 + 0.3 * rank), f"`{{{old}{spec}}}`")
        follows = place.text[match.end() : match.end() + 1]
        if follows == "{":
            for rank, text in enumerate(_BETWEEN):
                yield _draft(
                    "field", close + 1, close + 1, text, 1 / (1 + rank), f"`{text}` between"
                )
        elif follows not in ("", quote):
            after = place.text[match.end() :].partition("{")
            if after[1]:
                end = close + 1 + len(after[0])
                for rank, text in enumerate((*_BETWEEN, "")):
                    yield _draft(
                        "field", close + 1, end, text, 0.5 / (1 + rank), f"`{text}` between"
                    )
        yield _draft("field", start - 1, close + 1, "", 0.4, f"no `{{{old}}}`")


def _draft(kind: str, start: int, stop: int, text: str, score: float, note: str) -> Draft:
    return Draft(kind, (Edit(start, stop, text),), score, note)


def _specs(old: str, known: list[str]) -> list[str]:
    """Other formats for a field: a digit more or less first, none, then those that are known."""
    found = []
    for match in re.finditer(r"\d+", old):
        for change in (1, -1):
            number = str(max(0, int(match[0]) + change)).rjust(len(match[0]), "0")
            found.append(old[: match.start()] + number + old[match.end() :])
    for one, other in (("<", ">"), (">", "<"), ("^", ">"), ("f", "d"), ("d", "f"), ("!r", "!s")):
        if one in old:
            found.append(old.replace(one, other, 1))
    found += ["", *known]
    return [spec for spec in dict.fromkeys(found) if spec != old]


def _seen(site: Site) -> list[str]:
    """Formats that the module's f-strings use, the most frequent first."""
    found: Counter[str] = Counter()
    for node in survey(site.source).nodes:
        if isinstance(node, ast.JoinedStr):
            for match in _FIELD.finditer(site.source.segment(node)):
                found[match[2] or ""] += 1
    return [spec for spec, _ in found.most_common(8) if spec]
