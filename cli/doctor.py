"""`tracepy doctor`: what this machine offers."""

from __future__ import annotations

import click

_NEEDED = ("click", "rich", "sqlalchemy", "optuna", "pytest")


@click.command("doctor")
def command() -> None:
    """Say what this machine offers: Python, isolation, model access, versions, the run store."""
    import platform
    import sys
    from importlib.util import find_spec

    import tracepy

    _row("tracepy", tracepy.__version__)
    _row("python", f"{platform.python_version()} ({sys.executable})")
    _row("platform", platform.platform())
    _isolation()
    _models(find_spec("litellm") is not None)
    if find_spec("distributed") is not None:
        _row("clusters", f"dask.distributed {_version('distributed')}")
    else:
        _row("clusters", "dask.distributed is not installed (--executor dask://… needs it)")
    for name in _NEEDED:
        _row(name, _version(name))
    _row("run store", _store())


def _isolation() -> None:
    from tracepy.evaluation import probe

    found = probe("auto")
    _row("isolation", found.mode)
    for head, lines in (("cannot", found.holds), ("still can", found.open)):
        for line in lines:
            _row("", f"a candidate {head} {line}")


def _models(installed: bool) -> None:
    """litellm's version, and the names of keys that are set; never what they are."""
    from pathlib import Path

    from tracepy.errors import UserError
    from tracepy.llm.keys import Keys
    from tracepy.target import project_of

    if not installed:
        _row("models", "litellm is not installed (only optimizers that ask a model need it)")
        return
    _row("models", f"litellm {_version('litellm')}")
    try:
        names = Keys.found(None, project_of(Path.cwd().resolve())).known()
    except UserError as error:
        _row("", str(error))
        return
    none = "no key of a provider is set, in the environment or in .env (local servers need none)"
    _row("", f"keys that are set: {', '.join(names)}" if names else none)


def _store() -> str:
    import os
    from pathlib import Path

    from tracepy.store.place import existing
    from tracepy.target import project_of

    project = project_of(Path.cwd().resolve())
    place = existing(project)
    if place is not None:
        return place.label
    return os.environ.get("TRACEPY_STORE") or f"{project / '.tracepy'} (no runs yet)"


def _version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return "is not installed"


def _row(head: str, text: str) -> None:
    from tracepy.cli.screen import say

    say(f"{head:<11}{text}")
