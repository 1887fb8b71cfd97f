"""Which objective a run has: the one that was asked for, else the first that is found."""

from __future__ import annotations

import ast
import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from tracepy.errors import UserError
from tracepy.objective.record import Objective
from tracepy.settings import Settings
from tracepy.target import Target, check_syntax, near, resolve, shown
from tracepy.transforms.pragmas import pragmas
from tracepy.transforms.source import Source

_HOW = (
    "give one with --objective module:function, --pytest tests/test_x.py, --command '…' or "
    "--dataset FILE.jsonl --call module:function"
)
_SKIPPED = {"__pycache__", "node_modules", "site-packages", "build", "dist", "venv"}
_MOST_TEST_FILES = 2000


def find(target: Target, settings: Settings, project: Path) -> Objective:
    """The objective of a run.

    In this order: the option that was given; a function marked `# tracepy: objective` in the
    target; tests in the project that import the target; doctests in the target; the target as a
    script, where it has an `if __name__ == "__main__"`.

    Raises:
        UserError: several were given, what was given is not there, or nothing was found.
    """
    cwd = Path.cwd().resolve()
    given = {
        "--objective": settings.objective,
        "--pytest": settings.pytest,
        "--command": settings.command,
        "--dataset": settings.dataset,
    }
    names = [name for name, value in given.items() if value]
    if len(names) > 1:
        raise UserError(f"one objective is enough: {' and '.join(names)} were given")
    if settings.objective:
        return function(settings.objective, target, cwd)
    if settings.pytest:
        return pytest_objective(settings.pytest, settings, cwd)
    if settings.command:
        spec = {"command": settings.command}
        return Objective("command", f"the command {settings.command}", spec)
    if settings.dataset:
        return dataset_objective(settings, target, cwd)
    return _discovered(target, project, settings, cwd)


def function(text: str, target: Target, cwd: Path) -> Objective:
    """The objective `module:function`, `file.py:function` or `function` (in the target).

    Raises:
        UserError: there is no such module or function; near misses are named.
    """
    place, _, name = text.rpartition(":")
    if not name:
        raise UserError(f"--objective {text!r} names no function: module:function")
    if place:
        module, file, root = _module(place, target, cwd)
    else:
        module, file = next(iter(target.modules.items()))
        root = target.root
    known = _functions(file, cwd)
    if name not in known and not _imported(file, name.partition(".")[0]):
        raise UserError(f"no function {name} in {shown(file, cwd)}{near(name, known)}")
    spec = {"module": module, "function": name, "imports": [module]}
    return Objective("callable", f"{module}:{name}", spec, (str(root),))


def _module(place: str, target: Target, cwd: Path) -> tuple[str, Path, Path]:
    if place in target.modules:
        return place, target.modules[place], target.root
    for folder in (target.root, cwd, target.project):
        try:
            found = resolve(place, folder)
        except UserError as error:
            problem = error
            continue
        module, file = next(iter(found.modules.items()))
        return module, file, found.root
    raise UserError(f"--objective: {problem}")


def _functions(file: Path, cwd: Path) -> list[str]:
    found = []
    for node in check_syntax(file, cwd).tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.append(node.name)
        elif isinstance(node, ast.ClassDef):
            inner = (ast.FunctionDef, ast.AsyncFunctionDef)
            found += [f"{node.name}.{x.name}" for x in node.body if isinstance(x, inner)]
    return found


def _imported(file: Path, name: str) -> bool:
    """Whether a name comes into a module otherwise than by `def`: an import, an assignment."""
    for node in ast.walk(Source.read(file).tree):
        if isinstance(node, ast.alias) and (node.asname or node.name) in {name, "*"}:
            return True
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            return True
    return False


def _limits(settings: Settings) -> dict[str, float | None]:
    return {"timeout": settings.timeout, "test_timeout": settings.test_timeout}


def pytest_objective(arguments: tuple[str, ...], settings: Settings, cwd: Path) -> Objective:
    """Tests as the objective, by what pytest is given. Raises UserError where a file is not there."""
    args: list[str] = []
    for text in arguments:
        # One option may hold several arguments: --pytest "-k fast tests".
        parts = [text] if (cwd / text.partition("::")[0]).exists() else shlex.split(text)
        for part in parts:
            path, separator, rest = part.partition("::")
            there = (cwd / path).exists()
            if not there and (path.endswith(".py") or separator):
                siblings = [x.name for x in (cwd / path).parent.glob("*.py")]
                raise UserError(f"--pytest: no such file: {path}{near(Path(path).name, siblings)}")
            args.append(f"{(cwd / path).resolve()}{separator}{rest}" if there else part)
    return Objective("pytest", f"pytest {' '.join(arguments)}", {"args": args, **_limits(settings)})


