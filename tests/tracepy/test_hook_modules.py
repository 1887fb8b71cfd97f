"""Every kind of module under the hook, and other hooks beside it."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.resources
import importlib.util
import inspect
import json
import pkgutil
import runpy
import sys
import types
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import tracepy.hook.loader
from tracepy.errors import InstrumentationWarning
from tracepy.hook import install, uninstall
from tracepy.recorder import record

SOURCE = "def f(x):\n    y = x + 1\n    return y\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in `sys.path`; modules whose names begin with `kind` are forgotten at the end."""
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    uninstall()
    for name in [name for name in sys.modules if name.startswith("kind")]:
        del sys.modules[name]


def lines_of(module: types.ModuleType) -> dict[str, set[int]]:
    with record() as trace:
        assert module.f(1) == 2
    return trace.lines()


def test_a_namespace_packages_modules(folder: Path) -> None:
    (folder / "kind_space" / "inner").mkdir(parents=True)
    path = folder / "kind_space" / "inner" / "part.py"
    path.write_text(SOURCE)
    with install("kind_space") as hook:
        module = importlib.import_module("kind_space.inner.part")
        assert hook.skipped == []  # a namespace package has no code
    assert lines_of(module) == {str(path): {2, 3}}


def test_a_module_in_a_zip_archive(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = folder / "kinds.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("kind_zipped/__init__.py", "from .part import f\n")
        file.writestr("kind_zipped/part.py", SOURCE)
        file.writestr("kind_zipped/data.txt", "text")
        file.writestr("kind_pragma.py", "# tracepy: instrument\n" + SOURCE)
    monkeypatch.syspath_prepend(str(archive))
    with install("kind_zipped"):
        module = importlib.import_module("kind_zipped")
        marked = importlib.import_module("kind_pragma")
    assert lines_of(module) == {str(archive / "kind_zipped" / "part.py"): {2, 3}}
    assert lines_of(marked) == {str(archive / "kind_pragma.py"): {3, 4}}
    assert inspect.getsource(module.f) == SOURCE
    assert pkgutil.get_data("kind_zipped", "data.txt") == b"text"
    assert "zipimporter" in repr(module.__loader__)


def test_reload_takes_the_new_source(folder: Path) -> None:
    path = folder / "kind_reloaded.py"
    path.write_text(SOURCE)
    with install("kind_reloaded"):
        module = importlib.import_module("kind_reloaded")
        path.write_text("def f(x):\n    return x + 1  # in one line\n")
        assert importlib.reload(module) is module
    assert lines_of(module) == {str(path): {2}}


def test_modules_that_came_too_early_are_named(folder: Path) -> None:
    path = folder / "kind_early.py"
    path.write_text(SOURCE)
    module = importlib.import_module("kind_early")
    with pytest.warns(InstrumentationWarning, match=r"kind_early\. Call tracepy\.install") as seen:
        hook = install("kind_*")
    assert len(seen) == 1 and seen[0].filename == __file__
    assert hook.skipped == [("kind_early", "imported before the hook was installed")]
    assert lines_of(module) == {}
    importlib.reload(module)
    assert lines_of(module) == {str(path): {2, 3}}
    assert hook.skipped == []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        install("kind_*")  # instrumented by another hook already
        install("sys", "_json", "nothing_*")


def test_what_is_skipped_has_a_reason() -> None:
    importlib.import_module("_struct")
    with install("sys", "_struct", "zipimport", "tracepy.errors") as hook:
        reasons = dict(hook.skipped)
    assert reasons["sys"] == "built into the interpreter"
    assert reasons["zipimport"] == "frozen into the interpreter"
    assert reasons["tracepy.errors"] == "part of tracepy"
    assert reasons["_struct"] in ("an extension module", "built into the interpreter")


def test_bytecode_without_source_runs_as_it_is(folder: Path) -> None:
    import py_compile

    source = folder / "kind_bare.py"
    source.write_text(SOURCE)
    py_compile.compile(str(source), str(folder / "kind_bare.pyc"), doraise=True)
    source.unlink()
    with install("kind_bare") as hook:
        module = importlib.import_module("kind_bare")
        assert hook.skipped == [("kind_bare", "bytecode without source")]
    assert lines_of(module) == {}


def test_a_rewriting_that_fails_says_how_to_report_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(data: bytes, path: str, module: str) -> None:
        raise ValueError("no such node")

    monkeypatch.setattr(tracepy.hook.loader, "compile_instrumented", fails)
    path = folder / "kind_odd.py"
    path.write_text(SOURCE)
    with install("kind_odd") as hook:
        with pytest.warns(
            InstrumentationWarning, match="no such node.*report this as a bug"
        ) as seen:
            module = importlib.import_module("kind_odd")
        assert hook.skipped == [("kind_odd", "cannot be rewritten: ValueError: no such node")]
    assert (seen[0].filename, seen[0].lineno) == (str(path), 1)
    assert lines_of(module) == {}


class Elsewhere(importlib.abc.MetaPathFinder):
    """What an editable install puts into `sys.meta_path`: modules outside of `sys.path`."""

    def __init__(self, places: dict[str, Path]) -> None:
        self.places = places

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name not in self.places:
            return None
        return importlib.util.spec_from_file_location(name, self.places[name])


def test_modules_that_another_finder_finds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "elsewhere" / "x.py"
    path.parent.mkdir()
    path.write_text(SOURCE)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Elsewhere({"kind_far": path})])
    with install("kind_far"):
        module = importlib.import_module("kind_far")
    assert lines_of(module) == {str(path): {2, 3}}


