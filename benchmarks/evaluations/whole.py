"""Whole runs of a trivial objective, start-up included, beside OpenEvolve on the same candidates.

OpenEvolve asks a local server that answers at once with the candidates that tracepy judged, in the
same order. Both judge with two workers.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks import venvs
from benchmarks.evaluations.cases import MODULE
from benchmarks.evaluations.peers import REQUIREMENTS

# Never satisfied, so that both go through all candidates.
JUDGE = """import shop


def score():
    return 0.5 if shop.price(100, 0.2, 4) == 3 else 0.25
"""
EVALUATOR = """import importlib.util


def evaluate(path):
    spec = importlib.util.spec_from_file_location("candidate", path)
    shop = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(shop)
        return {"combined_score": 0.5 if shop.price(100, 0.2, 4) == 3 else 0.25}
    except Exception:
        return {"combined_score": 0.0}
"""
CONFIG = """max_iterations: {evaluations}
checkpoint_interval: 1000000
diff_based_evolution: false
log_level: ERROR
random_seed: 1
llm:
  api_base: http://127.0.0.1:{port}/v1
  api_key: none
  models:
    - name: local
      weight: 1.0
database:
  population_size: 1000
evaluator:
  parallel_evaluations: 2
  cascade_evaluation: false
  max_retries: 0
"""


def ours(evaluations: int) -> tuple[float, list[str]]:
    """Seconds of a run with that budget, and the texts of the candidates that it judged."""
    from tracepy.store import Store

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pyproject.toml").write_text("")
        (folder / "shop.py").write_text(MODULE)
        (folder / "judge.py").write_text(JUDGE)
        command = [sys.executable, "-m", "tracepy", "optimize", "shop.py", "--json", "--objective"]
        command += ["judge:score", "--evaluations", str(evaluations), "--workers", "2"]
        start = time.perf_counter()
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - start
        result = json.loads(done.stdout)
        with Store.open(folder.resolve()) as store:
            rows = store.evaluations(result["run"])
        texts = [next(iter(row.sources.values()), MODULE) for row in rows]
    return seconds, texts


class Server(BaseHTTPRequestHandler):
    """Answers every chat completion with the next candidate."""

    protocol_version = "HTTP/1.1"
    texts: Any = iter(())
    lock = threading.Lock()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        with self.lock:
            text = next(type(self).texts)
        message = {"role": "assistant", "content": f"```python\n{text}\n```"}
        body = json.dumps(
            {
                "id": "1",
                "object": "chat.completion",
                "created": 0,
                "model": "local",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def theirs(evaluations: int, texts: list[str]) -> float:
    """Seconds that OpenEvolve takes for the same candidates.

    Raises:
        subprocess.SubprocessError: it cannot be installed, or fails.
    """
    environment = venvs.kept("openevolve", [REQUIREMENTS["openevolve"]])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    Server.texts = cycle(texts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "shop.py").write_text(MODULE)
        (folder / "evaluator.py").write_text(EVALUATOR)
        config = CONFIG.format(evaluations=evaluations, port=server.server_address[1])
        (folder / "config.yaml").write_text(config)
        command = [str(environment / "bin" / "openevolve-run"), "shop.py", "evaluator.py"]
        command += ["-c", "config.yaml", "-o", "out"]
        start = time.perf_counter()
        try:
            subprocess.run(command, cwd=folder, capture_output=True, check=True)
            return time.perf_counter() - start
        finally:
            server.shutdown()
            server.server_close()


def rows(budget: int) -> list[dict[str, Any]]:
    """A row for each tool; tracepy runs before and after the other.

    Args:
        budget: Evaluations that tracepy may take. The other gets as many as it took.
    """
    before, texts = ours(budget)
    number = len(texts)
    try:
        peer: float | str = theirs(number, texts)
    except (subprocess.SubprocessError, OSError) as error:
        peer = f"{type(error).__name__}: {str(error)[:120]}"
    seconds = (before + ours(budget)[0]) / 2
    table = []
    for tool, took in (("tracepy optimize", seconds), (REQUIREMENTS["openevolve"], peer)):
        row: dict[str, Any] = {"tool": tool, "evaluations": number, "seconds": took}
        if not isinstance(took, str):
            row |= {"per second": number / took, "times as long": took / seconds}
        table.append(row)
    return table