def dataset_objective(settings: Settings, target: Target, cwd: Path) -> Objective:
    """A data set as the objective. Raises UserError where the settings for it are incomplete."""
    assert settings.dataset is not None
    if not settings.call:
        raise UserError("--dataset needs --call module:function: what is called with each line")
    file = (cwd / settings.dataset).resolve()
    if not file.is_file():
        raise UserError(f"--dataset: no such file: {settings.dataset}")
    call = function(settings.call, target, cwd)
    spec = {"file": str(file), "call": call.spec, "metric": settings.metric}
    roots = call.roots
    if ":" in settings.metric:
        metric = function(settings.metric, target, cwd)
        spec["metric"], roots = metric.spec, (*roots, *metric.roots)
    elif settings.metric not in {"exact", "contains", "close"}:
        raise UserError(
            f"--metric {settings.metric}: it is exact, contains, close or module:function"
        )
    return Objective("dataset", f"{file.name} through {settings.call}", spec, roots)


def _discovered(target: Target, project: Path, settings: Settings, cwd: Path) -> Objective:
    for module, file in target.modules.items():
        name = _marked(file, cwd)
        if name is not None:
            spec = {"module": module, "function": name, "imports": [module]}
            return Objective("callable", f"{module}:{name}", spec, (str(target.root),))
    tests = [path for path in _test_files(target, project) if _imports(path, target)]
    if tests:
        label = "pytest " + " ".join(shown(path, cwd) for path in tests)
        return Objective(
            "pytest", label, {"args": [str(path) for path in tests], **_limits(settings)}
        )
    doctests = [name for name, file in target.modules.items() if ">>> " in _text(file)]
    if doctests:
        label = f"the doctests of {', '.join(doctests)}"
        return Objective("doctest", label, {"modules": doctests})
    if len(target.modules) == 1:
        file = next(iter(target.modules.values()))
        if _is_script(file):
            return Objective("script", f"running {file.name}", {"file": str(file), "args": []})
    raise UserError(
        f"no objective found for {target.label}: no function marked `# tracepy: objective` in it, "
        f"no test_*.py or *_test.py in {shown(project, cwd.parent)} that imports it, no doctest in "
        f'it, and it is no script (no `if __name__ == "__main__"`); {_HOW}'
    )


def _marked(file: Path, cwd: Path) -> str | None:
    source = check_syntax(file, cwd)
    if "tracepy:" not in source.text:
        return None
    lines = {pragma.line for pragma in pragmas(source) if pragma.verb == "objective"}
    for node in source.tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(x.lineno for x in node.decorator_list)])
            if lines & {first - 1, *range(first, node.lineno + 1)}:
                return node.name
    if lines:
        raise UserError(f"{file.name}:{min(lines)}: no function follows `# tracepy: objective`")
    return None


def _test_files(target: Target, project: Path) -> Iterator[Path]:
    """Test files beside the target first, then those of the whole project."""
    seen: set[Path] = set()
    beside = {file.parent for file in target.modules.values()}
    for folder in (*sorted(beside), project):
        deep = folder == project
        for path in _walk(folder) if deep else sorted(folder.glob("*.py")):
            if len(seen) >= _MOST_TEST_FILES:
                return
            if path not in seen and (path.stem.startswith("test_") or path.stem.endswith("_test")):
                seen.add(path)
                yield path


def _walk(folder: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(x for x in folders if x not in _SKIPPED and not x.startswith("."))
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        yield from (Path(where, name) for name in sorted(files) if name.endswith(".py"))


def _imports(path: Path, target: Target) -> bool:
    """Whether a file imports one of the target's modules, by its text alone."""
    try:
        tree = Source.read(path).tree
    except (OSError, SyntaxError, ValueError):
        return False
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = path.parents[node.level - 1]
                inside = package.is_relative_to(target.root)
                parts = package.relative_to(target.root).parts if inside else ()
                base = ".".join([*parts, *([base] if base else [])])
            names |= {base, *(f"{base}.{alias.name}".lstrip(".") for alias in node.names)}
    return any(module in names for module in target.modules)


def _text(file: Path) -> str:
    return str(Source.read(file).text)


def _is_script(file: Path) -> bool:
    for node in Source.read(file).tree.body:
        if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
            return True
    return False
