"""Bytecode of instrumented modules: when it is used, and that it never gets in the way."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tracepy.hook import cache, install, loader, uninstall
from tracepy.recorder import record

SOURCE = "def f(x):\n    y = x + 1\n    return y\n"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    yield
    uninstall()


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    path = tmp_path / "cached_module.py"
    path.write_text(SOURCE)
    yield path
    sys.modules.pop(path.stem, None)


@pytest.fixture
def rewritten(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The modules that were rewritten, rather than found in the cache."""
    names: list[str] = []
    original = loader.compile_instrumented

    def counting(data: bytes | str, path: str, module: str) -> object:
        names.append(module)
        return original(data, path, module)

    monkeypatch.setattr(loader, "compile_instrumented", counting)
    return names


def imported(path: Path, **options: dict[str, str]) -> ModuleType:
    """Import the module anew."""
    importlib.invalidate_caches()
    sys.modules.pop(path.stem, None)
    with install(path.stem, **options):  # type: ignore[arg-type]
        return importlib.import_module(path.stem)


def entries(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if ".opt-tracepy" in file.name]


def test_the_second_import_rewrites_nothing(source: Path, rewritten: list[str]) -> None:
    imported(source)
    module = imported(source)
    assert rewritten == ["cached_module"]
    with record() as trace:
        assert module.f(1) == 2
    assert trace.lines() == {str(source): {2, 3}}
    assert any("y" in node.names for node in trace.graph().nodes.values())


def test_it_lies_beside_the_plain_bytecode_under_a_name_of_its_own(source: Path) -> None:
    imported(source)
    (entry,) = entries(source.parent)
    assert entry.parent.name == "__pycache__"
    assert entry.name.startswith(f"cached_module.{sys.implementation.cache_tag}.opt-tracepy")
    assert entry.suffix == ".pyc"
    with install():  # plain Python does not take it for its own
        sys.modules.pop("cached_module")
        module = importlib.import_module("cached_module")
    with record() as trace:
        module.f(1)
    assert trace.lines() == {}


def test_an_edit_is_seen(source: Path, rewritten: list[str]) -> None:
    imported(source)
    source.write_text(SOURCE.replace("x + 1", "x + 22"))
    assert imported(source).f(1) == 23
    state = source.stat()
    source.write_text(SOURCE.replace("x + 1", "x + 33"))  # of the same length
    os.utime(source, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    assert imported(source).f(1) == 34
    assert len(rewritten) == 3


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:20],
        lambda data: data[:-10],
        lambda data: data[:200] + b"\xff" * 50 + data[250:],
        lambda data: b"x" * len(data),
        lambda data: data + b"more",
        lambda data: data[:-40] + bytes([data[-40] ^ 255]) + data[-39:],  # of the facts
    ],
)
def test_damage_is_mended(source: Path, rewritten: list[str], damage: object) -> None:
    imported(source)
    (entry,) = entries(source.parent)
    sound = entry.read_bytes()
    entry.write_bytes(damage(sound))  # type: ignore[operator]
    assert imported(source).f(1) == 2
    assert entry.read_bytes()[:8] == sound[:8]
    imported(source)
    assert len(rewritten) == 2


def test_two_versions_share_a_folder(
    source: Path, rewritten: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(source)
    cache._tag.cache_clear()
    monkeypatch.setattr(cache, "_makers", lambda: "another version")
    imported(source)
    assert len(entries(source.parent)) == len(rewritten) == 2
    imported(source)
    monkeypatch.undo()
    cache._tag.cache_clear()
    assert len(rewritten) == 2


def test_names_and_places_do_not_mix(source: Path) -> None:
    code = compile("x = 1", str(source), "exec")
    state = source.stat()
    cache.store(str(source), "a", state, 7, code, lambda: b"")
    assert cache.load(str(source), "b", state) is None
    found = cache.load(str(source), "a", state)
    assert found is not None and (found.first, found.code) == (7, code)
    moved = source.parent / "moved"
    source.parent.joinpath("__pycache__").rename(moved.parent / "elsewhere")
    moved.mkdir()
    (moved.parent / "elsewhere").rename(moved / "__pycache__")
    assert cache.load(str(moved / source.name), "a", state) is None


def test_levels_of_optimisation_do_not_mix(source: Path) -> None:
    source.write_text("def f():\n    assert False, 'checked'\n    return __doc__\n")
    program = "import tracepy; tracepy.install('cached_module'); import cached_module as m; m.f()"
    for options, status in (([], 1), (["-O"], 0), (["-OO"], 0), ([], 1)):
        command = [sys.executable, "-I", *options, "-c", f"import sys; sys.path[:0] = [{str(source.parent)!r}]; {program}"]  # fmt: skip
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        assert done.returncode == status, done.stderr
    assert len(entries(source.parent)) == 3


def test_where_bytecode_goes_is_respected(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "apart"))
    imported(source)
    (entry,) = entries(tmp_path)
    assert entry.is_relative_to(tmp_path / "apart")


def test_no_bytecode_is_written_where_python_writes_none(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    imported(source)
    assert entries(source.parent) == []


def test_a_place_that_takes_no_file_does_not_matter(source: Path) -> None:
    source.with_name("__pycache__").write_text("a file where the folder would be")
    assert imported(source).f(1) == 2


def test_a_candidates_text_is_not_kept(source: Path) -> None:
    text = SOURCE.replace("x + 1", "x + 5")
    assert imported(source, sources={str(source): text}).f(1) == 6
    assert entries(source.parent) == []
    assert imported(source).f(1) == 2


def test_writers_at_the_same_time_leave_a_whole_file(source: Path) -> None:
    code = compile("x = 1\n" * 2000, str(source), "exec")
    state = source.stat()
    seen: list[object] = []

    def work(number: int) -> None:
        for _ in range(20):
            cache.store(str(source), "a", state, number, code, lambda: b"facts" * 5000)
            seen.append(cache.load(str(source), "a", state))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 80 and None not in seen
    assert len(list(source.with_name("__pycache__").iterdir())) == 1
