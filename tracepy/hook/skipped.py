"""Modules that a pattern means and that are not instrumented, and why."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import (
    BuiltinImporter,
    ExtensionFileLoader,
    FrozenImporter,
    SourceFileLoader,
    SourcelessFileLoader,
)
from types import ModuleType
from zipimport import zipimporter

from tracepy.hook.finder import is_ours, matches
from tracepy.hook.loader import Loader, ZipLoader

EARLIER = "imported before the hook was installed"
_SHOWN = 5


def skipped(patterns: Sequence[str], earlier: frozenset[str]) -> list[tuple[str, str]]:
    """Loaded modules that the patterns mean and that run plain, each with the reason.

    Args:
        patterns: As given to `install`.
        earlier: Names of the modules that were there before the hook.
    """
    found = []
    for name, module in _meant(patterns):
        reason = _reason(name, module, name in earlier)
        if reason is not None:
            found.append((name, reason))
    return sorted(found)


def imported(patterns: Sequence[str]) -> list[str]:
    """Modules that the patterns mean and that came too early to be instrumented.

    The standard library's count only where a pattern names them: the interpreter itself has
    imported many, and nobody who asks for `*` can change that.
    """
    exact = [p for p in patterns if p.partition(".")[0] in sys.stdlib_module_names]
    return sorted(
        name
        for name, module in _meant(patterns)
        if _reason(name, module, True) == EARLIER
        and (name.partition(".")[0] not in sys.stdlib_module_names or matches(name, exact))
    )


def too_late(names: Sequence[str]) -> str:
    """A sentence, without its end, on modules that came too early to be instrumented."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"already imported, so not instrumented: {', '.join(names[:_SHOWN])}{more}"


def _meant(patterns: Sequence[str]) -> Iterator[tuple[str, ModuleType]]:
    for name, module in list(sys.modules.items()):
        # Other things in `sys.modules` may do anything when they are asked for an attribute.
        if isinstance(module, ModuleType) and matches(name, patterns):
            yield name, module


def _reason(name: str, module: ModuleType, earlier: bool) -> str | None:
    """Why a module runs plain; None where it does not, or has no code."""
    namespace = ModuleType.__getattribute__(module, "__dict__")
    spec = namespace.get("__spec__")
    loader = getattr(spec, "loader", None) or namespace.get("__loader__")
    if isinstance(loader, Loader | ZipLoader):
        return f"cannot be rewritten: {loader.failure}" if loader.failure else None
    if is_ours(name):
        return "part of tracepy"
    if loader is BuiltinImporter:
        return "built into the interpreter"
    if loader is FrozenImporter:
        return "frozen into the interpreter"
    if isinstance(loader, ExtensionFileLoader):
        return "an extension module"
    if isinstance(loader, SourcelessFileLoader):
        return "bytecode without source"
    if earlier and isinstance(loader, SourceFileLoader | zipimporter):
        return EARLIER
    if type(loader) is zipimporter:
        return "bytecode without source"
    if type(loader) is SourceFileLoader:
        return "loaded from its file, past the import hooks"
    if loader is None or (spec is not None and spec.origin is None):
        return None  # a namespace package, or made by hand
    return f"loaded by {type(loader).__module__}.{type(loader).__qualname__}"
