"""Rewritten syntax: where it stands and what it leaves alone."""

from __future__ import annotations

import ast
import dis
import keyword

import pytest

from tracepy.transforms.instrument import instrument
from tracepy.transforms.source import Source

# The compiler does not know what our syntax stands for.
pytestmark = pytest.mark.filterwarnings("ignore::SyntaxWarning")
TEXT = '''"""Doc."""
from __future__ import annotations
import os
def f(a, b=2, *args, c, **kw):
    """Inner."""
    x = a.b.c
    for i in range(3):
        x += i
        if x:
            return x
    with open(a) as g:
        return g
class C:
    """Doc."""
    n: int = 3
    async def m(self):
        yield await self.x.y
'''


def rewritten() -> ast.Module:
    return instrument(Source(TEXT, "m.py"), "m").tree


def test_the_tree_compiles_and_docstrings_stay_first() -> None:
    tree = rewritten()
    compile(tree, "m.py", "exec")
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    assert ast.get_docstring(tree) == "Doc."
    assert {n.name: ast.get_docstring(n) for n in functions} == {"f": "Inner.", "C": "Doc."}


def test_new_syntax_stands_on_lines_that_have_statements() -> None:
    lines = {n.lineno for n in ast.walk(ast.parse(TEXT)) if isinstance(n, ast.stmt)}
    lines |= {n.lineno for n in ast.walk(ast.parse(TEXT)) if isinstance(n, ast.expr)}
    for node in ast.walk(rewritten()):
        if isinstance(node, ast.stmt | ast.expr):
            assert node.lineno in lines


def test_new_names_are_none_that_a_program_can_have() -> None:
    old = {n.id for n in ast.walk(ast.parse(TEXT)) if isinstance(n, ast.Name)}
    new = {n.id for n in ast.walk(rewritten()) if isinstance(n, ast.Name)} - old
    # The parameters and names of the program itself are read back for their values.
    mine = {"args", "b", "c", "kw", "self", "g", "i", "a", "x"}
    assert all(not name.isidentifier() or keyword.iskeyword(name) for name in new - mine)


def test_a_function_that_looks_at_its_locals_gets_none() -> None:
    text = "def f(a):\n    b = locals()\n    return b\n"
    code = compile(instrument(Source(text), "m").tree, "m", "exec")
    function = next(c for c in code.co_consts if hasattr(c, "co_varnames"))
    assert function.co_varnames == ("a", "b")


def test_site_ids_go_on_from_the_first() -> None:
    one = instrument(Source(TEXT), "m", 1000)
    numbers = [n.value for n in ast.walk(one.tree) if isinstance(n, ast.Constant)]
    assert one.first == 1000
    assert 1000 + len(one.sites) - 1 in {abs(n) for n in numbers if type(n) is int}


def test_constants_of_module_and_classes_are_known() -> None:
    found = instrument(Source("A = 1\nB, c = 2, 3\nclass K:\n    d: int = 4\n"), "m")
    assert found.names["A"] == (1, 1, True)
    assert found.names["c"] == (2, 2, True)
    assert found.names["K"] == (3, 3, False)
    assert found.attributes["d"] == [("K", 4, 4)]


def test_what_is_no_module_is_said_so() -> None:
    with pytest.raises(SyntaxError):
        instrument(Source("def f(:"), "m")


def test_a_function_gets_names_only_where_it_may_fall_silent_or_be_left() -> None:
    text = """
def plain(a):
    b = a.c.d
    return b
def loop(a):
    for b in a:
        pass
def generator(a):
    yield a
"""
    code = compile(instrument(Source(text), "m").tree, "m", "exec")
    names = {c.co_name: c.co_varnames for c in code.co_consts if hasattr(c, "co_varnames")}
    assert names == {"plain": ("a", "b"), "loop": ("a", "@log", "b"), "generator": ("a", "@id")}


def test_each_event_is_one_instruction_and_none_is_a_call() -> None:
    text = "def f(n):\n    total = n.a.b + 1\n    return total\n"
    code = compile(instrument(Source(text), "m").tree, "m", "exec")
    (function,) = [c for c in code.co_consts if hasattr(c, "co_varnames")]
    found = [i.opname for i in dis.get_instructions(function)]
    assert found.count("STORE_SUBSCR") == 1
    assert found.count("BINARY_SUBSCR") == 2  # what `n.a` is, and the return
    assert not any(name.startswith("CALL") for name in found)
    assert not any(name.startswith("@") for name in function.co_names)


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    global y\n    y = x\n    return y\n",
        "def f(x):\n    def g():\n        nonlocal x\n        x = 2\n    g()\n    return x\n",
        "def f(" + ", ".join(f"a{n}" for n in range(300)) + "):\n    return a299\n",
        "def f():\n" + "".join(f"    a{n} = {n + 1000}\n" for n in range(400)) + "    return a1\n",
        "\n".join(f"a{n} = {n + 1000}" for n in range(400)) + "\ndef f():\n    return a1\n",
        "async def f(x):\n    async for y in x:\n        yield await y\n",
    ],
    ids=["global", "cell", "many parameters", "many locals", "many globals", "async"],
)
def test_what_is_large_or_odd_compiles(text: str) -> None:
    code = compile(instrument(Source(text), "m").tree, "m", "exec")
    plain = compile(text, "m", "exec")
    one, other = (
        next(c for c in made.co_consts if getattr(c, "co_name", "") == "f")
        for made in (code, plain)
    )
    assert one.co_varnames[: other.co_argcount] == other.co_varnames[: other.co_argcount]
    assert (one.co_freevars, one.co_cellvars) == (other.co_freevars, other.co_cellvars)
