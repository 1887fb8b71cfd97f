"""Where suites live: an environment and an unpacked source distribution for each."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.suites.catalogue import PYTEST, Suite

PROJECT = Path(__file__).resolve().parents[2]
# What `tracepy run` imports; the optimizer's dependencies are not needed here.
_OURS = ("setuptools>=77", "click>=8.1", "rich>=13.7")


class Unavailable(Exception):
    """A suite that cannot be had, with what pip said."""


@dataclass(frozen=True)
class Place:
    """A suite that is ready to run.

    Attributes:
        python: The interpreter of its environment.
        source: The unpacked source distribution, where its tests are run.
    """

    python: Path
    source: Path


def default_folder() -> Path:
    """The user's cache folder for suites."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "tracepy" / "suites"


def prepared(suite: Suite, python: str, folder: Path) -> Place:
    """Environment and source of a suite, made where they are not there yet.

    Raises:
        Unavailable: something could not be downloaded or built.
    """
    version = _output([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).strip()
    home = folder / f"{suite.release.replace('==', '-')}-py{version}"
    place = Place(home / "env" / "bin" / "python", home / "source")
    # Whatever changes what is in the environment makes it anew.
    recipe = repr((suite.release, suite.backends, suite.needs, PYTEST, str(PROJECT)))
    done = home / "done"
    if done.is_file() and done.read_text() == recipe:
        return place
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    _output([python, "-m", "venv", str(home / "env")])
    _pip(place.python, "install", *suite.backends, *_OURS, PYTEST, *suite.needs)
    _pip(place.python, "download", "--no-deps", "--no-binary", ":all:", "--no-build-isolation", "-d", str(home), suite.release)  # fmt: skip
    (archive,) = home.glob("*.tar.gz")
    _pip(place.python, "install", "--no-build-isolation", str(archive))
    _pip(place.python, "install", "--no-build-isolation", "--no-deps", "-e", str(PROJECT))
    with tarfile.open(archive) as packed:
        packed.extractall(home / "unpacked", filter="data")
    (root,) = (home / "unpacked").iterdir()
    root.rename(place.source)
    done.write_text(recipe)
    return place


def _pip(python: Path, *arguments: str) -> None:
    _output([str(python), "-m", "pip", "--disable-pip-version-check", "-q", *arguments])


def _output(command: Sequence[str]) -> str:
    """What a command prints. Raises Unavailable where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    if done.returncode:
        raise Unavailable(f"{' '.join(command)}\n{done.stderr[-2000:]}")
    return done.stdout
