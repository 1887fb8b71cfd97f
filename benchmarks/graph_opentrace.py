"""The same shapes in OpenTrace, run by its own interpreter: prints JSON.

python benchmarks/graph_opentrace.py SHAPE OPERATIONS
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any


def built(shape: str, count: int) -> Any:
    """The node that feedback is given to."""
    from opto.trace import node  # type: ignore[import-not-found, unused-ignore]

    if shape == "chain":
        value = node(0, trainable=True)
        for i in range(count):
            value = value + i
        return value
    if shape == "tree":
        layer = [node(i, trainable=True) for i in range(count)]
        while len(layer) > 1:
            layer = [layer[i] + layer[i + 1] for i in range(0, len(layer) - 1, 2)]
        return layer[0]
    root = node(3, trainable=True)
    total = node(0)
    for i in range(count // 2):
        total = total + root * i
    return total


def main() -> None:
    """Build, and propagate feedback back."""
    shape, count = sys.argv[1], int(sys.argv[2])
    sys.setrecursionlimit(1_000_000)
    start = time.process_time()
    output = built(shape, count)
    middle = time.process_time()
    output.backward("feedback", visualize=False)
    end = time.process_time()
    print(json.dumps({"build": middle - start, "backward": end - middle}))


if __name__ == "__main__":
    main()
