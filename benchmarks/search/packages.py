"""Packages with their tests, from source distributions that pip downloads at pinned versions."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.search.subjects import Subject, Unavailable
from benchmarks.suites.catalogue import SUITES
from benchmarks.suites.places import default_folder


@dataclass(frozen=True)
class Layout:
    """Where things are in a source distribution.

    Attributes:
        package: The folder of the package.
        tests: The folder of its tests.
        modules: Modules that bugs are put into, each with its test files.
    """

    package: str
    tests: str
    modules: dict[str, tuple[str, ...]]


def _one_each(*names: str) -> dict[str, tuple[str, ...]]:
    return {name: (f"test_{name}.py",) for name in names}


# What builds them: pip asks it for the metadata of what it downloads. Old releases need an old one.
_BACKENDS = (
    "setuptools<70", "wheel", "setuptools_scm<8", "flit_core>=3.12", "hatchling>=1.27", "hatch-vcs",
    "poetry-core>=2", "pbr",
)  # fmt: skip

LAYOUTS = {
    "toolz": Layout("toolz", "toolz/tests", _one_each("dicttoolz", "functoolz", "itertoolz", "recipes")),
    "boltons": Layout(
        "boltons",
        "tests",
        {
            **_one_each(
                "cacheutils", "dictutils", "fileutils", "formatutils", "iterutils",
                "jsonutils", "listutils", "mathutils", "namedutils", "pathutils", "queueutils",
                "setutils", "strutils", "tableutils", "timeutils", "typeutils", "urlutils",
            ),
            "debugutils": ("test_debugutils_trace.py",),
            "funcutils": ("test_funcutils.py", "test_funcutils_fb.py", "test_funcutils_fb_py3.py"),
            "ioutils": ("test_ioutils.py",),
            "statsutils": ("test_statsutils.py", "test_statsutils_histogram.py"),
            "tbutils": ("test_tbutils.py", "test_tbutils_parsed_exc.py"),
        },
    ),
    "more-itertools": Layout("more_itertools", "tests", _one_each("more", "recipes")),
}  # fmt: skip


def subjects_of(name: str) -> list[Subject]:
    """The modules of a package.

    Raises:
        Unavailable: it could not be downloaded.
    """
    layout = LAYOUTS[name]
    root = unpacked(SUITES[name].release)
    files = {
        str(path.relative_to(root)): path.read_text(encoding="utf-8", errors="surrogateescape")
        for folder in (layout.package, layout.tests)
        for path in sorted((root / folder).rglob("*"))
        if path.suffix in (".py", ".txt", ".json") and path.is_file()
    }
    return [
        Subject(
            f"{name}.{module}",
            name,
            files,
            f"{layout.package}/{module}.py",
            tuple(f"{layout.tests}/{test}" for test in tests),
        )
        for module, tests in layout.modules.items()
    ]


def unpacked(release: str) -> Path:
    """The unpacked source distribution of a release, in the user's cache.

    Raises:
        Unavailable: pip could not download it.
    """
    home = _cache() / "sdists" / release.replace("==", "-")
    source = home / "source"
    if source.is_dir():
        return source
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    _pip(
        "download", "--no-deps", "--no-binary", ":all:", "--no-build-isolation", "-d", str(home), release,
    )  # fmt: skip
    archives = [*home.glob("*.tar.*"), *home.glob("*.tgz")]
    if not archives:
        raise Unavailable(f"{release}: its source comes as something else than a tar archive")
    with tarfile.open(archives[0]) as packed:
        packed.extractall(home / "unpacked", filter="data")
    (root,) = (home / "unpacked").iterdir()
    root.rename(source)
    return source


def needed(packages: tuple[str, ...]) -> Path | None:
    """A folder in the user's cache with these packages, for the import path; None for none.

    Raises:
        Unavailable: pip could not install them.
    """
    if not packages:
        return None
    folder = _cache() / "needs" / "-".join(packages).replace("==", "-")
    if not folder.is_dir():
        _pip("install", "--no-deps", "--target", str(folder), *packages)
    return folder


def _pip(*arguments: str) -> None:
    """Run pip in an environment of its own that has what builds the packages' metadata.

    Raises:
        Unavailable: it failed.
    """
    home = _cache() / f"pip-{'.'.join(map(str, sys.version_info[:2]))}"
    python = home / "bin" / "python"
    recipe = home / "done"
    commands: list[list[str]] = []
    if not recipe.is_file() or recipe.read_text() != repr(_BACKENDS):
        commands.append([sys.executable, "-m", "venv", "--clear", str(home)])
        commands.append([str(python), "-m", "pip", "-q", "install", *_BACKENDS])
    commands.append([str(python), "-m", "pip", "--disable-pip-version-check", "-q", *arguments])
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
        if done.returncode:
            raise Unavailable(f"{' '.join(command[3:])}: {done.stderr.strip()[-500:]}")
    recipe.write_text(repr(_BACKENDS))


def _cache() -> Path:
    return default_folder().parent / "search"
