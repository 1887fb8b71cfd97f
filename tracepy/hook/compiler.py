"""From source to instrumented code."""

from __future__ import annotations

import warnings
from types import CodeType

import tracepy.recorder.log as recorder
from tracepy.errors import InstrumentationWarning
from tracepy.recorder.registry import registry
from tracepy.transforms.instrument import GATE
from tracepy.transforms.source import Source


def connected(code: CodeType) -> CodeType:
    """The code with the recorder in the place that the rewritten syntax kept for it."""
    constants = tuple(
        connected(part) if isinstance(part, CodeType) else recorder if _is_gate(part) else part
        for part in code.co_consts
    )
    return code.replace(co_consts=constants)


def _is_gate(constant: object) -> bool:
    return type(constant) is str and constant == GATE


def instrumented(data: bytes | str, path: str, module: str) -> CodeType:
    """Instrumented code of a module; plain code, and a warning, where that cannot be had.

    Raises what compiling the source raises.
    """
    reason: BaseException
    try:
        source = Source.decode(data, path) if isinstance(data, bytes) else Source(data, path)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            tree = registry.instrument(source, module).tree
            code = connected(compile(tree, path, "exec", dont_inherit=True))
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as error:
        reason = error
    else:
        if caught:
            # The compiler's warnings as plain Python gives them: once, in its order.
            compile(data, path, "exec", dont_inherit=True)
        return code
    # Outside the handler, so that the user's own SyntaxError has no context of ours.
    code = compile(data, path, "exec", dont_inherit=True)
    warnings.warn(
        f"{module} ({path}) runs without instrumentation: {reason}",
        InstrumentationWarning,
        stacklevel=2,
    )
    return code
