"""What the server imports before it forks: the dependencies of the objective and the target."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path
from typing import Any

from tracepy.evaluation import linux
from tracepy.evaluation.enclosure import Enclosure
from tracepy.evaluation.rehearsal import rehearse
from tracepy.hook.compiled import Codes
from tracepy.objective.record import Objective
from tracepy.objective.run import RUNNERS

_ALWAYS = {
    "pytest": ("pytest", "_pytest.assertion.rewrite", "_pytest.main", "_pytest.python"),
}
# Seconds that work which was told to end may still take.
_GRACE = 5.0
_INSTALLED = ("site-packages", "dist-packages")


def up(enclosure: Enclosure) -> tuple[dict[str, Any], Codes]:
    """Import what is safe to share between candidates; what was imported and how long it took,
    and the code of what is not.

    What the objective needs is found out by loading it in a child. What of that can be imported
    without running any code of the project or starting threads is found out in a second one.
    """
    start = time.monotonic()
    config = enclosure.config
    sys.path[:0] = [path for path in config["path"] if path not in sys.path]
    sys.dont_write_bytecode = True
    for name in (
        "tracepy.recorder",
        "tracepy.graph",
        "tracepy.graph.build",
        "tracepy.graph.written",
    ):
        importlib.import_module(name)

    kind = config["objective"]["kind"]
    runner = importlib.import_module(RUNNERS[kind])
    safe = _import_always(kind, config)  # before the children, which need not do it again
    others, own = _in_child(enclosure, lambda: _needed(config), config["timeout"]) or ([], [])
    if others:
        safe += _in_child(enclosure, lambda: _safe(others, config), config["timeout"] + 30) or []
    for name in safe:
        importlib.import_module(name)
    if prepare := getattr(runner, "prepare", None):
        objective = Objective.from_dict(config["objective"])
        prepare(objective, Path(config["project"]), list(config["modules"].values()))
    rehearse(Path(config["scratch"]))
    PathFinder.find_spec("tracepy-is-not-looked-for")  # so that folders have been listed
    report = {"ready": True, "imported": safe, "seconds": time.monotonic() - start}
    return report, Codes(own)


def _import_always(kind: str, config: dict[str, Any]) -> list[str]:
    """Import what objectives of this kind need in any case, unless it is what is being improved."""
    names = _ALWAYS.get(kind, ())
    for top in {name.partition(".")[0] for name in names}:
        spec = PathFinder.find_spec(top)
        if spec is None or _of_project(top, spec.origin, config):
            return []
    for name in names:
        importlib.import_module(name)
    return [*names]


def _needed(config: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What loading the objective and the target imports: modules that are not the project's, and
    files that are."""
    before = set(sys.modules)
    objective = Objective.from_dict(config["objective"])
    names = [*config["modules"], *objective.spec.get("imports", ())]
    try:
        if objective.kind == "pytest":
            _run_tests(objective, config)
        for name in names:
            importlib.import_module(name)
        if any(map(_is_async, names)):
            importlib.import_module("asyncio")
    except BaseException:
        pass  # the evaluation of the baseline will say what is wrong; what was imported counts
    # Here the modules are loaded, so that where they come from is known.
    new = [name for name in sys.modules if name not in before]
    own = [name for name in new if _of_project(name, None, config)]
    loaders = [getattr(sys.modules[name], "__loader__", None) for name in own]
    plain = [loader.path for loader in loaders if type(loader) is SourceFileLoader]
    return [name for name in new if name not in set(own)], plain


def _is_async(name: str) -> bool:
    """Whether a module that is loaded has coroutines, for which we start a loop."""
    return b"async def" in Path(str(sys.modules[name].__file__)).read_bytes()


def _run_tests(objective: Objective, config: dict[str, Any]) -> None:
    from tracepy.evaluation.records import Job
    from tracepy.objective.context import Context
    from tracepy.objective.pytests import rehearse

    here = Path(config["project"])
    rehearse(objective, Context(Job({}), config["modules"], Path(config["root"]), here, here))


def _safe(names: list[str], config: dict[str, Any]) -> list[str]:
    """Those of `names` whose import runs no code of the project and starts no thread."""
    good: list[str] = []
    for name in names:
        if _of_project(name, None, config):
            continue
        before, threads = set(sys.modules), linux.threads()
        try:
            importlib.import_module(name)
        except BaseException:
            continue
        new = [item for item in list(sys.modules) if item not in before]
        loaded = [(item, getattr(sys.modules.get(item), "__file__", None)) for item in new]
        if linux.threads() > threads or any(_of_project(*item, config) for item in loaded):
            # This process is spoilt now: what else would be imported cannot be told apart.
            return good
        good.append(name)
    return good


def _of_project(name: str, file: str | None, config: dict[str, Any]) -> bool:
    top = name.partition(".")[0]
    if top in {module.partition(".")[0] for module in config["modules"]}:
        return True
    if file is None:
        module = sys.modules.get(name)
        file = getattr(module, "__file__", None)
    if file is None or any(part in _INSTALLED for part in Path(file).parts):
        return False
    if file.startswith((sys.base_prefix + os.sep, sys.prefix + os.sep)):
        return False
    return any(file.startswith(folder.rstrip(os.sep) + os.sep) for folder in config["project_path"])


def _too_long(*_: object) -> None:
    """End the work but keep what it has found; if that does not end it, the second alarm does."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, _GRACE)
    raise KeyboardInterrupt


def _in_child(enclosure: Enclosure, work: Callable[[], Any], timeout: float) -> Any:
    """The result of `work`, which JSON can hold, in a child that is shut in as a candidate is;
    None where it fails or takes too long."""
    read, write = os.pipe()
    scratch = enclosure.folder()
    calls = enclosure.prepared(scratch, timeout)
    pid = enclosure.fork()
    if pid == 0:
        try:
            os.close(read)
            enclosure.shut(scratch, calls)
            enclosure.place_temporary(scratch)
            signal.signal(signal.SIGALRM, _too_long)
            signal.setitimer(signal.ITIMER_REAL, timeout)
            data = json.dumps(work()).encode()
            with os.fdopen(write, "wb") as stream:
                stream.write(data)
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as stream:
        data = stream.read()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    enclosure.clear(scratch)
    return json.loads(data) if data else None
