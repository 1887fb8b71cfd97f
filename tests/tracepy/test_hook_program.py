"""Programs under `tracepy run` beside plain Python: start, end, and what they see of it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PACKAGE = {
    "pkg/__init__.py": "print('init', __name__)\n",
    "pkg/__main__.py": """\
import sys
from . import mod
print(__name__, __package__, __spec__.name, __file__, sys.argv, sys.path[0], __cached__)
print(list(globals()), type(__loader__).__name__, sys._getframe(1).f_code.co_name)
if len(sys.argv) > 2:
    1 / 0
""",
    "pkg/mod.py": """\
import sys
print(__name__, __package__, __spec__.name, __cached__)
if __name__ == "__main__":
    import pkg.mod
    sys.exit(5)
""",
    "pkg/bad.py": "def f(:\n",
    "pkg/empty/nothing.txt": "",
    "folder/__main__.py": "import sys, helper\nprint(sys.argv, sys.path[0], __file__, __spec__.name)\n",
    "folder/helper.py": "print(__file__)\n",
    "missing.py": "import json\nimport no_such_module\n",
    "imports_bad.py": "import pkg.bad\n",
}

SCRIPTS = {
    "what it sees": '''\
"""Doc."""
import inspect, os, sys, threading
print(sys.argv, sys.path[0], len(sys.path), __name__, __file__, __doc__, __package__, __spec__)
print(list(globals()), sys.modules["__main__"].__dict__ is globals(), __cached__, __annotations__)
print(__loader__.name, __loader__.path, type(__loader__).__name__, repr(sys.modules["__main__"]))
print(sys.flags, sys.warnoptions, sys.getrecursionlimit(), sys.executable, os.getcwd())
print(len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0)
print(sorted(os.environ), threading.enumerate(), inspect.getsource(inspect.currentframe())[:20])
print(len(inspect.stack()), inspect.currentframe().f_back, sys.gettrace(), sys.getprofile())
print(__builtins__, sys.stdin.read(), sys.stdout.encoding, sys.exc_info())
try:
    sys._getframe(1)
except ValueError as error:
    print(error)
''',
    "exit": "raise SystemExit\n",
    "exit with a number": "import sys\nsys.exit(7)\n",
    "exit with -1": "import sys\nsys.exit(-1)\n",
    "exit with a text": "import sys\nsys.exit('gone')\n",
    "exit with something else": "raise SystemExit((1, 2))\n",
    "exit from a thread's parent": """\
import atexit, sys, threading, time
class Last:
    def __del__(self):
        print("deleted", sys.is_finalizing())
last = Last()
atexit.register(print, "second")
atexit.register(print, "first")
def work():
    time.sleep(0.1)
    print("thread done", threading.main_thread().is_alive())
threading.Thread(target=work).start()
sys.exit(3)
""",
    "leave at once": "import os\nprint('x', flush=True)\nos._exit(9)\n",
    "an exception": """\
def f():
    raise ValueError("x") from KeyError("y")
try:
    f()
except ValueError:
    raise RuntimeError("z")
""",
    "an exception group": "raise ExceptionGroup('g', [ValueError(1), ExceptionGroup('h', [KeyError(2)])])\n",
    "a hook of its own": """\
import sys
def hook(kind, error, traceback):
    while traceback:
        print(traceback.tb_frame.f_code.co_name, traceback.tb_lineno)
        traceback = traceback.tb_next
sys.excepthook = hook
(lambda: 1 / 0)()
""",
    "keyboard": "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(9)\n",
    "keyboard, raised": "raise KeyboardInterrupt\n",
    "terminated": "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\n",
    "warnings far out": """\
import logging, traceback, warnings
for level in range(1, 4):
    warnings.warn(str(level), stacklevel=level)
logging.warning("x", stack_info=True)
traceback.print_stack()
""",
    "the compiler's warnings": "assert (1, 'x')\nprint(1 is 1, '\\d')\n",
    "a syntax error": "def f(:\n",
    "an indentation error": "x = 1\n\tif x:\n",
    "a null byte": "x = 1\0\n",
    "an unknown coding": "# coding: nothing\n",
    "a tracer that stays": """\
import sys
FILE = __file__
def f():
    return 1
def tracer(frame, event, argument):
    if frame.f_code.co_filename == FILE:
        print(event, frame.f_lineno)
    return tracer
sys.settrace(tracer)
f()
raise KeyError(1)
""",
    "a tracer over an import": """\
import sys
def tracer(frame, event, argument):
    if frame.f_globals["__name__"] in ("helper", "tracepy.hook.finder", "tracepy.hook.loader"):
        print(event, frame.f_code.co_name, frame.f_lineno)
    return tracer
sys.path.append("folder")
sys.settrace(tracer)
import helper
sys.settrace(None)
""",
    "fork": """\
import os, sys
child = os.fork()
if child:
    os.waitpid(child, 0)
print("parent" if child else "child")
""",
    "processes": """\
import multiprocessing, sys
class Box:
    def __init__(self, value):
        self.value = value
def double(box):
    return Box(box.value * 2)
def fail():
    raise ValueError("in the child")
if __name__ == "__main__":
    for method in ("fork", "spawn"):
        context = multiprocessing.get_context(method)
        with context.Pool(1) as pool:
            print(method, pool.apply(double, (Box(3),)).value)
            try:
                pool.apply(fail)
            except ValueError as error:
                print(error)
        process = context.Process(target=sys.exit, args=(4,))
        process.start()
        process.join()
        print(process.exitcode)
