"""A write changes exactly the edited lines, whatever the file looks like."""

import codecs
from pathlib import Path

import pytest

BODY = "def double(x):\n    return x * x\n\n\ndef half(x):\n    return x / 2\n"
SHAPES = {
    "plain": BODY.encode(),
    "crlf": BODY.replace("\n", "\r\n").encode(),
    "tabs": BODY.replace("    ", "\t").encode(),
    "bom": codecs.BOM_UTF8 + BODY.encode(),
    "latin-1": b"# -*- coding: latin-1 -*-\n# caf\xe9\n" + BODY.encode(),
    "no final newline": BODY.rstrip("\n").encode(),
    "form feed": BODY.replace("\n\n\n", "\n\n\x0c\n").encode(),
    "very long line": f"TABLE = '{'x' * 100_000}'\n{BODY}".encode(),
    "mixed ends": b"'''one\r\ntwo'''\r\n" + BODY.encode(),
    "unicode": ("NAME = 'żółć 𝔘'  # ünï\n" + BODY).encode(),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_only_the_line_at_fault_changes(project: Path, tracepy, shape: str) -> None:
    module = project / "shop.py"
    module.write_bytes(SHAPES[shape])
    (project / "judge.py").write_text(
        "from shop import double, half\n\n"
        "def score():\n"
        "    right = [double(x) == x + x for x in (3, 5, -1)] + [half(4) == 2]\n"
        "    return sum(right) / len(right)\n"
    )
    options = ("--objective", "judge:score", "--goal", "1", "--write")
    result = tracepy("optimize", "shop.py", *options)
    assert result.returncode == 0, result.stderr
    before = SHAPES[shape].split(b"\n")
    after = module.read_bytes().split(b"\n")
    assert len(before) == len(after)
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 1
    assert b"return x * x" in changed[0][0]
    assert changed[0][0].endswith(b"\r") == changed[0][1].endswith(b"\r")
