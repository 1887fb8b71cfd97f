"""A comprehension that keeps less: `if test` behind its `for`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.places import loads
from tracepy.transforms.mutate.redundancy import mined
from tracepy.transforms.mutate.survey import kinds_of, names_near, survey

_TRUTHS = ("isalnum", "isalpha", "isdigit", "isspace", "isupper", "islower", "strip")
_MOST = 60


def filters(site: Site) -> Iterator[Draft]:
    """Tests of the variable of each comprehension that has none."""
    for place in loads(site):
        for part in getattr(place.node, "generators", ()):
            if not part.ifs:
                start, stop = site.source.span(part.iter)
                stop += site.source.text[start - 1] == "("  # its own parentheses
                names = [n.id for n in ast.walk(part.target) if isinstance(n, ast.Name)]
                ranked = sorted(_tests(site, names).items(), key=lambda item: -item[1])
                for test, score in ranked[:_MOST]:
                    edit = Edit(stop, stop, f" if {test}")
                    yield Draft("filter", (edit,), score, f"only if {test}")
            else:
                start = site.source.span(part.iter)[1]
                stop = site.source.span(part.ifs[-1])[1]
                if "(" not in site.source.text[start : start + 3]:
                    yield Draft("filter", (Edit(start, stop, ""),), 0.3, "keep all")


def _tests(site: Site, names: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for rank, name in enumerate(names):
        part, kinds = 1 / (1 + 0.3 * rank), kinds_of(site, name)
        found |= {name: part, f"not {name}": 0.4 * part, f"{name} is not None": 0.7 * part}
        found |= {f"{name} > 0": 0.4 * part, f"{name} != 0": 0.2 * part, f"{name} == 0": 0.2 * part}
        if not kinds or "str" in kinds:
            for place, method in enumerate(_TRUTHS):
                found[f"{name}.{method}()"] = part * 0.5 / (1 + 0.2 * place)
        for attribute in list(survey(site.source).attributes.get(name, ()))[:6]:
            found[f"{name}.{attribute}"] = 0.5 * part
            found[f"not {name}.{attribute}"] = 0.3 * part
        for score, other in names_near(site)[:8]:
            if other.text not in names:
                for form, fit in (("!=", 0.6), ("not in", 0.5), ("in", 0.5), ("==", 0.3), (">", 0.3),
                                  ("<", 0.3), (">=", 0.2), ("<=", 0.2)):  # fmt: skip
                    found[f"{name} {form} {other.text}"] = part * score * fit
    for score, text in mined(site, "condition", 12):
        if any(name in text for name in names):
            found[f"({text})" if " or " in text or " if " in text else text] = 0.4 + score * 0.5
    return found
