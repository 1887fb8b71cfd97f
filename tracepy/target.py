"""What `tracepy optimize TARGET` points at: from the text to modules and files."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path

from tracepy.errors import UserError
from tracepy.transforms.source import Source

_SKIPPED_FOLDERS = {
    "__pycache__",
    "tests",
    "test",
    "build",
    "dist",
    "node_modules",
    "site-packages",
}


@dataclass(frozen=True, slots=True)
class Target:
    """The modules to improve.

    Attributes:
        modules: Dotted name to file, in a stable order.
        root: The folder that must be on `sys.path` for those names.
        project: The folder with `pyproject.toml`, else with `.git`, else `root`.
        qualname: The one function, class or constant meant, if any.
        label: The target in a few words, for a reader.
    """

    modules: dict[str, Path]
    root: Path
    project: Path
    qualname: str | None
    label: str


def resolve(text: str, cwd: Path) -> Target:
    """Read a TARGET: a `.py` file, a folder, `package.module`; each but a folder with `:qualname`.

    Of a folder, tests (`tests/`, `test_*.py`, `*_test.py`, `conftest.py`), `setup.py` and hidden
    folders are left out: they judge the program, they are not the program.

    Raises:
        UserError: there is no such file or module, or one of them is not Python.
    """
    base, colon, qualname = text.rpartition(":") if ":" in text else (text, "", "")
    if not base or (colon and not qualname):
        raise UserError(f"{text!r} is not a target: a .py file, a folder or package.module[:name]")
    path = _path(base, cwd)
    if path is None:
        path = _module(base, cwd)
    modules, root = _folder(path) if path.is_dir() else _file(path)
    if qualname and path.is_dir():
        name, file = next(iter(modules.items()))
        if file.name != "__init__.py":
            raise UserError(f"{base} is a folder, so {qualname!r} needs the module it is in")
        modules = {name: file}
    for file in modules.values():
        check_syntax(file, cwd)
    return Target(modules, root, project_of(root), qualname or None, text)


def project_of(folder: Path) -> Path:
    """The nearest folder, from this one upwards, with `pyproject.toml`; else `.git`; else itself."""
    for marker in ("pyproject.toml", ".git"):
        for candidate in (folder, *folder.parents):
            if (candidate / marker).exists():
                return candidate
    return folder


def shown(path: Path | str, cwd: Path) -> str:
    """A path as a reader in `cwd` would write it."""
    path = Path(path)
    return str(path.relative_to(cwd)) if path.is_relative_to(cwd) else str(path)


def check_syntax(file: Path, cwd: Path) -> Source:
    """Read a module. Raises UserError with place, line and reason where it cannot be parsed."""
    try:
        source = Source.read(file)
        _ = source.tree
    except OSError as error:
        raise UserError(f"cannot read {shown(file, cwd)}: {error.strerror}") from error
    except (SyntaxError, ValueError) as error:
        raise UserError(syntax_message(error, shown(file, cwd))) from error
    return source


def syntax_message(error: SyntaxError | ValueError, label: str) -> str:
    """A syntax error as `file:line: what is wrong` and the line with a mark under the place."""
    if not isinstance(error, SyntaxError):
        return f"{label} is not Python: {error}"
    message = f"{label}:{error.lineno or 1}: syntax error: {error.msg}"
    if error.text and error.offset:
        line = error.text.rstrip("\r\n")
        shift = len(line) - len(line.lstrip())
        message += f"\n    {line.strip()}\n    {' ' * max(error.offset - 1 - shift, 0)}^"
    return message


def near(word: str, known: Iterable[str], *, count: int = 3) -> str:
    """`; did you mean a, b?`, or nothing where nothing is near."""
    matches = difflib.get_close_matches(word, list(known), n=count, cutoff=0.5)
    return f"; did you mean {', '.join(matches)}?" if matches else ""


def _path(text: str, cwd: Path) -> Path | None:
    """The file or folder that a text names; None where it is a module's name."""
    path = Path(os.path.normpath(cwd / Path(text).expanduser()))
    if path.is_dir():
        return path.resolve()
    if path.is_file():
        if path.suffix != ".py":
            raise UserError(f"{text} is not a Python file: a target ends in .py")
        return path.resolve()
    if "/" not in text and os.sep not in text and not text.endswith(".py"):
        return None
    folder = path.parent
    if not folder.is_dir():
        raise UserError(f"no such file: {text} (there is no folder {shown(folder, cwd)})")
    siblings = [item.name for item in folder.iterdir() if item.suffix == ".py" or item.is_dir()]
    raise UserError(f"no such file: {text}{near(path.name, siblings)}")


def _module(name: str, cwd: Path) -> Path:
    """The file or folder of a module, found without importing anything."""
    if not all(part.isidentifier() for part in name.split(".")):
        raise UserError(f"no such file or module: {name}{near(name, _names(cwd))}")
    search = [str(cwd), str(cwd / "src"), *(entry or str(cwd) for entry in sys.path)]
    known: list[str] = _names(cwd)
    done = ""
    for part in name.split("."):
        spec = PathFinder.find_spec(f"{done}.{part}" if done else part, search)
        if spec is None:
            where = f" in {done}" if done else ""
            raise UserError(f"no module {name}: {part} not found{where}{near(part, known)}")
        done = f"{done}.{part}" if done else part
        search = list(spec.submodule_search_locations or ())
        known = [item for folder in search for item in _names(Path(folder))]
    if search:
        return Path(search[0]).resolve()
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        raise UserError(f"module {name} has no Python source to improve")
    return Path(spec.origin).resolve()


def _names(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return [i.stem for i in folder.iterdir() if i.suffix == ".py" or (i / "__init__.py").exists()]


def _file(path: Path) -> tuple[dict[str, Path], Path]:
    root, package = _root(path.parent)
    parts = [*package, *([] if path.stem == "__init__" and package else [path.stem])]
    return {".".join(parts): path}, root


def _folder(folder: Path) -> tuple[dict[str, Path], Path]:
    root, package = _root(folder)
    modules = {}
    for file in _python_files(folder):
        parts = [*package, *file.relative_to(folder).with_suffix("").parts]
        if parts[-1] == "__init__":
            parts.pop()
        if parts:
            modules[".".join(parts)] = file
    if not modules:
        raise UserError(f"{folder.name}/ holds no Python module (tests are not counted)")
    return modules, root


def _root(folder: Path) -> tuple[Path, list[str]]:
    """The first folder upwards that is no package, and the packages on the way down from it."""
    package: list[str] = []
    while (folder / "__init__.py").exists() and folder != folder.parent:
        package.insert(0, folder.name)
        folder = folder.parent
    return folder, package


def _python_files(folder: Path) -> Iterator[Path]:
    items = sorted(folder.iterdir(), key=lambda item: (item.name != "__init__.py", item.name))
    for item in items:
        if item.is_dir():
            package = (item / "__init__.py").exists()
            if package and item.name not in _SKIPPED_FOLDERS and not item.name.startswith("."):
                yield from _python_files(item)
        elif item.suffix == ".py" and not _judges(item):
            yield item.resolve() if item.is_symlink() else item


def _judges(file: Path) -> bool:
    name = file.stem
    return name.startswith("test_") or name.endswith("_test") or name in {"conftest", "setup"}