""",
}

COMMANDS = [
    ("-m", "pkg", "a"),
    ("-m", "pkg", "a", "-m", "--graph"),
    ("-m", "pkg.mod", "-h"),
    ("-mpkg.mod",),
    ("-m", "pkg.__main__"),
    ("-m", "pkg.bad"),
    ("-m", "pkg.empty"),
    ("-m", "pkg.nowhere"),
    ("-m", "nowhere"),
    ("-m", "missing"),
    ("-m", "missing.py"),
    ("-m", "imports_bad"),
    ("missing.py",),
    ("imports_bad.py",),
    ("folder", "x"),
    ("folder.zip",),
    ("pkg/empty",),
    ("./pkg/../missing.py",),
]
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("COV_")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in PACKAGE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    with zipfile.ZipFile(tmp_path / "folder.zip", "w") as archive:
        for name in ("__main__.py", "helper.py"):
            archive.write(tmp_path / "folder" / name, name)
    return tmp_path


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=folder, env=ENVIRONMENT, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, *(
        re.sub(r"0x[0-9a-f]{6,}|pid=\d+|started \d+", "?", text) for text in (out, err)
    )


def both(
    folder: Path, *arguments: str, options: tuple[str, ...] = (), graph: tuple[str, ...] = ()
) -> None:
    """Run it plain and under the hook: both are the same."""
    patterns = [f"--instrument={name}" for name in ("__main__", "pkg", "helper", "missing")]
    command = [*options, "-m", "tracepy", "run", *patterns]
    plain = start(folder, *options, *arguments)
    ours = start(folder, *command, *graph, *arguments)
    expected = end(plain)
    assert end(ours) == expected


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_as_under_plain_python(name: str, folder: Path) -> None:
    (folder / "script.py").write_text(SCRIPTS[name])
    graph = () if "tracer" in name else ("--graph", "g.json")  # a tracer makes many events
    both(folder, "script.py", "-a", "--graph", "x", graph=graph)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_is_as_under_plain_python(command: tuple[str, ...], folder: Path) -> None:
    both(folder, *command)


def test_the_interpreters_options_stay(folder: Path) -> None:
    (folder / "script.py").write_text("import sys\nassert 0\nprint(sys.flags, sys.warnoptions)\n")
    both(folder, "script.py", options=("-O", "-W", "error", "-X", "dev"))


def test_a_file_with_the_wrong_coding(folder: Path) -> None:
    (folder / "script.py").write_bytes(b"x = '\xe9'\n")
    both(folder, "script.py")


def test_ctrl_c_ends_it_by_the_signal(folder: Path) -> None:
    (folder / "script.py").write_text("import time\nprint('on', flush=True)\ntime.sleep(60)\n")
    process = start(folder, "-m", "tracepy", "run", "script.py")
    assert process.stdout is not None and process.stdout.readline() == "on\n"
    process.send_signal(signal.SIGINT)
    status, _, error = end(process)
    assert status == -signal.SIGINT
    assert error.endswith("KeyboardInterrupt\n") and "tracepy" not in error


def test_the_graph_is_that_of_the_parent(folder: Path) -> None:
    (folder / "script.py").write_text(SCRIPTS["fork"])
    assert end(start(folder, "-m", "tracepy", "run", "--graph", "g.json", "script.py"))[0] == 0
    nodes = json.loads((folder / "g.json").read_text())["nodes"]
    assert any("parent" in str(node["code"]) for node in nodes)


def test_a_graph_that_cannot_be_saved_is_a_mistake(folder: Path) -> None:
    (folder / "script.py").write_text("print(1)\n")
    status, out, error = end(
        start(folder, "-m", "tracepy", "run", "--graph", "no/such/folder/g.json", "script.py")
    )
    assert (status, out) == (2, "1\n")
    assert error.startswith("tracepy: error: cannot save") and error.count("\n") == 1


def test_a_module_that_the_interpreter_needs_itself_is_named(folder: Path) -> None:
    (folder / "script.py").write_text("print(1)\n")
    status, out, error = end(
        start(folder, "-m", "tracepy", "run", "--instrument=functools", "script.py")
    )
    assert (status, out) == (0, "1\n")
    assert "InstrumentationWarning: already imported, so not instrumented: functools" in error


def test_modules_of_tracepys_own_command_line_can_be_instrumented(folder: Path) -> None:
    (folder / "script.py").write_text("import click\nprint(click.style('x', reset=False))\n")
    command = ("run", "--instrument", "click.termui", "--graph", "g.json", "script.py")
    assert end(start(folder, "-m", "tracepy", *command)) == (0, "x\n", "")
    nodes = json.loads((folder / "g.json").read_text())["nodes"]
    assert {Path(node["file"]).name for node in nodes} == {"termui.py"}


def test_pytest_rewrites_its_assertions_beside_the_hook(folder: Path) -> None:
    (folder / "test_it.py").write_text(
        "import pkg.add\n"
        "def test_wrong():\n    assert pkg.add.add(1, 2) == 4\n"
        "def test_right():\n    assert pkg.add.add(1, 2) == 3\n"
    )
    (folder / "pkg" / "add.py").write_text("def add(a, b):\n    c = a + b\n    return c\n")
    patterns = ("--instrument=pkg", "--instrument=test_it", "--graph=g.json")
    pytest_ = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py")
    plain = start(folder, *pytest_)
    ours = start(folder, "-m", "tracepy", "run", *patterns, *pytest_)
    (status, expected, _), (code, out, _) = end(plain), end(ours)
    timeless = [re.sub(r"in [\d.]+s", "", text) for text in (expected, out)]
    assert status == code == 1
    assert timeless[0] == timeless[1]
    assert "where 3 = " in out
    files = {Path(n["file"]).name for n in json.loads((folder / "g.json").read_text())["nodes"]}
    assert "add.py" in files and "test_it.py" not in files
