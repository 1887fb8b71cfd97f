"""Evaluations per second of a trivial objective, beside OpenEvolve on the same candidates.

    python -m benchmarks.throughput [--evaluations 1000]

OpenEvolve is installed into a temporary environment and asks a local server that answers at once
with the candidates that tracepy judged, in the same order. Both judge with two workers.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
import venv
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.report import publish

MODULE = '''"""A few lines with room for many edits."""


def price(amount, rate, members):
    total = amount * (1 + rate)
    if members > 3:
        total = total - amount / 10
    for index in range(members):
        if index % 2 == 0 and total > 50:
            total = total - index
    return max(total, amount / 2)


def label(name, total, currency):
    words = [part.strip() for part in name.split(",")]
    if not words or total < 0:
        return ""
    return " ".join(words[:3]) + f": {total:.2f} {currency}"
'''
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
    """Seconds for so many evaluations, and the candidates' texts."""
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
        if result["evaluations"] < evaluations:
            raise SystemExit(f"only {result['evaluations']} candidates: ask for fewer")
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


def theirs(evaluations: int, texts: list[str], version: str) -> float:
    """Seconds that OpenEvolve takes for the same candidates."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    Server.texts = cycle(texts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "env", with_pip=True)
        python = folder / "env" / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "-q", f"openevolve=={version}"], check=True)
        (folder / "shop.py").write_text(MODULE)
        (folder / "evaluator.py").write_text(EVALUATOR)
        config = CONFIG.format(evaluations=evaluations, port=server.server_address[1])
        (folder / "config.yaml").write_text(config)
        command = [folder / "env" / "bin" / "openevolve-run", "shop.py", "evaluator.py"]
        command += ["-c", "config.yaml", "-o", "out"]
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, capture_output=True, check=True)
        seconds = time.perf_counter() - start
    server.shutdown()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluations", type=int, default=1000)
    parser.add_argument("--openevolve", default="0.4.0", help="its version")
    chosen = parser.parse_args()
    mine, texts = ours(chosen.evaluations)
    peer = theirs(chosen.evaluations, texts, chosen.openevolve)
    rows = [
        {"tool": "tracepy", "evaluations": chosen.evaluations, "seconds": mine, "per second": chosen.evaluations / mine, "ratio": peer / mine},
        {"tool": f"OpenEvolve {chosen.openevolve}", "evaluations": chosen.evaluations, "seconds": peer, "per second": chosen.evaluations / peer, "ratio": 1.0},
    ]  # fmt: skip
    publish(
        "throughput",
        rows,
        "whole processes, start-up included; tracepy isolates each candidate in a process of its own",
    )


if __name__ == "__main__":
    main()
