"""Which domains there are, and what has to be installed for one."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType

from benchmarks import venvs
from benchmarks.paper.domain import Domain

NAMES = (
    "numerical", "traffic", "battleship", "reach", "push", "pick_place", "bbh",
    "object_counting", "word_sorting", "gsm8k", "mmlu_machine_learning", "mmlu_college_physics", "gpqa",
)  # fmt: skip
# One thread each: cells run side by side, and small matrices gain nothing from more.
_SINGLE = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def get(name: str) -> Domain:
    """A domain by its name."""
    module: ModuleType = import_module(f"benchmarks.paper.{name}")
    domain: Domain = module.DOMAIN
    return domain


def prepare(domain: Domain) -> None:
    """Have what a domain's methods import; installed on first use into an environment that is kept.

    Workers that a method starts find it, too.
    """
    os.environ.update(dict.fromkeys(_SINGLE, "1"))
    if not domain.requirements:
        return
    folder = venvs.kept(_environment(domain), domain.requirements, seconds=3600)
    packages = str(venvs.packages_of(folder))
    if packages not in sys.path:
        sys.path.append(packages)
        known = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join([packages, *([known] if known else [])])


def _environment(domain: Domain) -> str:
    """What the environment is called: domains that need the same share one."""
    return "paper-" + "-".join(need.partition("=")[0] for need in domain.requirements)
