"""The ten nodes in OpenTrace, and what its optimizers ask; run by its own interpreter."""

from __future__ import annotations

import importlib
import json
from types import SimpleNamespace
from typing import Any

# Where each optimizer is: the second version is in the repository, not in every release.
OPTIMIZERS = {
    "OptoPrime": "opto.optimizers.optoprime",
    "OptoPrimeV2": "opto.optimizers.optoprime_v2",
    "OPRO": "opto.optimizers.opro",
}


class Keeping:
    """Stands for the model: keeps the messages, suggests nothing."""

    def __init__(self) -> None:
        self.prompts: list[list[str]] = []

    def __call__(self, messages: list[dict[str, str]], **_: Any) -> Any:
        self.prompts.append([message["content"] for message in messages])
        text = json.dumps({"reasoning": "", "answer": "", "suggestion": {}})
        return SimpleNamespace(choices=[SimpleNamespace(message=SimpleNamespace(content=text))])


def asked(name: str) -> dict[str, Any]:
    """What one optimizer asks, and what it calls the nodes."""
    from opto.trace import GRAPH, node  # type: ignore[import-not-found, unused-ignore]

    try:
        optimizer_type = getattr(importlib.import_module(OPTIMIZERS[name]), name)
    except (ImportError, AttributeError):
        return {"optimizer": name, "missing": "not in this release"}
    GRAPH.clear()
    a, b = node(1, name="A", trainable=True), node(2, name="B", trainable=True)
    c = a + b
    d = c * 2
    e = d - b
    f = e * c
    g = f + a
    h = g - 3
    model = Keeping()
    optimizer = optimizer_type([a, b], llm=model)
    optimizer.zero_feedback()
    optimizer.backward(h, "The output should be 7.")
    optimizer.step()
    names = {
        key: each.py_name for key, each in zip("ABcdefgh", (a, b, c, d, e, f, g, h), strict=True)
    }
    names["d constant"], names["h constant"] = d.parents[1].py_name, h.parents[1].py_name
    return {"optimizer": name, "prompts": model.prompts, "names": names}


if __name__ == "__main__":
    print(json.dumps([asked(name) for name in OPTIMIZERS]))
