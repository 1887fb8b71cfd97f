"""What pytest does before it meets a test, done once in the server instead of in every worker.

Half of a short evaluation was pytest making itself ready: registering its own plugins, looking for
fixtures in them, asking every installed distribution for plugins, rewriting the assertions of test
files. None of it depends on the candidate and none of it runs the project's code. All of it lies
behind pytest's public interface, so it is done with its private parts and given up where they are
not as expected: `pytest.main` then does the work itself, only slower.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import inspect
import types
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

_MOST_REWRITTEN = 200


def prepare(args: Sequence[str], project: Path, candidates: frozenset[str]) -> bool:
    """Make pytest ready in this process, for all that are forked from it.

    Args:
        args: The arguments that evaluations will give it.
        project: The folder of the project.
        candidates: Paths of files that candidates change.

    Returns:
        Whether this pytest could be made ready.
    """
    try:
        _prepare(args, project, candidates)
    except Exception:  # private parts of pytest: another version has others
        return False
    return True


def _prepare(args: Sequence[str], project: Path, candidates: frozenset[str]) -> None:
    import _pytest.config as configuring

    # Filled while pytest is warm: inspect knows the files of all modules that are loaded by now.
    inspect.getmodule(inspect.getmodule.__code__)
    ready = configuring.get_config(list(args), None)
    _with_cached_distributions(ready.pluginmanager)
    # Plugins are imported by now, so that it is too late to rewrite their assertions.
    ready._mark_plugins_for_rewrite = lambda *_, **__: None  # type: ignore[method-assign]
    _only_fixtures(ready.pluginmanager.get_plugins())
    _only_the_line()
    _rewritten_once(list(_test_files(args, project)), ready, candidates)

    original = configuring.get_config

    def get_config(args: Any = None, plugins: Any = None, **named: Any) -> Any:
        """The configuration made in the server, the first time one is asked for."""
        configuring.get_config = original
        ready.invocation_params = configuring.Config.InvocationParams(
            args=args or (), plugins=plugins, dir=Path.cwd()
        )
        return ready

    configuring.get_config = get_config


def _with_cached_distributions(manager: Any) -> None:
    """Ask for plugins only the distributions that have any."""
    having = [
        found
        for found in importlib.metadata.distributions()
        if any(entry.group == "pytest11" for entry in found.entry_points)
    ]
    original = manager.load_setuptools_entrypoints

    def load(*args: Any, **named: Any) -> Any:
        everything = importlib.metadata.distributions
        importlib.metadata.distributions = lambda **_: having
        try:
            return original(*args, **named)
        finally:
            importlib.metadata.distributions = everything

    manager.load_setuptools_entrypoints = load


def _only_fixtures(plugins: Any) -> None:
    """Have pytest look for fixtures among the fixtures of its own plugins, not all their names."""
    from _pytest.fixtures import FixtureFunctionDefinition, FixtureManager
    from _pytest.nodes import Node

    def seen(holder: Any) -> Any:
        kind = type(holder)
        if kind.__module__.startswith(("_pytest.", "tracepy.")) and not isinstance(holder, Node):
            return nothing  # its reporters and managers: none of these classes has fixtures
        return stand_ins.get(id(holder), holder)

    stand_ins: dict[int, types.ModuleType] = {}
    for plugin in plugins:
        if isinstance(plugin, types.ModuleType):
            names = [n for n, x in vars(plugin).items() if type(x) is FixtureFunctionDefinition]
            stand_ins[id(plugin)] = module = types.ModuleType(plugin.__name__)
            vars(module).update({name: vars(plugin)[name] for name in names})
    nothing = types.ModuleType("nothing")
    original = FixtureManager.parsefactories

    def parsefactories(self: Any, *args: Any, **named: Any) -> None:
        if args:
            args = (seen(args[0]), *args[1:])
        elif "holder" in named:
            named["holder"] = seen(named["holder"])
        original(self, *args, **named)

    FixtureManager.parsefactories = parsefactories  # type: ignore[method-assign]


def _only_the_line() -> None:
    """Have pytest not parse a file to find out where a statement ends: `--tb=short` shows one line
    of it, and parsing a test file takes longer than most tests."""
    from _pytest._code import code

    def getstatementrange_ast(
        lineno: int, source: Any, assertion: bool = False, astnode: Any = None
    ) -> tuple[Any, int, int]:
        return astnode, lineno, lineno + 1

    if hasattr(code, "getstatementrange_ast"):
        code.getstatementrange_ast = getstatementrange_ast


def _rewritten_once(files: list[Path], config: Any, candidates: frozenset[str]) -> None:
    """Rewrite the assertions of test files here; a file that has changed since is done anew."""
    from _pytest.assertion import rewrite

    original = rewrite._rewrite_test
    made: dict[str, tuple[tuple[int, int], Any]] = {}
    for file in files[:_MOST_REWRITTEN]:
        if str(file) not in candidates:
            with contextlib.suppress(SyntaxError, ValueError, OSError, RecursionError):
                made[str(file)] = _version(file), original(file, config)

    def rewrite_test(file: Path, config: Any) -> Any:
        version, found = made.get(str(file), (None, None))
        if version is None or config.getini("enable_assertion_pass_hook"):
            return original(file, config)
        return found if version == _version(file) else original(file, config)

    rewrite._rewrite_test = rewrite_test  # type: ignore[assignment]


def _version(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_mtime_ns, status.st_size


def _test_files(args: Sequence[str], project: Path) -> Iterator[Path]:
    """The test files that the arguments name, and the conftest files on the way to them."""
    folders: dict[Path, None] = {}
    for arg in args:
        place = Path(arg.partition("::")[0])
        if not place.is_absolute() or not place.exists():
            continue
        if place.is_dir():
            yield from sorted({*place.rglob("test_*.py"), *place.rglob("*_test.py")})
            folders.update(dict.fromkeys(sorted(x.parent for x in place.rglob("conftest.py"))))
        else:
            yield place
        folders.update(dict.fromkeys([place, *place.parents]))
    for folder in folders:
        if folder.is_relative_to(project) and (folder / "conftest.py").is_file():
            yield folder / "conftest.py"


ABSENT: Mapping[str, Sequence[tuple[tuple[str, ...], dict[str, Any]]]] = {
    "xdist": [
        (("-n", "--numprocesses"), {}),
        (("--maxprocesses",), {}),
        (("--max-worker-restart",), {}),
        (("--dist",), {}),
        (("--tx",), {"action": "append"}),
        (("-d",), {"action": "store_true"}),
    ],
    "pytest_cov": [
        (("--cov",), {"action": "append", "nargs": "?", "const": True}),
        (("--cov-report",), {"action": "append"}),
        (("--cov-config",), {}),
        (("--cov-context",), {}),
        (("--cov-fail-under",), {}),
        (("--cov-branch",), {"action": "store_true"}),
        (("--cov-append",), {"action": "store_true"}),
        (("--no-cov",), {"action": "store_true"}),
        (("--no-cov-on-fail",), {"action": "store_true"}),
    ],
}


def take_absent_options(parser: Any) -> None:
    """Let pytest take the options of xdist and pytest-cov where they are not there.

    A project's `addopts` often asks for both. An evaluation needs neither, so that their absence
    must not be what fails.
    """
    groups = [parser._anonymous, *parser._groups]
    known = {name for group in groups for option in group.options for name in option.names()}
    group = parser.getgroup("tracepy", "options of plugins that are not there")
    for options in ABSENT.values():
        for names, settings in options:
            if not known.intersection(names):
                # Short lower-case names are kept for pytest itself and its older plugins.
                group._addoption(*names, dest=f"tracepy_{names[-1].strip('-')}", **settings)
