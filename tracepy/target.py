"""What `tracepy optimize TARGET` points at: from the text to modules and files."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
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
    dotted = path is None
    if path is None:
        path = _module(base, cwd)
    modules, root = _folder(path) if path.is_dir() else _file(path)
    if dotted:
        modules, root = _as_asked(base, path, modules, root)
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
    place: _Place | None = None
    done = ""
    for part in name.split("."):
        before = place
        place = _place(done, part, place, cwd)
        if place is None:
            folders = [cwd, cwd / "src"] if before is None else before.folders
            known = [item for folder in folders for item in _names(folder)]
            where = f" in {done}" if done else ""
            raise UserError(f"no module {name}: {part} not found{where}{near(part, known)}")
        done = f"{done}.{part}" if done else part
    if place is not None and place.folders:
        return place.folders[0].resolve()
    if place is None or place.file is None or place.file.suffix != ".py":
        raise UserError(f"module {name} has no Python source to improve")
    return place.file.resolve()


@dataclass(frozen=True, slots=True)
class _Place:
    """A module's file, and the folders of a package."""

    file: Path | None
    folders: tuple[Path, ...]


def _place(package: str, part: str, within: _Place | None, cwd: Path) -> _Place | None:
    """Where a module is: in these folders, or where the import system's finders say.

    Nothing is imported, so what the code of a parent package would do to its `__path__` is not
    known.
    """
    for folder in (cwd, cwd / "src") if within is None else within.folders:
        if (folder / part / "__init__.py").is_file():
            return _Place(folder / part / "__init__.py", (folder / part,))
        if (folder / f"{part}.py").is_file():
            return _Place(folder / f"{part}.py", ())
        if within is not None and (folder / part).is_dir():
            return _Place(None, (folder / part,))
    search = None if within is None else [str(folder) for folder in within.folders]
    for finder in sys.meta_path:
        find = getattr(finder, "find_spec", None)
        spec: ModuleSpec | None = find and find(f"{package}.{part}" if package else part, search)
        if spec is not None:
            folders = tuple(Path(folder) for folder in spec.submodule_search_locations or ())
            return _Place(Path(spec.origin) if spec.has_location and spec.origin else None, folders)
    return _Place(None, (cwd / part,)) if within is None and (cwd / part).is_dir() else None


def _as_asked(
    name: str, path: Path, modules: dict[str, Path], root: Path
) -> tuple[dict[str, Path], Path]:
    """Modules under the name that they were asked for, which files alone need not tell.

    Namespace packages have no `__init__.py` to go by, and an editable install may put a package
    into a folder of another name.
    """
    parts = name.split(".")
    own = ".".join([*_root(path)[1]] if path.is_dir() else next(iter(modules)).split("."))
    if own == name:
        return modules, root
    prefix = f"{own}." if own else ""
    modules = {
        name if key == own else f"{name}.{key.removeprefix(prefix)}": file
        for key, file in modules.items()
    }
    places = path if path.is_dir() else path.with_suffix("")
    if list(places.parts[-len(parts) :]) == parts:
        root = places.parents[len(parts) - 1]
    return modules, root


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
            modules[".".join(parts)] = file.resolve()
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
            looped = item.is_symlink() and item.parent.resolve().is_relative_to(item.resolve())
            if (
                package
                and not looped
                and item.name not in _SKIPPED_FOLDERS
                and not item.name.startswith(".")
            ):
                yield from _python_files(item)
        elif item.suffix == ".py" and not _judges(item):
            yield item


def _judges(file: Path) -> bool:
    name = file.stem
    return name.startswith("test_") or name.endswith("_test") or name in {"conftest", "setup"}
