"""Suggestions put into modules of every kind: what was given comes back, what is frozen stays."""

import ast
import dataclasses
import math
import re

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.tracepy.test_answers_applying import task_of
from tracepy.optimizers.generative.answers import Suggestion, apply
from tracepy.transforms.source import Source

LITERALS = {
    "number": st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6).map(lambda x: round(x, 3)),
    "string": st.text(st.characters(codec="latin-1", exclude_characters="\r"), max_size=12),
    "bool": st.booleans(),
    "list": st.lists(st.integers(0, 99), min_size=1, max_size=4),
}
MARKS = st.sampled_from(["", "  # tracepy: train", "  # tracepy: freeze"])
BODIES = st.sampled_from(
    [
        "return x",
        "if x:\n    return 1\nreturn [y for y in (x, 2)]",
        "def inner(z):\n    return z + 1\nreturn inner(x)",
        'text = """a\n  b\n"""\nreturn text',
        "for i in range(3):\n\n    x += i  # a comment\n\nreturn x",
        "return lambda y: (\n    y,\n  x)",
        "class Local:\n    SIZE = 3\nreturn Local",
        "s = 'é\\n\\t\\\\'\nreturn s",
        "return {\n'a': x,\n}",
    ]
)


@dataclasses.dataclass
class Module:
    text: str
    encoding: str


def indented(text: str, front: str) -> str:
    rows = text.split("\n")
    inside = 0
    found = []
    for row in rows:
        found.append(front + row if row and not inside else row)
        inside ^= row.count('"""') % 2
    return "\n".join(found)


@st.composite
def modules(draw):
    """A module with constants, functions, a class, and its line ends, indentation and encoding."""
    step = draw(st.sampled_from(["    ", "\t", "  "]))
    parts = []
    for number in range(draw(st.integers(0, 3))):
        value = draw(LITERALS[draw(st.sampled_from(sorted(LITERALS)))])
        parts.append(f"C{number} = {value!r}{draw(MARKS)}")
    for number in range(draw(st.integers(1, 3))):
        head = draw(
            st.sampled_from(
                ["def f{}(x):", "async def f{}(x, *, key='a'):", "def f{}(\n    x, n=3, *rest\n):"]
            )
        ).format(number)
        decorator = draw(st.sampled_from(["", "@staticmethod\n", "@wraps(1)\n@other\n"]))
        mark = draw(MARKS)
        local = f"k = {draw(st.integers(0, 9))}{draw(MARKS)}\n" if draw(st.booleans()) else ""
        body = indented(local + draw(BODIES), step)
        parts.append(f"{decorator}{head}{mark}\n{body}")
    if draw(st.booleans()):
        inside = f"SIZE = 4{draw(MARKS)}\n\ndef act(self, x):{draw(MARKS)}\n"
        inside += indented(draw(BODIES), step)
        parts.append(f"class Agent:\n{indented(inside, step)}")
    # Something is always trainable.
    parts.append("def last(x):  # tracepy: train\n    return x")
    encoding = draw(st.sampled_from(["utf-8", "latin-1"]))
    text = "\n\n".join(parts) + "\n"
    if encoding == "latin-1":
        text = f"# -*- coding: latin-1 -*-\n{text}"
    ends = draw(st.sampled_from(["\n", "\r\n"]))
    return Module(text.replace("\n", ends), encoding)


def task_for(module):
    task, path = task_of(module.text)
    source = Source(module.text, path, module.encoding)
    return dataclasses.replace(task, originals={path: source}), path


def values_of(task, sources):
    return {p.name: p.value for p in task.find(sources)}


def frozen_of(task, path, text):
    source = task.originals[path].replaced(text)
    found = sorted(text[start:end] for start, end in task.frozen(source, "shop"))
    # What is marked to be trained within something frozen may change.
    return [re.sub(r"k = -?\d+(?=  # tracepy: train)", "k", each) for each in found]


