"""Which suites there are: versions, what builds them, what they need, how they are run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Suite:
    """One package's test suite.

    Attributes:
        packages: Their names as they are imported, which are also the patterns to instrument.
        release: What pip downloads as a source distribution.
        backends: What builds it; put into its environment first.
        needs: What its tests import.
        arguments: For pytest.
        failing: Tests that fail without us too, or are left out for time, and why.
    """

    packages: tuple[str, ...]
    release: str
    backends: tuple[str, ...] = ("flit_core>=3.12",)
    needs: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    failing: str = ""


PYTEST = "pytest==9.2.0"
HYPOTHESIS = "hypothesis==6.170.17"

_HATCH = ("hatchling>=1.27", "hatch-vcs", "hatch-fancy-pypi-readme")

_ALL = (
    Suite(("toolz",), "toolz==1.0.0", ("setuptools>=77",)),
    Suite(("boltons",), "boltons==26.2.0"),
    Suite(("jinja2",), "jinja2==3.1.6", needs=("trio",)),
    Suite(
        ("click",), "click==8.5.1", failing="31000 slow tests, left out by its own configuration"
    ),
    Suite(("more_itertools",), "more-itertools==11.2.1"),
    Suite(
        ("attr", "attrs"),
        "attrs==26.1.0",
        _HATCH,
        (HYPOTHESIS, "cloudpickle"),
        ("--hypothesis-seed=0",),
    ),
)
# Not run unless they are named: other kinds of code, some of it hard on whoever rewrites it.
_MORE = (
    Suite(
        ("typing_extensions",),
        "typing_extensions==4.16.0",
        arguments=("src/test_typing_extensions.py",),
    ),
    Suite(("decorator",), "decorator==5.3.1", ("setuptools>=77",), arguments=("tests/test.py",)),
    Suite(("sqlparse",), "sqlparse==0.6.1", ("hatchling>=1.27",)),
    Suite(
        ("markdown",),
        "markdown==3.11.3",
        ("setuptools>=77",),
        ("pyyaml",),
        ("--ignore=tests/test_syntax/extensions/test_md_in_html.py",),
        "one file, a class of which pytest refuses to collect",
    ),
)


def _by_name(suites: tuple[Suite, ...]) -> dict[str, Suite]:
    return {suite.release.partition("==")[0]: suite for suite in suites}


SUITES, MORE = _by_name(_ALL), _by_name(_MORE)