def test_a_finder_in_front_has_its_way(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Own(importlib.machinery.SourceFileLoader):
        pass

    path = folder / "kind_claimed.py"
    path.write_text(SOURCE)

    class Front(Elsewhere):
        def find_spec(
            self, name: str, path: object = None, target: object = None
        ) -> importlib.machinery.ModuleSpec | None:
            place = self.places.get(name)
            loader = Own(name, str(place))
            return place and importlib.util.spec_from_file_location(name, place, loader=loader)

    with install("kind_claimed") as hook:
        monkeypatch.setattr(sys, "meta_path", [Front({"kind_claimed": path}), *sys.meta_path])
        module = importlib.import_module("kind_claimed")
        ((name, reason),) = hook.skipped
    assert name == "kind_claimed" and reason.startswith("loaded by ") and reason.endswith("Own")
    assert lines_of(module) == {}


def test_a_module_looks_like_a_plain_one(folder: Path) -> None:
    package = folder / "kind_pack"
    package.mkdir()
    (package / "__init__.py").write_text('"""Doc."""\nfrom kind_pack.part import f\n')
    (package / "part.py").write_text(SOURCE)
    (package / "data.txt").write_text("text")

    def seen(patterns: tuple[str, ...]) -> str:
        for name in ("kind_pack", "kind_pack.part"):
            sys.modules.pop(name, None)
        with install(*patterns):
            module = importlib.import_module("kind_pack")
        loader, spec = module.__loader__, module.__spec__
        assert loader is not None and spec is not None and loader is spec.loader
        found = [
            sorted(vars(module)), repr(module), module.__cached__, module.__file__, module.__path__,
            repr(loader), spec.origin, spec.cached, spec.has_location, spec.parent, repr(spec),
            loader.name, loader.path, loader.is_package("kind_pack"), loader.get_filename("kind_pack"),  # type: ignore[attr-defined]
            loader.get_source("kind_pack"), inspect.getsource(module.f), inspect.getdoc(module),  # type: ignore[attr-defined]
            pkgutil.get_data("kind_pack", "data.txt"), loader.get_data(module.__file__ or ""),  # type: ignore[attr-defined]
            importlib.resources.files("kind_pack").joinpath("data.txt").read_text(),
            [info.name for info in pkgutil.walk_packages(module.__path__, "kind_pack.")],
            module.f.__code__.co_filename, module.f.__code__.co_firstlineno, isinstance(loader, importlib.machinery.SourceFileLoader),
        ]  # fmt: skip
        return json.dumps([str(item).split(" object at 0x")[0] for item in found], indent=1)

    assert seen(("kind_pack",)) == seen(())


def test_errors_come_from_where_they_come_from_plain(folder: Path) -> None:
    (folder / "kind_bad.py").write_text("def f(:\n")
    (folder / "kind_worse.py").write_text("import kind_nowhere\n")

    def raised(name: str, patterns: tuple[str, ...]) -> list[object]:
        with install(*patterns), pytest.raises((SyntaxError, ImportError)) as caught:
            importlib.import_module(name)
        traceback, places = caught.value.__traceback__, []
        while traceback is not None:
            code = traceback.tb_frame.f_code
            places.append((code.co_filename, code.co_name, traceback.tb_lineno))
            traceback = traceback.tb_next
        return [str(caught.value), caught.value.__context__, places]

    for name in ("kind_bad", "kind_worse"):
        assert raised(name, (name,)) == raised(name, ())


def test_a_module_can_be_run_by_name(folder: Path) -> None:
    (folder / "kind_run.py").write_text(SOURCE + "NAME = __name__\n")
    with install("kind_run"), record() as trace:
        found = runpy.run_module("kind_run", run_name="other")
    assert found["NAME"] == "other"
    assert trace.lines() == {str(folder / "kind_run.py"): {1, 4}}
