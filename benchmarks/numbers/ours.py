"""The tuner of `search`, driven as the search drives it but without a process per point."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.numbers.problem import Dim, Instance, Judge

_BATCH = 2


def _pragma(dim: Dim) -> str:
    if dim.choices:
        return f"in {{{', '.join(map(repr, dim.choices))}}}"
    return f"{'log ' if dim.log else ''}in [{dim.low!r}, {dim.high!r}]"


def search(instance: Instance, judge: Judge, seed: int) -> None:
    from tracepy import parameters as theta
    from tracepy.evaluation.records import Evaluation
    from tracepy.optimizers import Outcome, Task
    from tracepy.optimizers.search.tuner import Tuner
    from tracepy.target import resolve
    from tracepy.transforms.source import Source

    lines = [
        f"X{i} = {value!r}  # tracepy: train {_pragma(dim)}\n"
        for i, (dim, value) in enumerate(zip(instance.dims, instance.start, strict=True))
    ]
    with tempfile.TemporaryDirectory() as name:
        path = Path(name).resolve() / "model.py"
        path.write_text("".join(lines))
        target = resolve(str(path), path.parent)
        first = judge(instance.start)
        task = Task(
            {str(path): Source.read(path)}, {str(path): "model"}, Evaluation("ok", first), -1,
            lambda sources: theta.find(target, sources), lambda source, module: [],
        )  # fmt: skip
        tuner = Tuner(task, {}, -first, theta.find(target), seed)
        while proposals := tuner.propose(_BATCH):
            for proposal in proposals:
                found: dict[str, Any] = {}
                exec(next(iter(proposal.sources.values())), found)
                loss = judge([found[f"X{i}"] for i in range(len(instance.dims))])
                tuner.observe(Outcome(proposal, Evaluation("ok", loss), -loss))
