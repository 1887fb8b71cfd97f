"""The parts that are compiled; everything else about the project is in pyproject.toml.

The event log and loops over the graph's arrays are C. The graph's builder is Python that mypyc compiles from the very same files, for
two to three times the speed; TRACEPY_PURE=1 leaves it as it is, and so does a machine without mypy.
"""

import os

from setuptools import Extension, setup

# What runs once an event; `python -m benchmarks.graph` says what compiling it is worth.
COMPILED = ("build", "calls", "columns", "events", "frames", "heap", "opaque", "plan", "reads",
            "rows", "values", "variables", "writes")  # fmt: skip

FLAGS = [
    "-std=c11",
    "-O3",
    "-fvisibility=hidden",
    "-Wall",
    "-Wextra",
    "-Wno-missing-field-initializers",
]
extensions = [
    Extension(
        "tracepy.recorder._log",
        sources=[
            f"tracepy/recorder/native/{name}.c"
            for name in ("module", "write", "read", "frame", "bind", "spread")
        ],
        depends=["tracepy/recorder/native/log.h"],
        extra_compile_args=FLAGS,
    ),
    Extension(
        "tracepy.evaluation._guard",
        sources=["tracepy/evaluation/native/guard.c"],
        extra_compile_args=[*FLAGS, "-D_GNU_SOURCE"],
    ),
    Extension(
        "tracepy.evaluation._calls",
        sources=["tracepy/evaluation/native/calls.c"],
        extra_compile_args=[*FLAGS, "-D_GNU_SOURCE"],
    ),
    Extension(
        "tracepy.graph._edges", sources=["tracepy/graph/native/edges.c"], extra_compile_args=FLAGS
    ),
]
if not os.environ.get("TRACEPY_PURE"):
    from mypyc.build import mypycify

    extensions += mypycify(
        [
            f"--config-file={os.devnull}",  # the strict check is CI's
            "--follow-imports=skip",
            "--ignore-missing-imports",
            *(f"tracepy/graph/{name}.py" for name in COMPILED),
        ],
        group_name="tracepy.graph._compiled",  # or it would stand beside the package
        opt_level="3",
        debug_level="0",
    )
setup(ext_modules=extensions)
