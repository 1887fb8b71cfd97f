"""What the pages that tracepy writes have in common: one file each, nothing from outside.

A content security policy names the texts that may run and style a page by their digests, so that
whatever a program's values, errors or sources hold stays text.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Any


def part(package: str, name: str) -> str:
    """A file of a package's `web` folder."""
    return files(package).joinpath("web", name).read_text("utf-8").strip()


def look() -> str:
    """The style that all pages begin with."""
    return files("tracepy.pages").joinpath("look.css").read_text("utf-8").strip()


def policy(script: str, style: str, *, pictures: bool = False) -> str:
    """A content security policy under which just these two run, and nothing is fetched.

    Args:
        script, style: Their texts.
        pictures: Whether pictures are shown that the page itself holds.
    """
    held = "; img-src data:" if pictures else ""
    return f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'{held}"


def embedded(data: Any) -> str:
    """JSON that is nothing but JSON to a reader of HTML, whatever the values are."""
    text = json.dumps(data, separators=(",", ":"))
    return re.sub("[<>&]", lambda found: f"\\u{ord(found[0]):04x}", text)


def writable(text: str) -> str:
    """Half a pair of surrogates has no place in a file."""
    return text.encode(errors="backslashreplace").decode()


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
