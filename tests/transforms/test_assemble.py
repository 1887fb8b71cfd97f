"""What instrumented syntax compiles to: events of single instructions, constants for objects."""

from __future__ import annotations

import dis
import itertools
from types import CodeType

import pytest

from tracepy.transforms.assemble import Unfit, assemble, bind
from tracepy.transforms.instrument import instrument
from tracepy.transforms.instrument_syntax import BASE, LOG, OBJECTS, OPEN, placeholder
from tracepy.transforms.source import Source

pytestmark = pytest.mark.filterwarnings("ignore::SyntaxWarning")
TEXT = """
def f(n):
    total = n + 1
    return total
"""


def assembled(text: str) -> CodeType:
    tree = instrument(Source(text), "m").tree
    return assemble(compile(tree, "m", "exec", dont_inherit=True))


def function(code: CodeType, name: str = "f") -> CodeType:
    return next(c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == name)


def test_each_slot_of_an_event_is_one_instruction() -> None:
    names = [i.opname for i in dis.get_instructions(function(assembled(TEXT)))]
    # enter with n, the assignment with total, the return with its value: a site and a value each
    assert names.count("LIST_APPEND") == 6
    assert names.count("BUILD_SLICE") == 1  # it keeps a number low and is never used


def test_a_slice_of_the_program_stays_a_slice() -> None:
    text = "def f(xs, a, b, c):\n    ys = xs[a:b:c]\n    xs[a:b:c] = ys\n    return ys\n"
    plain = compile(text, "m", "exec")
    wanted = [i.opname for i in dis.get_instructions(function(plain))].count("BUILD_SLICE")
    found = [i.opname for i in dis.get_instructions(function(assembled(text)))]
    # The body is there twice; one more slice keeps a number low and is never used.
    assert found.count("BUILD_SLICE") == 2 * wanted + 1


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "def f(x):\n    global y\n    y = x\n    return y\n",
        "def f(x):\n    def g():\n        nonlocal x\n        x = 2\n    g()\n    return x\n",
        "def f(" + ", ".join(f"a{n}" for n in range(300)) + "):\n    return a299\n",
        "def f():\n" + "".join(f"    a{n} = {n + 1000}\n" for n in range(400)) + "    return a1\n",
        "\n".join(f"a{n} = {n + 1000}" for n in range(400)) + "\ndef f():\n    return a1\n",
    ],
    ids=["plain", "global", "cell", "many parameters", "many locals", "many globals"],
)
def test_no_name_of_ours_is_looked_up(text: str) -> None:
    code = assembled(text)
    loads = ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FAST", "LOAD_FAST_CHECK")
    for part in (code, function(code)):
        found = {i.argval for i in dis.get_instructions(part) if i.opname in loads}
        assert not found & {OPEN, *OBJECTS} - ({LOG} if part is not code else set())


def test_stack_and_lines_stay_as_the_compiler_made_them() -> None:
    tree = instrument(Source(TEXT), "m").tree
    before = function(compile(tree, "m", "exec", dont_inherit=True))
    after = function(assemble(compile(tree, "m", "exec", dont_inherit=True)))
    assert len(after.co_code) == len(before.co_code)
    assert list(after.co_lines()) == list(before.co_lines())
    assert after.co_stacksize == before.co_stacksize


def test_binding_puts_objects_where_placeholders_were() -> None:
    numbers = itertools.count()
    opened: list[int] = []

    def opener(site: int) -> int:
        opened.append(site)
        return next(numbers)

    values = {text: object() for text in OBJECTS}
    code = function(bind(assembled(TEXT), values, opener))
    assert not any(placeholder(text) in code.co_consts for text in OBJECTS)
    assert values["@type"] in code.co_consts
    assert opened and all(site >= BASE for site in opened)


def test_code_that_does_not_come_from_instrumentation_is_left_or_refused() -> None:
    code = compile("def f(x):\n    return x\n", "m", "exec")
    assert assemble(code) == code
    with pytest.raises(Unfit, match="no constant"):
        assemble(function(code).replace(co_varnames=(OPEN,)))


def test_numbers_as_large_as_sites_are_the_programs() -> None:
    text = f"def f(xs, a):\n    return xs[a:{BASE + 5}], xs[{BASE + 6}:a], xs[a:{2**63 - 1}, a]\n"
    plain = compile(text, "m", "exec")
    wanted = [i.opname for i in dis.get_instructions(function(plain))].count("BUILD_SLICE")
    found = [i.opname for i in dis.get_instructions(function(assembled(text)))]
    assert found.count("BUILD_SLICE") == 2 * wanted + 1


def test_no_constant_of_a_program_is_taken_for_the_recorders() -> None:
    text = "def f(x):\n    return ('@open', (), '@type'), '@log', x in {'@open'}, ('@open',)\n"
    placed = function(bind(assembled(text), {t: object() for t in OBJECTS}, lambda site: site))
    own = set(function(compile(text, "m", "exec")).co_consts)
    assert own <= set(placed.co_consts)
