"""Runs a script or a module as `python` would, but instrumented."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType

from tracepy.errors import UserError
from tracepy.hook.loader import code_of


def run_path(path: str, argv: Sequence[str] = (), instrument: bool = True) -> None:
    """Run a script in a fresh `__main__`. What it raises, SystemExit included, passes through.

    Args:
        path: The script's file, kept as it is given (`sys.argv[0]`).
        argv: Its arguments, without its name.
        instrument: Whether the script itself is instrumented, not only what it imports.

    Raises:
        UserError: the file cannot be read.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"cannot run {path}: {error.strerror or error}") from error
    sys.argv[:] = [path, *argv]
    sys.path[:] = [str(Path(path).resolve().parent), *sys.path[1:]]
    # As Python does it: links and `..` stay.
    path = os.path.join(os.getcwd(), path)  # noqa: PTH118, PTH109
    module = _main(SourceFileLoader("__main__", path), path, None)
    code = code_of(data, path, "__main__", instrument)
    exec(code, module.__dict__)


def run_module(name: str, argv: Sequence[str] = (), instrument: bool = True) -> None:
    """Run a module as `python -m` does. What it raises passes through.

    Raises:
        UserError: there is no such module, or it is a package without `__main__`.
    """
    sys.path[:] = [str(Path.cwd()), *sys.path[1:]]
    spec = _spec(name)
    if spec is not None and spec.submodule_search_locations is not None:
        spec = _spec(f"{name}.__main__")
    if spec is None or not isinstance(spec.loader, SourceFileLoader) or spec.origin is None:
        raise UserError(f"no module named {name} that can be run")
    path = spec.origin
    sys.argv[:] = [path, *argv]
    module = _main(spec.loader, path, spec)
    data = Path(path).read_bytes()
    code = code_of(data, path, "__main__", instrument)
    exec(code, module.__dict__)


def _spec(name: str) -> ModuleSpec | None:
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None


def _main(loader: SourceFileLoader, path: str, spec: ModuleSpec | None) -> ModuleType:
    module = ModuleType("__main__")
    module.__dict__.update(
        __file__=path, __loader__=loader, __spec__=spec, __builtins__=sys.modules["builtins"],
        __annotations__={}, __cached__=spec.cached if spec else None, __package__=spec.parent if spec else None,
    )  # fmt: skip
    sys.modules["__main__"] = module
    return module
