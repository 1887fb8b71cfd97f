"""From source to instrumented code."""

from __future__ import annotations

import gc
import warnings
from _thread import RLock
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType

from tracepy.recorder import budget
from tracepy.recorder._log import bind
from tracepy.recorder.registry import registry
from tracepy.transforms.instrument import Instrumented, instrument
from tracepy.transforms.source import Source


@dataclass(frozen=True)
class Compiled:
    """A module's code before it is bound to the recorder, as a cache can keep it.

    Attributes:
        first: The number of its first site.
        code: Instrumented, with placeholders for the recorder's objects.
        facts: The static facts of its sites, or how to get at them.
        module: Dotted name.
    """

    first: int
    code: CodeType
    facts: Instrumented | Callable[[], Instrumented]
    module: str

    def pickled_facts(self) -> bytes:
        """The facts as bytes that `pickle.loads` reads."""
        facts = self.facts if isinstance(self.facts, Instrumented) else self.facts()
        import pickle  # late: workers are forked with what is imported, and need it not

        return pickle.dumps(facts, protocol=5)


def compile_instrumented(data: bytes | str, path: str, module: str) -> Compiled:
    """Instrumented code that is not bound yet.

    Raises:
        SyntaxError, ValueError, TypeError, RecursionError, MemoryError, KeyError: it cannot be
            had; whether the source itself is at fault shows when it is compiled plain.
    """
    source = Source.decode(data, path) if isinstance(data, bytes) else Source(data, path)
    first = registry.first(path, module, data)
    with _quietly():
        facts = instrument(source, module, first)
        code = compile(facts.tree, path, "exec", dont_inherit=True)
    return Compiled(first, code, facts.without_tree(), module)


_one_at_a_time = RLock()


@contextmanager
def _quietly() -> Iterator[None]:
    """No warnings of the compiler, which does not know what our syntax stands for; no collector.

    `catch_warnings` would also make Python forget which of the program's warnings were shown.
    Collecting garbage takes more than half of the time: a tree is all live.
    """
    with _one_at_a_time:  # or one thread would put back what another one has put there
        filters, collecting = warnings.filters, gc.isenabled()
        warnings.filters = [("ignore", None, Warning, None, 0)]
        gc.disable()
        try:
            yield
        finally:
            warnings.filters = filters
            if collecting:
                gc.enable()


def connected(compiled: Compiled) -> CodeType:
    """The code with the recorder in the places that the rewritten syntax kept for it.

    The same code: it must not have been run yet.
    """
    registry.add(compiled.first, compiled.facts, compiled.module)
    bind(compiled.code, budget.gates)
    return compiled.code
