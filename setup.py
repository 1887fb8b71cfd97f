"""The one part that is compiled; everything else about the project is in pyproject.toml."""

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "tracepy.recorder._log",
            sources=[
                f"tracepy/recorder/native/{name}.c"
                for name in ("module", "write", "read", "frame", "bind", "spread")
            ],
            depends=["tracepy/recorder/native/log.h"],
            extra_compile_args=[
                "-std=c11",
                "-O3",
                "-fvisibility=hidden",
                "-Wall",
                "-Wextra",
                "-Wno-missing-field-initializers",
            ],
        )
    ]
)
