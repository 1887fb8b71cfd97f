"""One measurement of `benchmarks/graph.py`, in a process of its own: prints JSON.

python -m benchmarks.graph_child SHAPE EVENTS
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of CPU, and what came of it."""
    start = time.process_time()
    found = act()
    return time.process_time() - start, found


def measure(shape: str, events: int) -> dict[str, Any]:
    """Record a shape, and do with its graph all that is done with graphs."""
    from tracepy.graph import Graph
    from tracepy.graph.propagate import Condensed
    from tracepy.graph.written import save
    from tracepy.hook import install
    from tracepy.recorder import record

    sys.setrecursionlimit(1_000_000)
    with install("benchmarks.graph_shapes"):
        from benchmarks import graph_shapes
    with record(events=100_000_000) as trace:
        graph_shapes.SHAPES[shape](events)
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    build, graph = timed(trace.graph)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cut_seconds, cut = timed(graph.slice)
    forward, _ = timed(lambda: graph.forward(f"benchmarks.graph_shapes:{_function(shape)}"))
    columns = graph.nodes.columns
    parts = (columns.place, columns.call, columns.value, columns.identity, columns.starts,
             columns.edges)  # fmt: skip
    found = {
        "shape": shape,
        "events": trace.events,
        "nodes": len(graph.nodes),
        "sliced": len(cut.nodes),
        "build": build,
        "slice": cut_seconds,
        "forward": forward,
        "bytes a node": sum(part.itemsize * len(part) for part in parts) / max(1, len(columns)),
        "log bytes an event": trace.size / max(1, trace.events),
        "peak bytes a node": 1024 * (after - before) / max(1, len(columns)),
        "text": timed(lambda: graph.to_text(limit=200))[0],
        "condensed": timed(lambda: Condensed().propagate(graph))[0],
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "graph.json"
        found["save"] = timed(lambda: save(graph, file))[0]
        found["megabytes"] = file.stat().st_size / 1e6
        found["load"] = timed(lambda: Graph.from_json(file.read_bytes()))[0]
    return found


def _function(shape: str) -> str:
    return {"fan-out": "fan_out", "loop over a list": "over_list", "deep recursion": "down"}.get(
        shape, shape
    )


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
