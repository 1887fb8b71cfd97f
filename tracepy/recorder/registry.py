"""What is known of every instrumented module of this process: sites by id."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from tracepy.transforms.instrument import Instrumented, Site
from tracepy.transforms.instrument import instrument as rewrite
from tracepy.transforms.source import Source


@dataclass
class Registry:
    """Sites of all modules, and the module that each belongs to, both by site id."""

    sites: list[Site]
    modules: list[Instrumented]

    def instrument(self, source: Source, module: str) -> Instrumented:
        """Rewrite a module and note its sites. Raises what `transforms.instrument` raises."""
        with _lock:
            result = rewrite(source, module, len(self.sites))
            self.sites += result.sites
            self.modules += [result] * len(result.sites)
        return result


_lock = Lock()
registry = Registry([], [])