COMMON = settings(
    max_examples=120, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip


@COMMON
@given(modules(), st.data())
def test_a_value_comes_back_and_the_rest_stays(module, data):
    task, path = task_for(module)
    parameters = task.find({})
    literals = [p for p in parameters if p.kind != "function"]
    assume(literals)
    one = data.draw(st.sampled_from(literals))
    kind = "list" if one.kind == "literal" else one.kind
    new = data.draw(LITERALS[kind])
    if isinstance(one.value, int) and kind == "number":
        new = round(new)
    assume(new != one.value and not (isinstance(new, float) and math.isnan(new)))
    result = apply(task, {}, parameters, Suggestion(values={one.name: new}))
    assert result.complete, result.problems
    after = values_of(task, result.sources)
    assert after.pop(one.name) == new
    before = values_of(task, {})
    before.pop(one.name)
    inside = one.name.rpartition(".<")[0]
    assert {k: v for k, v in after.items() if k != inside} == {
        k: v for k, v in before.items() if k != inside
    }
    text = result.sources[path]
    old = module.text
    assert text[: one.start] == old[: one.start]
    assert text[len(text) - len(old) + one.end :] == old[one.end :]
    task.originals[path].encode(text)


@COMMON
@given(modules(), BODIES, st.sampled_from(["    ", "  ", "\t"]), st.data())
def test_a_function_comes_back_and_the_rest_stays(module, body, step, data):
    task, path = task_for(module)
    parameters = task.find({})
    one = data.draw(st.sampled_from([p for p in parameters if p.kind == "function"]))
    assume("tracepy: freeze" not in one.value.partition("\n")[2] and ".<k>" not in one.name)
    assume(not any(p.name.startswith(f"{one.name}.") for p in parameters))
    tree = ast.parse(one.value).body[0]
    head = one.value.split("\n")[: tree.body[0].lineno - 1]
    given = "\n".join(head) + "\n" + indented(body, step)
    result = apply(task, {}, parameters, Suggestion(values={one.name: given}))
    if not result.changed:
        assert "same as before" in result.problems[0]
        return
    assert result.complete, result.problems
    text = result.sources[path]
    after = {p.name: p for p in task.find(result.sources)}
    assert ast.dump(ast.parse(after[one.name].value)) == ast.dump(ast.parse(given))
    assert text[: one.start] == module.text[: one.start]
    assert text.endswith(module.text[one.end :])
    assert frozen_of(task, path, text) == frozen_of(task, path, module.text)
    assert ("\r\n" in text) == ("\r\n" in module.text)
    assert text.count("\n") == text.count("\r\n") or "\r\n" not in text
    task.originals[path].encode(text)


ANSWERS = st.dictionaries(
    st.sampled_from(["f0", "f1", "f2", "act", "last", "C0", "C1", "C2", "SIZE", "f0.k", "f1.<k>"]),
    st.one_of(
        *LITERALS.values(),
        BODIES.map(lambda body: f"def f0(x):\n{indented(body, '  ')}"),
        BODIES.map(lambda body: f"def act(self, x):  # tracepy: train\n{indented(body, '  ')}"),
        st.sampled_from(
            [
                "def last(x):\n    global C0\n    C0 = 3",
                "def last(x):\n    k = 3\n    return k",
                "def f0(x):\n    k = 8  # tracepy: train\n    return k",
            ]
        ),
    ),
    max_size=4,
)  # fmt: skip


@COMMON
@given(modules(), ANSWERS)
def test_what_is_frozen_stays_whatever_the_answer(module, values):
    task, path = task_for(module)
    result = apply(task, {}, task.find({}), Suggestion(values=values))
    text = result.sources.get(path, module.text)
    ast.parse(text)
    assert frozen_of(task, path, text) == frozen_of(task, path, module.text)
    assert set(values_of(task, {})) >= set(result.changed)
    assert bool(result.sources) == bool(result.changed)
    assert all(problem.endswith((".", "?")) for problem in result.problems)
