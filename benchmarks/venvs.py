"""Environments for what benchmarks run beside tracepy: made once, then kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path


def cache() -> Path:
    """Where the environments are kept."""
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(home).expanduser() / "tracepy-benchmarks"


def kept(name: str, requirements: Sequence[str], seconds: float = 900) -> Path:
    """The folder of an environment; made, or made anew when its requirements have changed.

    Args:
        name: What its folder is called.
        requirements: What is installed into it.
        seconds: How long the installation may take.

    Raises:
        subprocess.SubprocessError: it cannot be installed.
    """
    wanted = list(requirements)
    folder = cache() / f"{name}-{sys.version_info.major}.{sys.version_info.minor}"
    stamp = folder / "requirements.json"
    if stamp.is_file() and json.loads(stamp.read_text()) == wanted:
        return folder
    print(f"installing {' '.join(wanted)}", file=sys.stderr, flush=True)
    venv.create(folder, with_pip=True, clear=True)
    command = [python_of(folder), "-m", "pip", "install", "--quiet", *wanted]
    subprocess.run(command, check=True, timeout=seconds, capture_output=True)
    stamp.write_text(json.dumps(wanted))
    return folder


def python_of(folder: Path) -> str:
    """An environment's interpreter."""
    return str(folder / "bin" / "python")


def packages_of(folder: Path) -> Path:
    """Where an environment's packages are."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return folder / "lib" / version / "site-packages"
