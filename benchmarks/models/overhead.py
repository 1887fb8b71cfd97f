"""Seconds of an iteration beyond the model's own, ours and others', with a model that answers at once.

All ask the same server over HTTP, which notes when each question came: an iteration is from one
question to the next. Where the time goes is what our own run says of itself.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import count, pairwise
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import Any

from benchmarks import venvs
from benchmarks.models.problems import PROBLEMS
from benchmarks.models.running import folder
from tests.model_server import ModelServer

PEERS = {"openevolve": ("openevolve==0.4.1",), "gepa": ("gepa==0.1.4", "litellm==1.110.2")}
"""What is installed for each."""
_ROOT = Path(__file__).parents[2]
_HTTP_ITERATIONS = (
    500  # at most, over HTTP: an iteration of OpenEvolve costs the more the more there were
)
_SECONDS = 1_800
Answer = Callable[[int], str]


def value(number: int) -> float:
    """The number-th value of the one parameter; all differ."""
    return round(-10 + 20 * (number * 0.6180339887498949 % 1), 6)


def _json(number: int) -> str:
    suggestion = {"graph:X": value(number)}
    return json.dumps({"reasoning": "tried", "answer": "", "suggestion": suggestion})


def _program(number: int) -> str:
    text = PROBLEMS[0].files["graph.py"]
    return f"```python\n{re.sub(r'^X = .*$', f'X = {value(number)}', text, flags=re.M)}```"


def _block(number: int) -> str:
    return f"```\n{value(number)}\n```"


def rows(number: int, peers: bool = True) -> list[dict[str, Any]]:
    """A row for each contender.

    Args:
        number: Iterations in process; over HTTP at most 500.
        peers: Whether others run, too.
    """
    most = min(number, _HTTP_ITERATIONS)
    found = [_ours("in process", number), _ours("over HTTP", most)]
    if peers:
        found += [_peer("openevolve", most, _program), _peer("gepa", most, _block)]
    return found


def _ours(mode: str, number: int) -> dict[str, Any]:
    print(f"overhead: tracepy, {mode}", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "benchmarks.models.overhead_child", mode, str(number)]
    came, out = _run(command, _json)
    told = json.loads(out.splitlines()[-1])
    times = told.pop("iterations")
    label = f"tracepy, {mode}"
    if mode == "over HTTP":
        times = [after - before for before, after in pairwise(came)]
    return _row(label, times) | told


def _peer(name: str, number: int, answer: Answer) -> dict[str, Any]:
    label = PEERS[name][0]
    print(f"overhead: {label}", file=sys.stderr, flush=True)
    script = _ROOT / "benchmarks" / "models" / "peers" / f"overhead_{name}.py"
    try:
        python = venvs.python_of(venvs.kept(f"models-{name}", PEERS[name], _SECONDS))
        came, out = _run([python, str(script), str(number)], answer)
    except subprocess.SubprocessError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return {"what": label, "iterations": "not run"}
    times = [after - before for before, after in pairwise(came)]
    if len(times) < 10:
        print(out[-2000:], file=sys.stderr)
        return {"what": label, "iterations": f"not run: {len(came)} questions came"}
    return _row(f"{label}, over HTTP", times) | json.loads(out.splitlines()[-1])


def _run(command: Sequence[str], answer: Answer) -> tuple[list[float], str]:
    """When the questions came, and what the process printed."""
    numbers, came = count(1), list[float]()

    def answered(*_: Any) -> str:
        came.append(perf_counter())
        return answer(next(numbers))

    with folder() as place, ModelServer(answered) as server:
        path = PROBLEMS[0].written(place)
        done = subprocess.run(
            [*command, server.url, str(path)], cwd=place, capture_output=True, text=True,
            timeout=_SECONDS, env={**os.environ, "PYTHONPATH": str(_ROOT), **_quiet(server.url)},
        )  # fmt: skip
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
        raise subprocess.CalledProcessError(done.returncode, command)
    return came, done.stdout


def _quiet(url: str) -> dict[str, str]:
    return {
        "LITELLM_LOCAL_MODEL_COST_MAP": "True", "OPENAI_API_BASE": url, "OPENAI_BASE_URL": url,
        "OPENAI_API_KEY": "none",
    }  # fmt: skip


def _row(label: str, times: Sequence[float]) -> dict[str, Any]:
    tenth = max(1, len(times) // 10)
    milli = [1000 * each for each in times]
    first, last = fmean(milli[:tenth]), fmean(milli[-tenth:])
    return {
        "what": label, "iterations": len(times), "ms an iteration": fmean(milli),
        "first tenth": first, "last tenth": last, "last of first": last / first,
    }  # fmt: skip


def told() -> str:
    """What the columns are."""
    return (
        "ms, means; of ours, where an iteration's time goes: evaluation (a worker judges and "
        "traces the candidate), prompt, answer (read and applied), store, client (litellm, HTTP and "
        "the server; in process nothing), rest; beyond: all but evaluation; of first: the last tenth's "
        "mean over the first's. MiB: the process, after "
        "a tenth and at the end; CPU: of the process that asks, without workers, which says more than "
        "the clock where the machine is busy (the peers' with their imports of litellm). The peers judge in a process that is there already, without isolation"
    )
