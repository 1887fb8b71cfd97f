"""What an experiment is made of: a domain has methods, each run once a seed, which gives curves.

A domain is a module of this package that holds a `Domain` called `DOMAIN`; `domains.py` lists them.
A cell is one method on one seed. What it came to is kept by `cells.py`, run by `running.py`, and
told by `tables.py` and `figures.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Curve = Sequence["float | None"]
"""A value for each step, from 0 (the start); None where there was no verdict."""


@dataclass(frozen=True)
class Model:
    """Who answers in model-driven rows.

    Attributes:
        name: As litellm has it, or `local` for the server of the tests, which computes its answers.
        api_base: The address of an endpoint.
        record: A folder that gets a recording of each cell.
        replay: A folder of recordings that are played back; no model is asked then.
    """

    name: str
    api_base: str | None = None
    record: str | None = None
    replay: str | None = None

    @property
    def label(self) -> str:
        """What its cells are kept under: it is safe as a part of a file's name."""
        return "".join(
            letter if letter.isalnum() or letter in "-." else "-" for letter in self.name
        )


@dataclass(frozen=True)
class Asked:
    """A cell that is to be run.

    Attributes:
        domain: The domain's name.
        method: The method's name.
        seed: Of everything random in it.
        steps: How many candidates may be judged, the start not counted.
        quick: Whether all that can be smaller is to be smaller.
        model: Who answers; None where the method asks nobody.
    """

    domain: str
    method: str
    seed: int
    steps: int
    quick: bool = False
    model: Model | None = None


@dataclass(frozen=True)
class Found:
    """What a cell came to.

    Attributes:
        curves: By what they measure. Which ones there are is the domain's to say.
        facts: What else is worth keeping: the winner, tokens, seconds of parts.
    """

    curves: Mapping[str, Curve]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Method:
    """A way to solve a domain's problems.

    Attributes:
        run: Runs a cell.
        asks: Whether it needs a model.
        packages: Whose versions its cells keep; they are installed for it where they are no part
            of this project.
        once: Whether it has a single verdict, the same at every step: a line across the figure.
        steps: How many steps a full run of it has, where not as many as the domain's.
    """

    run: Callable[[Asked], Found]
    asks: bool = False
    packages: tuple[str, ...] = ()
    once: bool = False
    steps: int | None = None


@dataclass(frozen=True)
class Domain:
    """One of the paper's experiments.

    Attributes:
        name: As it is typed.
        title: As it heads tables and figures.
        methods: By name, in the order of the table.
        seeds: Those of a full run.
        steps: Of a full run.
        quick: How many seeds and steps a quick run has.
        curves: What is measured, by the name of the curve: as it stands in the table. The first is
            drawn.
        at: The steps that the table shows.
        published: The paper's values for the first curve: method -> step -> value.
        requirements: What `pip` is to install for the methods, beside this project.
        least: Whether less is better.
        log: Whether the figure's scale is logarithmic.
        note: What a reader of the table has to know.
    """

    name: str
    title: str
    methods: Mapping[str, Method]
    seeds: tuple[int, ...]
    steps: int
    quick: tuple[int, int]
    curves: Mapping[str, str]
    at: tuple[int, ...]
    published: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    requirements: tuple[str, ...] = ()
    least: bool = True
    log: bool = False
    note: str = ""

    def seeds_of(self, quick: bool, number: int | None) -> tuple[int, ...]:
        """The seeds of a run: so many of them, or all that it has."""
        return self.seeds[: number or (self.quick[0] if quick else len(self.seeds))]

    def steps_of(self, method: str, quick: bool) -> int:
        """The steps of a run of a method."""
        return self.quick[1] if quick else self.methods[method].steps or self.steps

    def shown(self, methods: Iterable[str], quick: bool) -> tuple[int, ...]:
        """The steps that the table of a run shows."""
        last = max((self.steps_of(method, quick) for method in methods), default=0)
        found = tuple(step for step in self.at if step <= last)
        return found if not found or found[-1] == last or last in self.at else (*found, last)
