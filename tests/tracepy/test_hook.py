"""The import hook: which modules it takes, and what they then are."""

from __future__ import annotations

import importlib
import inspect
import sys
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracepy.errors import InstrumentationWarning, UserError
from tracepy.hook import install, matches, run_path, uninstall
from tracepy.recorder import record


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = tmp_path / "hooked"
    folder.mkdir()
    (folder / "__init__.py").write_text("from hooked.part import f\n")
    (folder / "part.py").write_text("def f():\n    x = 1\n    return x\n")
    importlib.invalidate_caches()
    yield folder
    uninstall()
    for name in [name for name in sys.modules if name.split(".")[0] == "hooked"]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("module", "pattern", "meant"),
    [
        ("shop", "shop", True),
        ("shop.cart", "shop", True),
        ("shop.cart", "shop.*", True),
        ("shop", "shop.*", False),
        ("shopping", "shop", False),
        ("a.b.c", "*.b", True),
    ],
)
def test_a_pattern_takes_a_packages_modules_along(module: str, pattern: str, meant: bool) -> None:
    assert matches(module, [pattern]) is meant


def test_a_package_is_instrumented_with_its_modules(package: Path) -> None:
    with install("hooked"):
        import hooked  # type: ignore[import-not-found]
    with record() as trace:
        assert hooked.f() == 1
    assert trace.lines() == {str(package / "part.py"): {2, 3}}


def test_a_comment_line_marks_a_module(package: Path) -> None:
    (package / "part.py").write_text("# tracepy: instrument\ndef f():\n    return 1\n")
    with install():
        import hooked
    with record() as trace:
        hooked.f()
    assert trace.lines() == {str(package / "part.py"): {3}}


def test_a_candidates_text_stands_in_for_the_file(package: Path) -> None:
    path = package / "part.py"
    text = "def f():\n    y = 1 / 0  # the candidate's\n    return y\n"
    with install(sources={str(path): text}):
        import hooked
    assert inspect.getsource(hooked.f) == text
    with pytest.raises(ZeroDivisionError) as caught:
        hooked.f()
    assert "the candidate's" in "".join(traceback.format_exception(caught.value))
    with record() as trace:
        assert trace.lines() == {}


def test_a_candidates_text_stands_in_for_a_link_of_another_name(package: Path) -> None:
    real = package.parent / "impl.py"
    (package / "part.py").rename(real)
    (package / "part.py").symlink_to(real)
    with install(sources={str(real): "def f():\n    return 7\n"}):
        import hooked
    assert hooked.f() == 7


def test_a_candidates_text_can_be_instrumented_too(package: Path) -> None:
    path = package / "part.py"
    with install("hooked.part", sources={str(path): "def f():\n    return 7\n"}):
        import hooked
    with record() as trace:
        assert hooked.f() == 7
    assert trace.lines() == {str(path): {2}}


def test_uninstalled_it_takes_no_module(package: Path) -> None:
    install("hooked").uninstall()
    import hooked

    with record() as trace:
        hooked.f()
    assert trace.lines() == {}


def nested(depth: int) -> str:
    """A function with loops in loops."""
    loops = "".join(f"{'  ' * n}for i{n} in [{n}]:\n" for n in range(1, depth + 1))
    return f"def f():\n{loops}{'  ' * (depth + 1)}x = 1\n  return x\n"


def test_what_cannot_be_rewritten_runs_plain_with_a_warning(package: Path) -> None:
    # As many nested blocks as the compiler takes: one more round them is too many.
    source = nested(1)
    for depth in range(2, 40):
        try:
            compile(nested(depth), "part.py", "exec")
        except SyntaxError:
            break
        source = nested(depth)
    (package / "part.py").write_text(source)
    with install("hooked.part"), pytest.warns(InstrumentationWarning, match=r"hooked\.part"):
        import hooked
    with record() as trace:
        assert hooked.f() == 1
    assert trace.lines() == {}


def test_a_syntax_error_is_the_users_alone(package: Path) -> None:
    (package / "part.py").write_text("def f(:\n")
    with install("hooked"), warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(SyntaxError) as caught:
            import hooked  # noqa: F401
    assert caught.value.filename == str(package / "part.py")
    assert caught.value.__context__ is None


@pytest.mark.parametrize("coding", ["latin-1", "utf-8-sig", "cp1252"])
def test_coding_lines_and_byte_order_marks_are_respected(package: Path, coding: str) -> None:
    name = "utf-8" if coding == "utf-8-sig" else coding
    text = f"# coding: {name}\r\ndef f():\r\n    return 'é'\r\n"
    (package / "part.py").write_bytes(text.encode(coding))
    with install("hooked"):
        import hooked
    assert hooked.f() == "é"


def test_a_script_that_is_not_there() -> None:
    with pytest.raises(UserError, match="no_such"):
        run_path("no_such_script.py")
