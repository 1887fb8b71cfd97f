"""What `benchmarks/recording.py` runs beside tracepy, and what its programs need."""

from __future__ import annotations

from pathlib import Path

from benchmarks import venvs

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


def environment(name: str, seconds: float = 900) -> Path:
    """The folder of an environment.

    Args:
        name: `packages`, or one of `PEERS`.
        seconds: How long the installation may take.

    Raises:
        subprocess.SubprocessError: it cannot be installed.
    """
    return venvs.kept(name, (*PACKAGES, *PEERS.get(name, ())), seconds)
