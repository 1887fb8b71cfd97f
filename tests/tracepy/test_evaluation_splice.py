"""A changed function is the code that importing the whole changed module would give it."""

import dis
import sys
import types
from pathlib import Path
from textwrap import dedent

import pytest

from tracepy.evaluation.splice import Loaded, Module, modules
from tracepy.transforms.edit import apply_edits
from tracepy.transforms.mutate import mutations_of, sites
from tracepy.transforms.source import Source

SHOP = dedent('''\
    from __future__ import annotations

    LIMIT = 3


    def price(count: int = 1) -> int:
        """What so many cost."""
        return count * LIMIT


    class Cart:
        """Holds counts."""

        factor = 2

        @property
        def total(self):
            return self.__sum() * self.factor

        def __sum(self):
            return sum(price(n) for n in self.counts)

        class Line:
            def show(self):
                return super().__repr__()


    if LIMIT:
        async def later(value):
            def inner():
                return value
            return inner()
    ''')


@pytest.mark.parametrize(
    ("old", "new", "name", "classes"),
    [
        ("count * LIMIT", "count + LIMIT", "price", ()),
        ("        return self.__sum()", "        if 1:\n            return self.__sum()", "total", ("Cart",)),
        ("price(n) for", "price(n + 1) for", "__sum", ("Cart",)),
        ("return super().__repr__()", "return super().__str__()", "show", ("Cart", "Line")),
        ("            return value\n", "            return value\n        inner()\n", "later", ()),
        ("    return inner()\n", "    return inner()\n        return 1\n", "later", ()),
    ],
)  # fmt: skip
def test_a_change_in_a_body_is_found(
    old: str, new: str, name: str, classes: tuple[str, ...]
) -> None:
    change = Module(SHOP).change(SHOP.replace(old, new))
    assert change is not None
    assert (change.place.name, change.place.classes) == (name, classes)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 3", "LIMIT = 4"),
        ("count: int = 1", "count: int = 2"),
        ("    @property\n", ""),
        ("factor = 2", "factor = 3"),
        ("async def later", "def later"),
        ("count * LIMIT", "count"),  # with the next one, two functions differ
    ],
)
def test_what_is_more_than_a_body_is_left_to_an_import(old: str, new: str) -> None:
    text = SHOP.replace(old, new)
    if new == "count":
        text = text.replace("return value", "return None")
    assert Module(SHOP).change(text) is None


@pytest.mark.parametrize(
    "lines", ["        x = 1\n    y = 2\n", "    pass\n\n\ndef other():\n    pass\n", "    (\n"]
)
def test_lines_that_are_not_one_function_are_not_taken(lines: str) -> None:
    module = Module(SHOP)
    text = SHOP.replace("    return count * LIMIT\n", lines)
    change = module.change(text)
    assert change is not None
    try:
        code = module.code(change, "shop.py")
    except SyntaxError:
        return
    assert code is None


@pytest.mark.parametrize("name", ["textwrap", "heapq", "shlex", "fractions", "dataclasses"])
def test_the_code_is_that_of_the_whole_module(name: str) -> None:
    path = str(sys.modules[name].__file__) if name in sys.modules else ""
    path = path or str(__import__(name).__file__)
    source = Source.read(path)
    module = Module(source.text)
    tried = 0
    for number, site in enumerate(sites(source)):
        if number % 7:
            continue
        for mutation in list(mutations_of(site))[number % 25 :: 25]:
            text = apply_edits(source.text, mutation.edits)
            change = module.change(text)
            if change is None:
                continue
            code = module.code(change, path)
            whole = compile(text, path, "exec", dont_inherit=True)
            assert code is not None
            same = [c for c in _codes(whole) if c.co_name == code.co_name]
            assert _steps(code) in map(_steps, same)
            tried += 1
            break
    assert tried > 5


def _steps(code: types.CodeType) -> list[tuple[object, ...]]:
    """What code does, line by line, but for how it calls: the compiler looks at a module's imports
    to choose between two ways."""
    ways = {
        "LOAD_METHOD": "LOAD_ATTR",
        "KW_NAMES": "",
        "PUSH_NULL": "",
        "PRECALL": "",
        "EXTENDED_ARG": "",
    }
    steps: list[tuple[object, ...]] = [(code.co_qualname, code.co_flags, code.co_varnames)]
    for step in dis.get_instructions(code):
        if name := ways.get(step.opname, step.opname):
            is_code = isinstance(step.argval, types.CodeType)
            jumps = step.opcode in dis.hasjrel
            value = "" if is_code or jumps else step.argval
            steps.append((name, repr(value), step.positions and step.positions.lineno))
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            steps += _steps(inner)
    return steps


def _codes(code: types.CodeType) -> list[types.CodeType]:
    found = [code]
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            found += _codes(inner)
    return found


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    (tmp_path / "spliced_shop.py").write_text(SHOP)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "spliced_shop", raising=False)
    import spliced_shop  # type: ignore[import-not-found]

    return spliced_shop  # type: ignore[no-any-return]


def test_all_that_have_a_function_have_its_new_code(shop: types.ModuleType) -> None:
    price, path = shop.price, str(shop.__file__)
    loaded = Loaded(modules([path], ()))
    assert loaded.put({path: SHOP.replace("count * LIMIT", "count + LIMIT + self")})
    with pytest.raises(NameError, match="self"):
        price(4)
    assert loaded.put({path: SHOP.replace("count * LIMIT", "count + LIMIT")}) is True
    assert (price(4), shop.price.__defaults__) == (7, (1,))
    cart = shop.Cart()
    cart.counts = [1, 2]
    assert loaded.put({path: SHOP.replace("sum(price", "max(price")}) is True
    assert cart.total == 10


def test_a_traceback_shows_the_lines_that_run(shop: types.ModuleType) -> None:
    import traceback

    path = str(shop.__file__)
    loaded = Loaded(modules([path], ()))
    assert loaded.put({path: SHOP.replace("return count * LIMIT", "x = 1\n    return count / 0")})
    with pytest.raises(ZeroDivisionError) as caught:
        shop.price(4)
    assert "return count / 0" in "".join(traceback.format_exception(caught.value))


def test_a_cell_more_is_not_put_in_place(shop: types.ModuleType) -> None:
    path = str(shop.__file__)
    loaded = Loaded(modules([path], ()))
    assert not loaded.put({path: SHOP.replace("self.__sum()", "super().__sum()")})
    assert not loaded.put({path: SHOP.replace("LIMIT = 3", "LIMIT = 4")})
    assert not loaded.put({"elsewhere.py": SHOP})


def test_a_function_that_ran_is_not_put_in_place(shop: types.ModuleType) -> None:
    path = str(shop.__file__)
    loaded = Loaded(modules([path], {(path, 6)}))
    assert not loaded.put({path: SHOP.replace("count * LIMIT", "count + LIMIT")})
