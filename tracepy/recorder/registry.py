"""What is known of every instrumented module of this process: sites by number."""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

from tracepy.recorder.unseen import unseen
from tracepy.transforms.instrument import Instrumented, Site
from tracepy.transforms.instrument_syntax import BASE

_WIDTH = 22
_MASK = (1 << _WIDTH) - 1


class Registry:
    """Sites of all modules, and the module that each belongs to, both by a site's number.

    Facts of a module that came from the cache are decoded when they are first asked for.
    """

    def __init__(self) -> None:
        self._facts: dict[int, Instrumented | Callable[[], Instrumented]] = {}
        self._names: dict[str, int] = {}
        self._enters: dict[int, int] = {}
        self.sites = _Sites(self)
        self.modules = _Modules(self)

    @staticmethod
    def first(path: str, module: str, text: str | bytes) -> int:
        """The number of a module's first site: the same in every process."""
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        return BASE + (crc32(data, crc32(f"{module}\0{path}".encode())) << _WIDTH)

    def add(
        self, first: int, facts: Instrumented | Callable[[], Instrumented], module: str
    ) -> None:
        """Note a module's facts, or how to get at them."""
        self._facts[first] = facts
        self._names[module] = first

    def named(self, module: str) -> Instrumented | None:
        """The module that was loaded last under a dotted name, if it is instrumented."""
        first = self._names.get(module)
        return self.facts(first) if first is not None else None

    @unseen
    def facts(self, number: int) -> Instrumented:
        """The module of a site. Raises KeyError for what is no site."""
        first = number & ~_MASK
        facts = self._facts[first]
        if not isinstance(facts, Instrumented):
            facts = self._facts[first] = facts()
        return facts

    @unseen
    def knows(self, number: int) -> bool:
        """Whether a number is that of a site."""
        return number >= BASE and (number & ~_MASK) in self._facts

    @unseen
    def enter_of(self, number: int) -> int:
        """The first site of the function that a site is in."""
        if number not in self._enters:
            facts = self.facts(number)
            first: dict[str, int] = {}
            for index, site in enumerate(facts.sites):
                if site.event == "enter":
                    first[site.function] = facts.first + index
            for index, site in enumerate(facts.sites):
                self._enters[facts.first + index] = first.get(site.function, facts.first)
        return self._enters[number]


class _Sites(dict[int, Site]):
    """Site by number, looked up once."""

    def __init__(self, registry: Registry) -> None:
        super().__init__()
        self.registry = registry

    @unseen
    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and self.registry.knows(number)

    @unseen
    def __missing__(self, number: int) -> Site:
        site = self[number] = self.registry.facts(number).sites[number & _MASK]
        return site


class _Modules(dict[int, Instrumented]):
    """Module by the number of one of its sites, looked up once."""

    def __init__(self, registry: Registry) -> None:
        super().__init__()
        self.registry = registry

    @unseen
    def __missing__(self, number: int) -> Instrumented:
        module = self[number] = self.registry.facts(number)
        return module


registry = Registry()
