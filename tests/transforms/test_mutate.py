"""What holds for every edit, whichever family it comes from."""

from __future__ import annotations

import ast
import bisect
import csv
import fnmatch
import heapq
import os
import random
import string
import subprocess
import sys
import textwrap
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracepy.transforms.edit import apply_edits
from tracepy.transforms.mutate import FAMILIES, Facts, Mutation, mutations, mutations_of, sites
from tracepy.transforms.mutate.repertoire import MOST
from tracepy.transforms.source import Source

MODULES = [textwrap, string, heapq, bisect, csv, fnmatch]


def sample_of(module: ModuleType, statements: int = 12) -> tuple[Source, list[Mutation]]:
    """Edits of a fixed random choice of the module's statements."""
    source = Source.read(str(module.__file__))
    chosen = random.Random(7).sample(sites(source), statements)
    return source, [edit for site in chosen for edit in mutations_of(site)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_result_parses_and_differs(module: ModuleType) -> None:
    source, found = sample_of(module)
    original = ast.dump(source.tree)
    for mutation in random.Random(1).sample(found, 150):
        text = apply_edits(source.text, mutation.edits)
        assert ast.dump(ast.parse(text)) != original, mutation


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_statements_have_bounded_ordered_distinct_edits(module: ModuleType) -> None:
    source = Source.read(str(module.__file__))
    for site in random.Random(3).sample(sites(source), 8):
        found = list(mutations_of(site))
        weights = [mutation.weight for mutation in found]
        texts = {apply_edits(source.text, mutation.edits) for mutation in found}
        assert len(found) <= MOST
        assert weights == sorted(weights, reverse=True)
        assert all(0 < weight <= 1 for weight in weights)
        assert len(texts) == len(found)
        assert all(mutation.line == site.statement.lineno for mutation in found)


def test_same_source_same_edits() -> None:
    text = Source.read(str(bisect.__file__)).text
    first = list(mutations(Source(text, "a.py"), lines={29, 31, 38, 41}))
    second = list(mutations(Source(text, "b.py"), lines={29, 31, 38, 41}))
    assert first
    assert first == second


def test_edits_do_not_depend_on_the_order_of_sets() -> None:
    code = (
        "from tracepy.transforms.mutate import mutations; import csv\n"
        "from tracepy.transforms.source import Source\n"
        "print([m for m in mutations(Source.read(csv.__file__), within=[(80, 200)])])"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]


def test_no_two_edits_of_a_module_have_the_same_result() -> None:
    source = Source.read(str(bisect.__file__))
    found = list(mutations(source, within=[(21, 55)]))
    assert len({apply_edits(source.text, mutation.edits) for mutation in found}) == len(found)
    assert [m.weight for m in found] == sorted((m.weight for m in found), reverse=True)


def test_only_wanted_lines_and_ranges() -> None:
    source = Source("def f(a):\n    b = a\n    return b\n\ndef g(a):\n    return a\n")
    assert {mutation.line for mutation in mutations(source, lines={2})} == {2}
    assert {mutation.line for mutation in mutations(source, within=[(5, 6)])} == {5, 6}
    assert [site.statement.lineno for site in sites(source)] == [1, 2, 3, 5, 6]


def test_statements_of_every_block_are_sites() -> None:
    source = Source(
        "try:\n    a()\nexcept E:\n    b()\nelse:\n    c()\nfinally:\n    d()\n"
        "match x:\n    case 1:\n        e()\nwith f: g()\n"
    )
    assert [site.statement.lineno for site in sites(source)] == [1, 2, 4, 6, 8, 9, 11, 12, 12]


def test_values_seen_in_a_run_choose_among_names() -> None:
    source = Source("def f(alpha, words, alphas):\n    return alpha + 1\n")
    seen = {"alpha": frozenset({"int"}), "words": frozenset({"int"}), "alphas": frozenset({"list"})}
    (site,) = sites(source, lines={2}, facts=Facts(types={2: seen}))
    notes = [mutation.note for mutation in mutations_of(site)]
    assert notes.index("`words` for `alpha`") < notes.index("`alphas` for `alpha`")


def test_types_seen_in_a_run_rule_out_wraps() -> None:
    source = Source("def f(n):\n    return n\n")
    seen = Facts(types={2: {"n": frozenset({"int"})}})
    (blind,), (seeing,) = sites(source, lines={2}), sites(source, lines={2}, facts=seen)
    without, known = list(mutations_of(blind)), list(mutations_of(seeing))
    assert {"`.strip()`", "`int(…)`"} <= {mutation.note for mutation in without}
    assert not {"`.strip()`", "`int(…)`"} & {mutation.note for mutation in known}
    assert "`str(…)`" in {mutation.note for mutation in known}


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\r\n\tif x: return x\r\n\telse: return -x\r\n",
        "def f(x):\n    a = x; b = a; return b\n",
        "def f(naïve, ß):\n    s = 'äöü'; return naïve[ß] + s\n",
        "def f(x):\n    if x > 1:\n        y = 1\n    elif x:\n        y = 2\n    else:\n        y = 3\n    return y",
        "@cache\ndef f(x, y=[]):\n    '''doc'''\n    return [i for i in x if i in y]\n",
        "class A(B):\n\n\tdef __init__(self, a):\n\t\tself.a = a\n\n\tasync def g(self): return await self.a\n",
        "def f(x):\n    return (x for x in\n            x  # why\n            if x)\n",
        "def f(x):\n    return f'{x!r:>10} {x.y}' + sum(i for i in x)\n",
        "while True: break\n",
        "x = 1\nif x:\n    x = 2  # no line end",
        "def f(a):\n    for i in a: print(i)\n    with a as b: pass\n    try: a()\n    except E: pass\n",
        "def f(a):\n    match a:\n        case [1, x] if x: return x\n        case _: pass\n",
    ],
)
def test_odd_layouts(text: str) -> None:
    found = list(mutations(Source(text)))
    original = ast.dump(ast.parse(text))
    assert found
    for mutation in found:
        result = apply_edits(text, mutation.edits)
        assert ast.dump(ast.parse(result)) != original, (mutation, result)


