"""Environments for what `benchmarks/recording.py` runs beside tracepy: made once, then kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

PACKAGES = ("jinja2==3.1.6", "markupsafe==3.0.3", "toolz==1.1.0")
"""The packages that two of the workloads are about; every environment has them."""
PEERS = {
    "coverage": ("coverage==7.17.3",),
    "viztracer": ("viztracer==1.1.1",),
    "dynapyt": ("dynapyt==4.1.0", "libcst==1.9.0"),
    "pyccolo": ("pyccolo==0.0.96",),
    "opentrace": ("trace-opt==0.1.3.8",),
}
"""What each peer needs, apart from each other so that none decides another's versions."""


def cache() -> Path:
    """Where the environments are kept."""
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(home).expanduser() / "tracepy-benchmarks"


def environment(name: str, seconds: float = 900) -> Path:
    """The folder of an environment; made, or made anew when its requirements have changed.

    Args:
        name: `packages`, or one of `PEERS`.
        seconds: How long the installation may take.

    Raises:
        subprocess.SubprocessError: it cannot be installed.
    """
    wanted = [*PACKAGES, *PEERS.get(name, ())]
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
