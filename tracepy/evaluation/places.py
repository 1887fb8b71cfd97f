"""The same files under other paths: what is here, and where a remote worker has it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tracepy.evaluation.records import Evaluation, Job


class Places:
    """Maps paths and texts between the user's tree and the copy that a worker unpacked.

    Args:
        roots: The user's folders; the copy has the n-th of them as `copy/n`.
        copy: The folder of the copy. Its name is random, so that in a text it is only itself.
    """

    def __init__(self, roots: tuple[str, ...], copy: Path) -> None:
        pairs = [(root, str(copy / str(number))) for number, root in enumerate(roots)]
        # The innermost root first: a folder may lie in another one that is shipped as well.
        self._there = sorted(pairs, key=lambda pair: -len(pair[0]))
        self._here = sorted(pairs, key=lambda pair: -len(pair[1]))

    def there(self, path: str) -> str:
        """The worker's path of one of ours; a path that was not shipped stays as it is."""
        for root, copy in self._there:
            if path == root or path.startswith(root.rstrip("/") + "/"):
                return copy + path[len(root.rstrip("/")) :]
        return path

    def here(self, text: str) -> str:
        """A text of a worker with our paths in it."""
        for root, copy in self._here:
            text = text.replace(copy, root)
        return text

    def job(self, job: Job) -> Job:
        """A job as the worker is to do it."""
        return replace(job, sources={self.there(path): x for path, x in job.sources.items()})

    def spec(self, value: Any) -> Any:
        """An objective's spec with the worker's paths; of `file::test` the file is one."""
        if isinstance(value, str):
            path, separator, rest = value.partition("::")
            return f"{self.there(path)}{separator}{rest}"
        if isinstance(value, Mapping):
            return {key: self.spec(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.spec(item) for item in value]
        return value

    def evaluation(self, found: Evaluation) -> Evaluation:
        """A worker's verdict as it would have been here."""
        graph, data = found.graph, replace(found, graph=None).to_dict()
        if graph is not None:  # JSON text: what a path has that JSON escapes stays escaped
            for root, copy in self._here:
                graph = graph.replace(copy, json.dumps(root)[1:-1])
        return replace(Evaluation.from_dict(self._tree(data)), graph=graph)

    def _tree(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.here(value)
        if isinstance(value, dict):
            return {self._tree(key): self._tree(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._tree(item) for item in value]
        return value
