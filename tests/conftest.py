"""Settings for all tests."""

import importlib.machinery
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers

from tests.model_server import ModelServer

# The same examples on every run: a test that fails for somebody fails for everybody.
settings.register_profile("tracepy", derandomize=True, deadline=None)
settings.load_profile("tracepy")
# Also alone as in the whole suite, and whichever worker of pytest-xdist has which tests: else
# Hypothesis draws constants of whatever modules of ours are loaded by then, too.
if hasattr(providers, "is_local_module_file"):  # a part of it that is its own
    providers.is_local_module_file = lambda _: False


def pytest_configure() -> None:
    """Compiled modules hide the sources that they were made of: they must be as new."""
    folder = Path(__file__).parent.parent / "tracepy" / "graph"
    suffix = importlib.machinery.EXTENSION_SUFFIXES[0]
    for source in folder.glob("*.py"):
        made = source.with_name(f"{source.stem}{suffix}")
        if made.exists() and made.stat().st_mtime < source.stat().st_mtime:
            pytest.exit(
                f"{source} is newer than what was compiled from it: `pip install -e .` again, or "
                f"remove tracepy/graph/*.so and work with the sources",
                returncode=4,
            )


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    """A model on this machine; a test sets its `answers`."""
    with ModelServer(lambda messages, tools: "nothing to say") as server:
        yield server