def test_inserted_lines_use_the_line_end_and_indentation_of_the_file() -> None:
    source = Source("def f(x):\r\n\treturn x.y\r\n")
    results = {apply_edits(source.text, m.edits) for m in mutations(source, lines={2})}
    assert "def f(x):\r\n\tif x is None:\r\n\t\treturn None\r\n\treturn x.y\r\n" in results
    assert all(result.count("\n") == result.count("\r\n") for result in results)


_NAMES = st.sampled_from(["a", "b", "count", "items", "x"])
_EXPRESSIONS = st.recursive(
    _NAMES | st.integers(0, 9).map(str) | st.sampled_from(["None", "True", "'ä'", "''"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "<", "and", "in", "is not", "//"]), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        st.tuples(_NAMES, inner, inner).map(lambda parts: f"{parts[0]}({parts[1]}, k={parts[2]})"),
        st.tuples(_NAMES, inner).map(lambda parts: f"{parts[0]}[{parts[1]}:]"),
        inner.map(lambda text: f"[{text}]"),
        inner.map(lambda text: f"(not {text})"),
        st.tuples(_NAMES, _NAMES).map(".".join),
        st.tuples(inner, _NAMES).map(lambda parts: f"[{parts[0]} for {parts[1]} in a if x]"),
    ),
    max_leaves=6,
)


@settings(max_examples=12, deadline=None)
@given(expression=_EXPRESSIONS, form=st.sampled_from(["return {}", "if {}: return 1", "x = {}"]))
def test_any_expression(expression: str, form: str) -> None:
    text = f"def f(a, b, items):\n    {form.format(expression)}\n"
    original = ast.dump(ast.parse(text))
    for mutation in mutations(Source(text), lines={2}):
        assert ast.dump(ast.parse(apply_edits(text, mutation.edits))) != original, mutation


_STATEMENTS = _EXPRESSIONS.flatmap(
    lambda text: st.sampled_from(
        [f"x = {text}", f"a.append({text})", f"a[x] = {text}", f"b = lambda x: {text}", "del a[x]"]
    )
)


@settings(max_examples=40, deadline=None)
@given(
    block=st.lists(_STATEMENTS, min_size=1, max_size=3),
    newline=st.sampled_from(["\n", "\r\n"]),
    space=st.sampled_from(["  ", "\t"]),
    family=st.sampled_from(["closures", "conditions", "enclosures", "guards", "items"]),
)
def test_an_edit_parses_and_changes_its_own_block_only(
    block: list[str], newline: str, space: str, family: str
) -> None:
    lines = ["def f(a, b, items):", *(space + text for text in block), "", "x = 1  # after"]
    text = newline.join(lines) + newline
    last = newline.join(lines[-2:]) + newline
    for site in sites(Source(text), lines=range(2, 2 + len(block))):
        drafts = list(FAMILIES[family](site))
        assert drafts == list(FAMILIES[family](site))
        for draft in drafts:
            result = apply_edits(text, draft.edits)
            ast.parse(result)
            assert result.startswith(lines[0] + newline)
            assert result.endswith(last)


def test_a_call_is_dropped_with_its_line_never_to_a_bare_name() -> None:
    source = Source("def f(x, items):\n    print(x, items)\n    return x\n")
    found = {apply_edits(source.text, m.edits) for m in mutations(source, lines=[2])}
    assert "def f(x, items):\n    return x\n" in found
    assert not any(text.splitlines()[1].strip() in ("x", "items") for text in found)
