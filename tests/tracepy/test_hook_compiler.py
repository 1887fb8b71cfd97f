"""Instrumented code and the recorder's objects in it."""

from __future__ import annotations

import marshal
from types import CodeType

from tracepy.hook.compiler import compile_instrumented
from tracepy.recorder._log import LOG, Gate, bind
from tracepy.transforms.instrument_syntax import BASE


def bound(text: str) -> tuple[CodeType, dict[int, Gate]]:
    gates: dict[int, Gate] = {}
    code = compile_instrumented(text, "m.py", "m").code
    bind(code, gates)
    return code, gates


def functions(code: CodeType) -> list[CodeType]:
    inner = [c for c in code.co_consts if isinstance(c, CodeType)]
    return [*inner, *(deeper for c in inner for deeper in functions(c))]


def test_objects_stand_where_placeholders_were() -> None:
    code, gates = bound("""
def f(n):
    return [m.real for m in n], lambda x: x.y.z + 1
async def g(n):
    pass
class C:
    def m(self):
        return self.x
""")
    found = functions(code)
    assert len(gates) == 3
    assert all(site >= BASE for site in gates)
    assert all(gate in [c for part in found for c in part.co_consts] for gate in gates.values())
    assert LOG in code.co_consts
    # The body of a call that is not recorded has a lambda of its own, as it was written.
    assert [LOG in part.co_consts for part in found if part.co_name == "<lambda>"] == [True, False]
    assert all(LOG in part.co_consts for part in found if part.co_name in ("f", "g", "m"))


def test_no_constant_of_a_program_is_taken_for_the_recorders() -> None:
    text = "def f(x):\n    return ('@open', (), 0), '@log', x in {'@open'}, ('@open', 1, 2)\n"
    (placed,) = functions(bound(text)[0])
    (plain,) = functions(compile(text, "m", "exec"))
    assert set(plain.co_consts) <= set(placed.co_consts)


def test_what_the_cache_keeps_can_be_bound_as_well() -> None:
    text = "def f(n):\n    return n\ndef g(n):\n    return n\n"
    kept = marshal.dumps(compile_instrumented(text, "m.py", "m").code)
    code = marshal.loads(kept)
    gates: dict[int, Gate] = {}
    bind(code, gates)
    bind(marshal.loads(kept), gates)  # the same module once more: the same gates
    assert len(gates) == 2
    space: dict[str, object] = {}
    exec(code, space)
    assert callable(space["f"]) and space["f"](5) == 5
