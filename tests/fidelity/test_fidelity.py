"""Programs behave under the hook as they do without it: output, errors, exit status."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

CORPUS = Path(__file__).with_name("programs.txt")


def programs() -> dict[str, str]:
    """The corpus's programs for this Python by name."""
    found = {}
    for part in re.split(r"^=== ", CORPUS.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head, _, text = part.partition("\n")
        name, *version = head.split()
        if not version or sys.version_info >= tuple(map(int, version[0].split("."))):
            found[name] = text
    return found


PROGRAMS = programs()
DRIVER = """\
import sys
from pathlib import Path
from tracepy.hook.program import Program, run
graph = Path(sys.argv[2]) if sys.argv[2] else None
sys.exit(run(Program(sys.argv[1], tuple(sys.argv[3:]), False, ("__main__",), graph)))
"""
# `inspect.getclosurevars` reads all names in the code, those of the recorder's functions too.
KNOWN = {"closure_variables"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("programs")
    for name, text in PROGRAMS.items():
        (place / f"{name}.py").write_text(text, encoding="utf-8")
    return place


@cache
def plain(script: Path) -> tuple[int, str, str]:
    return outcome([sys.executable, script.name, "one", "--two"], script.parent)


def outcome(command: list[str], folder: Path) -> tuple[int, str, str]:
    environment = {**os.environ, "PYTHONHASHSEED": "0", "COLUMNS": "80", "NO_COLOR": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout, re.sub(r"0x[0-9a-f]+", "0x", done.stderr)


@pytest.mark.parametrize("recording", [False, True], ids=["off", "recording"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_behaves_as_under_plain_python(
    name: str, recording: bool, folder: Path, request: pytest.FixtureRequest
) -> None:
    if name in KNOWN:
        request.applymarker(pytest.mark.xfail(strict=True))
    script = folder / f"{name}.py"
    graph = f"{name}.json" if recording else ""
    command = [sys.executable, "-c", DRIVER, script.name, graph, "one", "--two"]
    assert outcome(command, folder) == plain(script)


def test_the_corpus_is_large_enough() -> None:
    assert len(PROGRAMS) >= 40
