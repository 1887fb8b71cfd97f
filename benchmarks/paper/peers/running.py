"""Runs a peer's script in its own environment: what it is to do goes in as JSON, what it found comes out."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks import venvs
from benchmarks.paper import ours
from benchmarks.paper.domain import Asked

_ROOT = Path(__file__).parents[3]
DSPY = ("dspy==3.4.1",)
TEXTGRAD = ("textgrad==0.1.8",)
_HOURS = 24  # a cell asks as many thousand questions as a task has


def ran(
    script: str,
    requirements: tuple[str, ...],
    asked: Asked,
    given: Mapping[str, Any],
    reply: ours.Reply,
) -> dict[str, Any]:
    """What a script printed in its last line.

    Args:
        script: Its name in this package.
        requirements: What is installed for it.
        asked: The cell.
        given: What the script is told, beside who answers.
        reply: Answers in place of both models, where the model is `local`.

    Raises:
        ValueError: the cell is to be played back; a peer's requests cannot be.
        RuntimeError: the script failed.
    """  # fmt: skip
    if asked.model is not None and asked.model.replay is not None:
        raise ValueError("a peer asks a model itself: there is no recording to play back")
    name = requirements[0].partition("=")[0]
    python = venvs.python_of(venvs.kept(f"models-{name}", requirements))
    with ours.student(asked, reply), ours.answered(asked, reply) as options:
        told = {
            **given,
            "model": options["model"][0],
            "api_base": options.get("api_base"),
            "student": f"openai/{os.environ.get('STUDENT_MODEL', 'gpt-4o-mini')}",
            "student_base": os.environ.get("STUDENT_API_BASE"),
        }
        done = subprocess.run(
            [python, str(Path(__file__).parent / f"{script}.py")],
            input=json.dumps(told), capture_output=True, text=True, timeout=_HOURS * 3600,
            check=False,
            cwd=tempfile.gettempdir(),  # TextGrad writes a log
            env={
                # An endpoint of one's own may want no key; clients ask for one all the same.
                **({"OPENAI_API_KEY": "none"} if told["api_base"] else {}),
                **os.environ,
                "PYTHONPATH": str(_ROOT),
                "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            },
        )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{script}: {done.stderr.strip().splitlines()[-1:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
