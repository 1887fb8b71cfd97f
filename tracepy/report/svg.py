"""matplotlib's SVG made fit for the page: its colours, no inline style, no ids in common."""

from __future__ import annotations

import re
from xml.etree import ElementTree

# Colours that stand for the page's variables while matplotlib draws.
QUIET, LINE = "#010102", "#010103"
ACCENT, RESULT, FAILURE = "#010104", "#010105", "#010106"
_VARIABLES = {
    QUIET: "quiet", LINE: "line", ACCENT: "accent", RESULT: "result", FAILURE: "failure",
}  # fmt: skip
# A tenth of a pixel is fine enough.
_SHORT = re.compile(r"(\d\.\d)\d+")
_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"


def themed(text: str, name: str) -> str:
    """The drawing as an element of a page.

    A policy that names its style by digest forbids `style` attributes, so these become attributes
    of their own; colours become `var(--…)`, so that light and dark are the page's.

    Args:
        text: What matplotlib wrote.
        name: What ids begin with, to be apart from those of another drawing.
    """
    # Our own drawing of numbers: nothing of a stranger's is in it.
    root = ElementTree.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", text))
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                parent.remove(child)
    used = set(re.findall(r"#([\w-]+)", " ".join(_references(root))))
    for element in root.iter():
        _restyle(element)
        _rename(element, name, used)
    for key in ("width", "height", "version"):
        root.attrib.pop(key, None)
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    return re.sub(r"\n\s*", "\n", ElementTree.tostring(root, encoding="unicode"))


def _references(root: ElementTree.Element) -> list[str]:
    return [
        value
        for element in root.iter()
        for key, value in element.attrib.items()
        if key == _LINK or "url(" in value
    ]


def _restyle(element: ElementTree.Element) -> None:
    for rule in element.attrib.pop("style", "").split(";"):
        key, _, value = (part.strip() for part in rule.partition(":"))
        if key and value and key not in ("font", "font-family", "stroke-miterlimit"):
            element.set(key, value)
    if "d" in element.attrib:
        element.set("d", _SHORT.sub(r"\1", " ".join(element.attrib["d"].split())))
    for key in ("fill", "stroke"):
        if (colour := _VARIABLES.get(element.get(key, ""))) is not None:
            element.set(key, f"var(--{colour})")


def _rename(element: ElementTree.Element, name: str, used: set[str]) -> None:
    given = element.attrib.pop("id", None)
    if given in used:
        element.set("id", f"{name}-{given}")
    elif given and not re.search(r"_\d+$", given):
        element.set("class", given)
    for key, value in element.attrib.items():
        if key == _LINK or "url(" in value:
            element.set(key, value.replace("#", f"#{name}-"))
