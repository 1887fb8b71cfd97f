"""One computation of ten nodes, two of them trainable: the prompts of several optimizers for it.

Ours is recorded from plain code. The others' packages run in environments of their own, where the
same computation is built of their nodes, and a stand-in for the model keeps what it is sent.
No node is used twice by one operation: OpenTrace 0.1.3.8 cannot propagate through `e * e`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import venvs
from benchmarks.models.counting import ENCODINGS, count
from benchmarks.models.problems import Problem
from benchmarks.models.running import bodies

PEERS = {"opentrace": ("trace-opt==0.1.3.8",), "textgrad": ("textgrad==0.1.8",)}
"""What is installed for each."""
PROGRAM = """\
A = 1  # tracepy: train
B = 2  # tracepy: train


def computed():
    c = A + B
    d = c * 2
    e = d - B
    f = e * c
    g = f + A
    h = g - 3
    return h


# tracepy: objective
def judged():
    return -abs(computed() - 7.0), "The output should be 7."
"""
VALUES = {"A": 1, "B": 2, "c": 3, "d": 6, "e": 4, "f": 12, "g": 13, "h": 10}
"""The nodes with names of their own; the constants 2 and 3 are the other two of the ten."""
_CONSTANTS = {"d": 2, "h": 3}
_SECONDS = 900


def rows(peers: bool = True) -> list[dict[str, Any]]:
    """A row for each optimizer: its tokens, and which facts its prompts state."""
    problem = Problem("graph10", "graph10.py", {"graph10.py": PROGRAM})
    found = []
    for name in ("optoprime", "textgrad", "opro"):
        asked = bodies(problem, name, iterations=1)
        if name != "textgrad":
            asked = asked[:1]
        names = {node: f"graph10:{node}" if node in "AB" else node for node in VALUES}
        texts = [[str(one["content"]) for one in body["messages"]] for body in asked]
        found.append(_row(f"tracepy {name}", texts, names))
    for peer, needed in PEERS.items() if peers else ():
        found += _peer(peer, needed)
    return found


def _peer(peer: str, needed: Sequence[str]) -> list[dict[str, Any]]:
    script = Path(__file__).parent / "peers" / f"graph10_{peer}.py"
    try:
        python = venvs.python_of(venvs.kept(f"models-{peer}", needed, _SECONDS))
        done = subprocess.run(
            [python, str(script)], capture_output=True, text=True, timeout=_SECONDS, check=True,
            cwd=tempfile.gettempdir(),  # TextGrad writes a log
            env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
        )  # fmt: skip
    except subprocess.SubprocessError as error:
        print(f"{peer}: {error}", file=sys.stderr)
        return [{"optimizer": peer, "calls": "not run"}]
    found = []
    for each in json.loads(done.stdout.splitlines()[-1]):
        label = f"{each['optimizer']} ({' '.join(needed)})"
        if "missing" in each:
            found.append({"optimizer": label, "calls": f"not run: {each['missing']}"})
        else:
            found.append(_row(label, each["prompts"], each["names"]))
    return found


def _row(label: str, prompts: Sequence[Sequence[str]], names: Mapping[str, str]) -> dict[str, Any]:
    """Tokens, and how many of the facts stand in the prompts, system texts apart."""
    whole = ["\n".join(prompt) for prompt in prompts]
    told = "\n".join("\n".join(prompt[1:]) for prompt in prompts)
    row: dict[str, Any] = {"optimizer": label, "calls": len(prompts)}
    for encoding in ENCODINGS:
        row[encoding.removesuffix("_base")] = sum(count(text, encoding) for text in whole)
    row["of it told first"] = sum(count(prompt[0]) for prompt in prompts)
    own = [node for node in VALUES if re.search(rf"\b{node}(@\d+)? ?=", told)]
    with_values = [node for node, value in VALUES.items() if _states(told, names[node], value)]
    constants = [node for node in _CONSTANTS if _constant(told, node, names)]
    row["names of the code (of 8)"] = len(own)
    row["values (of 10)"] = len(with_values) + len(constants)
    row["operations (of 6)"] = sum(_operation(told, node, names) for node in "cdefgh")
    row["trainable told apart"] = _told_apart(told, names)
    row["feedback"] = "should be 7" in told
    return row


def _states(told: str, name: str, value: int) -> bool:
    """Whether a node's value stands beside its name."""
    return bool(re.search(rf"(?<![\w]){re.escape(name)}(@\d+)?\D{{0,60}}{value}(?!\d)", told))


def _constant(told: str, node: str, names: Mapping[str, str]) -> bool:
    constant = names.get(f"{node} constant")
    if constant:
        return _states(told, constant, _CONSTANTS[node])
    return bool(re.search(rf"\b{node} = .*\b{_CONSTANTS[node]}\b", told))


def _operation(told: str, node: str, names: Mapping[str, str]) -> bool:
    """Whether it stands there how a node was made of others."""
    ways = (
        rf"\b{node} = [A-Za-z]",
        rf"(?<!\w){re.escape(names[node])} ?= ?[a-z]\w*\(",
        rf"Function purpose: the (?:sum|difference|product)\s[^#]{{0,300}}?<OUTPUT_OF_FUNCTION> {VALUES[node]} <",
    )
    return any(re.search(way, told) for way in ways)


def _told_apart(told: str, names: Mapping[str, str]) -> bool:
    section = re.search(r"#Variables?\n(.*?)\n\n?#", told, re.DOTALL)
    if section is None:  # TextGrad's: each is asked about by itself
        return all(names[node] in told for node in "AB")
    return all(names[node] in section[1] for node in "AB") and "=6" not in section[1]


def told() -> str:
    """What the columns are."""
    return (
        "tokens of system and user texts of all calls for one candidate; told first: of these the "
        "system texts (o200k). Facts are looked for in the user texts: a node's own name in the "
        "code, its value beside the name that it is shown by, how each result is computed. "
        "OptoPrimeV2 is not in a release on PyPI; 995 tokens are reported of it for such a graph"
    )
