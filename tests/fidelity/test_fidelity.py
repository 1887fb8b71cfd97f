"""Programs behave under the hook as they do without it: output, errors, exit status.

A corpus file holds programs: `=== name [3.12] [latin-1|utf-8-sig] [crlf]` starts one (the least
Python, the encoding and the line ends are optional), `--- path` starts another file of it. What is
named `helper` or `helper.…` is instrumented like the program itself.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

CORPUS = Path(__file__).with_name("programs")
MAIN = "program.py"
COMMAND = ("-m", "tracepy", "run", "--instrument", "__main__", "--instrument", "helper")
# The budgets of the recordings: none at all, enough, spent soon after the program's start.
BUDGETS = {"off": 0, "recording": 50_000, "spent": 40}
NAMES = "the recorder's own locals show in a frame's"
BELOW = "the launcher's frames are below the program's first"
TRACED = "a tracer or profiler sees what the recorder adds"
# Programs that cannot, or cannot yet, be the same, and why: they must differ, or leave this list.
KNOWN: dict[str, str] = {
    "code_constants_and_names": "the code has more constants than were written",
    **dict.fromkeys(
        ("generator_attributes", "coroutines_by_hand",
         "objects_that_look_at_their_callers", "traceback_objects", "pdb_scripted"),
        NAMES,
    ),
    "recursion_traceback": BELOW,
    "recursion_depths_in_full": BELOW,
    "settrace_exceptions": TRACED,
    "bdb_lines_and_calls": TRACED,
    "settrace_of_statements_that_begin_on_a_later_line": TRACED,
}  # fmt: skip
if sys.version_info >= (3, 12):
    KNOWN["settrace_branches_and_jumps"] = TRACED


@dataclass(frozen=True)
class Example:
    """One program of the corpus.

    Attributes:
        version: The least Python that it is for.
        files: Contents by path.
    """

    version: tuple[int, ...]
    files: dict[str, bytes]


def parsed(part: str) -> tuple[str, Example]:
    head, _, text = part.partition("\n")
    name, *options = head.split()
    version: tuple[int, ...] = (3, 11)
    encoding, newline = "utf-8", "\n"
    for option in options:
        if option[0].isdigit():
            version = tuple(map(int, option.split(".")))
        elif option == "crlf":
            newline = "\r\n"
        else:
            encoding = option
    texts = re.split(r"^--- (.+)\n", f"--- {MAIN}\n{text}", flags=re.MULTILINE)[1:]
    files = {
        path: text.replace("\n", newline).encode(encoding)
        for path, text in zip(texts[::2], texts[1::2], strict=True)
    }
    return name, Example(version, files)


def programs() -> dict[str, Example]:
    """The corpus's programs for this Python by name."""
    found: dict[str, Example] = {}
    for file in sorted(CORPUS.glob("*.txt")):
        text = file.read_bytes().decode()
        for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
            name, example = parsed(part)
            assert name not in found, f"two programs are called {name}"
            found[name] = example
    return {n: e for n, e in found.items() if sys.version_info >= e.version}


PROGRAMS = programs()
ENVIRONMENT = {
    **{k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV_", "TRACEPY"))},
    **{k: v for k, v in os.environ.items() if k == "PYTHONPATH"},
    "PYTHONHASHSEED": "0",
    "COLUMNS": "80",
    "NO_COLOR": "1",
    "PYTHON_COLORS": "0",
}


def start(example: Example, folder: Path, *options: str) -> tuple[subprocess.Popen[str], Path]:
    """Run a copy of its own, so that runs at the same time do not meet."""
    for path, content in example.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    process = subprocess.Popen(
        [sys.executable, *options, "one", "--two"], cwd=folder, env=ENVIRONMENT, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, errors="replace",
    )  # fmt: skip
    return process, folder


def command(budget: int) -> tuple[str, ...]:
    """Options of the interpreter that run the program under the hook."""
    recording = ("--graph", "graph.json", "--events", str(budget)) if budget else ()
    return (*COMMAND, *recording, MAIN)


def outcome(process: subprocess.Popen[str], folder: Path) -> dict[str, int | list[str]]:
    try:
        output, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    texts = [text.replace(str(folder), "<folder>") for text in (output, errors)]
    lines = [re.sub(r"0x[0-9a-f]{6,}", "0x", text).splitlines() for text in texts]
    return {"status": process.returncode, "stdout": lines[0], "stderr": lines[1]}


MODES = [
    pytest.param(("off", "recording"), id="whole"),
    pytest.param(("spent",), id="spent", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("modes", MODES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_behaves_as_under_plain_python(
    name: str, modes: tuple[str, ...], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if name in KNOWN:
        # A budget spent at once may hide the difference.
        strict = "recording" in modes
        request.applymarker(pytest.mark.xfail(strict=strict, reason=KNOWN[name]))
    plain = start(PROGRAMS[name], tmp_path / "0", MAIN)
    ours = {
        mode: start(PROGRAMS[name], tmp_path / str(i), *command(BUDGETS[mode]))
        for i, mode in enumerate(modes, 1)
    }
    outcomes = {mode: outcome(*run) for mode, run in ours.items()}
    assert outcomes == dict.fromkeys(modes, outcome(*plain))


def test_the_corpus_is_large_enough() -> None:
    assert len(PROGRAMS) >= 120
