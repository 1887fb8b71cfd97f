"""What instrumented syntax compiles to: events of single instructions, constants for objects."""

from __future__ import annotations

import dis
from types import CodeType

import pytest

from tracepy.transforms.assemble import Unfit, assemble
from tracepy.transforms.instrument import instrument
from tracepy.transforms.instrument_syntax import OPEN
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


def test_each_event_is_one_instruction_and_none_is_a_call() -> None:
    names = [i.opname for i in dis.get_instructions(function(assembled(TEXT)))]
    # The assignment and the return; the enter event is the gate's.
    assert names.count("STORE_SUBSCR") == 2
    assert names.count("BINARY_SUBSCR") == 1
    assert not any(name.startswith("CALL") for name in names)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "def f(x):\n    global y\n    y = x\n    return y\n",
        "def f(x):\n    def g():\n        nonlocal x\n        x = 2\n    g()\n    return x\n",
        "def f(" + ", ".join(f"a{n}" for n in range(300)) + "):\n    return a299\n",
        "def f():\n" + "".join(f"    a{n} = {n + 1000}\n" for n in range(400)) + "    return a1\n",
        "\n".join(f"a{n} = {n + 1000}" for n in range(400)) + "\ndef f():\n    return a1\n",
        "async def f(x):\n    async for y in x:\n        yield await y\n",
    ],
    ids=["plain", "global", "cell", "many parameters", "many locals", "many globals", "async"],
)
def test_no_name_of_ours_is_looked_up(text: str) -> None:
    code = assembled(text)
    loads = ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FAST", "LOAD_FAST_CHECK")
    for part in (code, function(code)):
        found = {i.argval for i in dis.get_instructions(part) if i.opname in loads}
        assert OPEN not in found
        assert not any(name.startswith("@") for name in part.co_names)


def test_stack_and_lines_stay_as_the_compiler_made_them() -> None:
    tree = instrument(Source(TEXT), "m").tree
    before = function(compile(tree, "m", "exec", dont_inherit=True))
    after = function(assemble(compile(tree, "m", "exec", dont_inherit=True)))
    assert len(after.co_code) == len(before.co_code)
    assert list(after.co_lines()) == list(before.co_lines())
    assert after.co_stacksize == before.co_stacksize


def test_code_that_does_not_come_from_instrumentation_is_left_or_refused() -> None:
    code = compile("def f(x):\n    return x\n", "m", "exec")
    assert assemble(code) == code
    with pytest.raises(Unfit, match="no constant"):
        assemble(function(code).replace(co_varnames=(OPEN,)))
    other = function(compile("def f(x, y):\n    return x\n", "m", "exec"))
    with pytest.raises(Unfit, match="does not ask"):
        assemble(other.replace(co_varnames=("x", OPEN)))
