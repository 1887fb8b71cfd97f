"""Each family, as source in and a line that must be among the results."""

from __future__ import annotations

import ast
from itertools import islice

import pytest

from tracepy.transforms.edit import apply_edits
from tracepy.transforms.mutate import FAMILIES, Facts, mutations, mutations_of, sites
from tracepy.transforms.mutate.places import pointless
from tracepy.transforms.source import Source


def results(text: str, line: int, family: str) -> set[str]:
    """What a family makes of the statements of a line."""
    found = set()
    for site in sites(Source(text), lines={line}):
        for draft in FAMILIES[family](site):
            found.add(apply_edits(text, draft.edits))
    return found


# family, text before the line, line, wanted lines, text after it
CASES: list[tuple[str, str, str, list[str], str]] = [
    ("names", "def f(a, b):\n", "    return a", ["    return b"], ""),
    ("names", "import os\nroot = 1\ndef f():\n", "    return os.root", ["    return os"], ""),
    ("names", "def f(a):\n    print(a.y)\n", "    return a.x", ["    return a.y", "    return a"], ""),
    ("names", "def f(p):\n    p.x = 1\n", "    return p", ["    return p.x"], ""),
    ("names", "import os\nprint(os.sep)\ndef f(a):\n", "    return a.sep", ["    return os.sep"], ""),
    ("operands", "def f(a, b):\n", "    return a - b", ["    return b - a", "    return a", "    return (a - 1) - b"], ""),
    ("operands", "def f(a):\n", "    return a == 0", ["    return a <= 1"], ""),
    ("operators", "", "x = a < b", ["x = a <= b", "x = a >= b"], ""),
    ("operators", "", "x = a//b", ["x = a/b"], ""),
    ("operators", "", "x = a is b", ["x = a == b", "x = a is not b"], ""),
    ("operators", "", "x = a  not  in b", ["x = a  in b"], ""),
    ("operators", "", "x += 1", ["x -= 1"], ""),
    ("operators", "", "x = a and (b or c)", ["x = a or (b or c)", "x = a and (b and c)"], ""),
    ("operators", "", "x = not a", ["x = a"], ""),
    ("literals", "", "x = 1", ["x = 2", "x = 0", "x = None", "x = 1.0"], ""),
    ("literals", "", "x = True", ["x = False"], ""),
    ("literals", "y = 'on'\n", 'x = "off"', ['x = "on"', 'x = ""'], ""),
    ("conditions", "def f(a, b):\n", "    if a:", ["    if not a:", "    if a and b:", "    if a or not b:", "    if b is None or a:"], "        b()\n"),
    ("conditions", "", "if a and b and c:", ["if a and c:", "if False:"], "    pass\n"),
    ("conditions", "n = 5\nif n > 3:\n    pass\n", "while a:", ["while a and n > 3:"], "    pass\n"),
    ("conditions", "def f(a, i):\n", "    while a[i] > 0:", ["    while i < len(a) and a[i] > 0:"], "        i += 1\n"),
    ("conditions", "def f(a):\n", "    if a[-1] > 0:", ["    if a and a[-1] > 0:"], "        pass\n"),
    ("conditions", "def f(a):\n    print(a.b)\n", "    return a is not None", ["    return a is not None and a.b", "    return not (a is not None)"], ""),
    ("conditions", "class A: pass\ndef f(a, b):\n", "    return a.x == b.x", ["    return isinstance(b, A) and a.x == b.x"], ""),
    ("calls", "", "x = f(a, b)", ["x = f(b, a)", "x = f(a)", "x = f(b)"], ""),
    ("calls", "", "x = s.strip()", ["x = s.rstrip()", "x = s.lstrip()"], ""),
    ("calls", "", "x = d.get(k)", ["x = d.get(k, 0)", "x = d.get(k, None)"], ""),
    ("calls", "", "x = f(a, key=b)", ["x = f(a)", "x = f(a, b)"], ""),
    ("calls", "def g(one, two=2): pass\n", "g(1, two=3)", ["g(1, one=3)"], ""),
    ("calls", "def g(a): pass\ndef h(a): pass\n", "x = g(1)", ["x = h(1)"], ""),
    ("wraps", "", "x = f(a)", ["x = f(str(a))", "x = a", "x = f(a.strip())", "x = f(a) or 0"], ""),
    ("wraps", "def f(a):\n", "    x = a", ["    x = max(x, a)", "    x = a if a is not None else 0"], ""),
    ("wraps", "", "for k in d:", ["for k in sorted(d):", "for k in d.items():"], "    pass\n"),
    ("wraps", "def f(one_re, other_re, s, i):\n    a = one_re.match(s, i)\n", "    b = other_re", ["    b = other_re.match(s, i)"], ""),
    ("slices", "", "x = a[1:n]", ["x = a[1:n + 1]", "x = a[:n]", "x = a[0:n]", "x = a[1:]"], ""),
    ("slices", "", "x = a[0]", ["x = a[-1]", "x = a[1]", "x = a"], ""),
    ("slices", "", "x = f(a)", ["x = f(a[1:])", "x = f(a[-1])"], ""),
    ("items", "", "x = d[k]", ["x = d.get(k)", "x = d.get(k, 0)", "x = d.get(k, [])"], ""),
    ("items", "y = e.get('a', 'none')\n", "x = d['a'] + 1", ["x = d.get('a', 'none') + 1"], ""),
    ("items", "", "x = d.get(k)", ["x = d[k]"], ""),
    ("enclosures", "def f(a):\n", "    a.b()", ["    if a:\n        a.b()", "    if a is not None:\n        a.b()", "    if not a.b:\n        a.b()"], ""),
    ("enclosures", "def f(a, i):\n", "    a[i] = 1", ["    if i < len(a):\n        a[i] = 1", "    if i not in a:\n        a[i] = 1"], ""),
    ("closures", "", "x = [lambda a: a + n for n in m]", ["x = [lambda a, n=n: a + n for n in m]"], ""),
    ("closures", "for n in m:\n", "    x[n] = lambda: n", ["    x[n] = lambda n=n: n"], ""),
    ("guards", "def f(a):\n", "    return a.b", ["    if a is None:\n        return None\n    return a.b", "    if not a:\n        return []\n    return a.b"], ""),
    ("guards", "def f(a):\n    for b in a:\n", "        g(b)", ["        if not b:\n            continue\n        g(b)"], ""),
    ("guards", "def f(a, i):\n", "    g(a[i])", ["    if i >= len(a):\n        return\n    g(a[i])"], ""),
    ("guards", "def f(a):\n", "    a.x()", ["    if not isinstance(a, str):\n        return\n    a.x()"], ""),
    ("returns", "def f(a, b):\n", "    return a", ["    return b", "    return None", "    return []"], ""),
    ("returns", "def f(a):\n", "    g(a)", ["    return g(a)", "    g(a)\n    return a"], ""),
    ("returns", "def f(n):\n", "    return True", ["    return n == 0", "    return not n"], ""),
    ("statements", "a = 1\n", "b = 2", ["c = 3\nb = 2"], "c = 3\n"),
    ("statements", "def f(a, b):\n    a.append(1)\n", "    print(a)", ["    b.append(1)\n    print(a)", "    print(a)\n    a.append(1)"], ""),
    ("statements", "def f(a):\n    for b in a:\n", "        g(b)", ["        g(b)\n        break", "        pass\n    g(b)"], ""),
    ("statements", "if a:\n    b()\n", "c()", ["    c()"], ""),
    ("defaults", "", "def f(a, b=[]):", ["def f(a, b=()):"], "    return b\n"),
    ("exceptions", "", "raise KeyError(x)", ["raise ValueError(x)", "raise LookupError(x)"], ""),
    ("exceptions", "def f(a):\n", "    return a[0]", ["    try:\n        return a[0]\n    except IndexError:\n        return None"], ""),
    ("loops", "", "for i in range(n):", ["for i in range(n + 1):", "for i in range(1, n):", "for i in range(n - 1):"], "    pass\n"),
    ("loops", "", "for i in range(1, n - 1):", ["for i in range(1, n):", "for i in range(0, n - 1):"], "    pass\n"),
    ("loops", "", "for i in a:", ["for i in list(a):", "for i in reversed(a):"], "    pass\n"),
    ("selfs", "class A:\n    def g(self): self.x = 1\n    def f(self):\n", "        return x", ["        return self.x"], ""),
    ("selfs", "class A:\n    def f(self):\n", "        return A(1)", ["        return type(self)(1)"], ""),
    ("selfs", "class A:\n    @classmethod\n    def f(cls):\n", "        return A(1)", ["        return cls(1)"], ""),
    ("selfs", "class A(B):\n    def __init__(self, a, b):\n", "        self.b = b", ["        super().__init__(a)\n        self.b = b"], ""),
    ("selfs", "async def f(a):\n", "    b = a()", ["    b = await a()"], ""),
    ("selfs", "def f(a):\n", "    return a", ["    yield a", "    yield from a"], ""),
    ("selfs", "class A(B):\n    def __init__(self, a):\n", "        self.a = a", ["        super().__init__()\n        self.a = a"], ""),
    ("assigns", "", "x = y", ["x += y", "y = x", "x = list(y)", "x = y.copy()"], ""),
    ("assigns", "", "x, y = y, x", ["y, x = y, x"], ""),
    ("assigns", "", "x += 1", ["x = 1"], ""),
    ("assigns", "", "x = 0", ["x = 1", "x = []"], ""),
    ("strings", "import re\n", "x = re.match(r'a.b+', y)", [r"x = re.match(r'a\.b+', y)", "x = re.match(r'a.b*', y)", "x = re.match(r'^a.b+', y)", "x = re.match(r'a.b+', y, flags=re.IGNORECASE)"], ""),
    ("strings", "def f(a):\n", "    return '{a}'", ["    return f'{a}'"], ""),
    ("fields", "def f(a, b):\n", "    return f'{a}'", ["    return f'{b}'", "    return f'{a!r}'", "    return f'{a}{b}'", "    return f'{len(a)}'"], ""),
    ("fields", "def f(a, b):\n", "    return f'{a}{b:.2f}'", ["    return f'{a} {b:.2f}'", "    return f'{a}{b:.3f}'", "    return f'{a}'"], ""),
    ("additions", "def f(n, k):\n", "    return n", ["    return n - k", "    return n // 2", "    return n + 1", "    return 1 + n"], ""),
    ("additions", "def f(text, mark=''):\n    text = text.strip()\n", "    return text", ["    return text + mark", "    return mark + text"], ""),
    ("arguments", "def f(a, b, *args, **kwargs):\n", "    return f(a)", ["    return f(a, b)", "    return f(a, *args)", "    return f(*a)", "    return f(a - 1)", "    return f(a[1:])"], ""),
    ("arguments", "class P:\n    x: int\n    y: int\ndef f(x, y):\n", "    return P(x)", ["    return P(x, y)", "    return P(x, y=y)"], ""),
    ("arguments", "", "x = isinstance(a, list)", ["x = isinstance(a, (list, tuple))", "x = isinstance(a, str)"], ""),
    ("arguments", "", "x.append(a, b)", ["x.append((a, b))"], ""),
    ("basecases", "def f(n):\n", "    return n * f(n - 1)", ["    if n == 0:\n        return 1\n    return n * f(n - 1)"], ""),
    ("basecases", "def f(a):\n    0\n", "    return [a[0]] + f(a[1:])", ["    if not a:\n        return []\n    return [a[0]] + f(a[1:])"], ""),
    ("filters", "def f(a, b):\n", "    return [x for x in a]", ["    return [x for x in a if x]", "    return [x for x in a if x != b]", "    return [x for x in a if x is not None]"], ""),
    ("nesting", "", "x = a + b / c - 1", ["x = (a + b) / c - 1", "x = a + b / (c - 1)"], ""),
    ("nesting", "", "x = len(a - 1)", ["x = len(a) - 1"], ""),
    ("nesting", "", "x = a and b or c", ["x = a and (b or c)"], ""),
    ("shapes", "", "x = f(a)", ["x = f([a])", "x = sorted(set(f(a)))", "x = f(next(iter(a)))"], ""),
    ("shapes", "", "rows = list(rows)", ["rows = [list(row) for row in rows]"], ""),
    ("swaps", "", "x = f(a, g(b))", ["x = f(b, g(a))"], ""),
    ("swaps", "", "x = 1 if a else 0", ["x = 0 if a else 1"], ""),
    ("ternaries", "def f(a, key=None):\n", "    x = key(a)", ["    x = a if key is None else key(a)"], ""),
    ("ternaries", "", "x = a if b else c", ["x = a", "x = c"], ""),
    ("updates", "def f(a):\n    seen = set()\n    for b in a:\n", "        print(b)", ["        print(b)\n        seen.add(b)", "        seen.add(b)\n        print(b)"], ""),
    ("updates", "class A:\n    def __init__(self, a, b):\n", "        self.a = a", ["        self.a = a\n        self.b = b"], ""),
    ("elements", "y = ['a', 'b']\n", "x = ['a']", ["x = ['a', 'b']", "x = []"], ""),
    ("elements", "", "x = {'a': 1, 'b': 2}", ["x = {'a': 1}", "x = {'b': 2}"], ""),
    ("shapes", "class A:\n    def seen(self, name):\n        pass\n    def f(self, name):\n        a(1)\n", "        name", ["        self.seen(name)", "        a(name)"], ""),
    ("calls", "", "x = 'a'.append('b')", ["x = 'a'.endswith('b')", "x = 'a'.split('b')"], ""),
    ("calls", "", "x = max(a, reverse=b)", ["x = max(a, key=b)", "x = max(a, default=b)"], ""),
    ("redundancy", "def f(a, b):\n    print(len(a) - 1)\n", "    return b", ["    return len(a) - 1"], ""),
    ("redundancy", "def g(left):\n    h(left.size)\ndef f(lef):\n", "    return h(0)", ["    return h(lef.size)"], ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("family", "before", "line", "wanted", "after"),
    CASES,
    ids=[f"{case[0]}: {case[2].strip()}" for case in CASES],
)
def test_wanted_edits_are_proposed(
    family: str, before: str, line: str, wanted: list[str], after: str
) -> None:
    found = results(before + line + "\n" + after, before.count("\n") + 1, family)
    for text in wanted:
        if family == "statements" and text.startswith("c = 3"):
            assert before + text + "\n" in found  # the neighbour moved as well
        else:
            assert before + text + "\n" + after in found, text


def test_every_family_has_a_case() -> None:
    assert {case[0] for case in CASES} | {"outputs"} == set(FAMILIES)  # test_mutate_outputs


def test_a_mutable_default_becomes_none_with_a_guard() -> None:
    text = 'def f(a, b=[]):\n    """Doc."""\n    b.append(a)\n'
    assert (
        'def f(a, b=None):\n    """Doc."""\n    if b is None:\n        b = []\n    b.append(a)\n'
        in results(text, 1, "defaults")
    )


def test_a_guard_is_put_round_a_statement_and_what_follows_it() -> None:
    text = "def f(a):\n    a.x = 1  # why\n\n    a.y = 2\n"
    found = results(text, 2, "enclosures")
    assert "def f(a):\n    if a:\n        a.x = 1  # why\n\n    a.y = 2\n" in found
    assert "def f(a):\n    if a:\n        a.x = 1  # why\n\n        a.y = 2\n" in found


def test_what_a_run_saw_decides_how_an_item_is_read() -> None:
    text = "def f(d, k):\n    return d[k]\n"
    seen = Facts(types={2: {"d": frozenset({"list"})}})
    (site,) = sites(Source(text), lines={2}, facts=seen)
    assert list(FAMILIES["items"](site)) == []


def test_flags_seen_in_a_run_are_the_first_parts_of_a_condition() -> None:
    text = (
        "def f(items, item, done):\n    done = not item\n    if item in items:\n        return 1\n"
    )
    seen = Facts(types={2: {"done": frozenset({"bool"}), "item": frozenset({"str"})}})
    (site,) = sites(Source(text), lines={3}, facts=seen)
    scores = {draft.note: draft.score for draft in FAMILIES["conditions"](site)}
    assert scores["and not done"] > scores.get("and done is None", 0.0)
    assert scores["and not done"] > scores.get("and item is not None", 0.0)


def test_an_except_clause_is_changed_and_widened() -> None:
    text = "try:\n    a()\nexcept KeyError:\n    b()\n"
    found = {apply_edits(text, m.edits) for m in mutations(Source(text), lines={3})}
    assert text.replace("KeyError", "LookupError") in found
    assert text.replace("KeyError", "(KeyError, ValueError)") in found


def test_a_guard_before_a_one_line_body_opens_the_block() -> None:
    text = "def f(x, y):\n    if x: return y.z\n"
    found = {apply_edits(text, m.edits) for m in mutations(Source(text), lines={2})}
    wanted = "def f(x, y):\n    if x:\n        if y is None:\n            return None\n        return y.z\n"
    assert wanted in found


def test_operands_of_several_lines() -> None:
    text = "x = (a %\n     ('one '\n      'two' if b else\n      c) % d)\ny = f('a'\n      'b' % c * 2 + 1)\n"
    found = {apply_edits(text, m.edits) for m in mutations(Source(text))}
    assert text.replace("+ 1", "- 1") in found


def test_a_separator_becomes_one_that_a_run_saw() -> None:
    text = "def f(a):\n    return a.split(';')\n"
    facts = Facts(values={2: {"a": ("'x~1&y~2'",)}})
    (site,) = sites(Source(text), lines={2}, facts=facts)
    notes = [mutation.note for mutation in mutations_of(site)]
    assert notes.index("'~'") < notes.index("'|'")
    assert "'&'" in notes


def test_comments_and_layout_survive() -> None:
    text = "x = f( a ,  # why\n      b)  # because\n"
    found = {apply_edits(text, m.edits) for m in mutations(Source(text))}
    assert "x = f( b ,  # why\n      a)  # because\n" in found


def test_the_step_of_indentation_is_that_of_blocks_not_of_docstrings() -> None:
    text = '"""Doc:\n\n  - two spaces\n"""\ndef f(x):\n\tx.y()\n'
    found = {apply_edits(text, m.edits) for m in mutations(Source(text), lines={6})}
    assert text.replace("\tx.y()", "\tif x is None:\n\t\treturn\n\tx.y()") in found


def test_a_class_body_knows_its_own_names() -> None:
    text = "class A:\n    low = 1\n    high = low\n    span = (low, low)\n"
    assert "    span = (low, high)" in "".join(results(text, 4, "names")).splitlines()


def test_an_exception_that_is_waited_for_is_raised_by_a_guard() -> None:
    text = "def f(a):\n    return a.b\n"
    (site,) = sites(Source(text), lines={2}, facts=Facts(awaited=("ValueError", "Unknown")))
    found = {apply_edits(text, draft.edits) for draft in FAMILIES["guards"](site)}
    assert "def f(a):\n    if not a:\n        raise ValueError\n    return a.b\n" in found
    assert not any("Unknown" in result for result in found)


def test_what_a_line_raised_says_which_edits_come_first() -> None:
    text = "def f(d, k):\n    return d[k]\n"
    ranks = []
    for facts in (Facts(), Facts(raised={2: frozenset({"KeyError"})})):
        (site,) = sites(Source(text), lines={2}, facts=facts)
        notes = [mutation.note for mutation in mutations_of(site)]
        ranks.append(notes.index("`d.get(k)`"))
    assert ranks[1] < ranks[0]


@pytest.mark.parametrize(
    ("line", "message", "note"),
    [
        ("x = a > b", "'>' not supported between instances of 'str' and 'int'", "`len(…)`"),
        ("a + b", 'can only concatenate str (not "int") to str', "`str(…)`"),
        ("g.match(a)", "name 'g' is not defined", "`a` for `g`"),
        ("g(a, b)", "g() missing 1 required positional argument: 'c'", "argument `c=c` more"),
        ("a.sum(b)", "'list' object has no attribute 'sum'", "`index` for `sum`"),
    ],
)
def test_what_an_exception_names_says_which_edits_come_first(
    line: str, message: str, note: str
) -> None:
    text = f"def g(a, b, c): pass\ndef f(a, b, c):\n    {line}\n    return c.index(a)\n"
    ranks = []
    for facts in (Facts(), Facts(said={3: (message,)})):
        (site,) = sites(Source(text), lines={3}, facts=facts)
        ranks.append([mutation.note for mutation in mutations_of(site)].index(note))
    assert ranks[1] < ranks[0]


def test_an_exception_that_a_try_lets_through_is_caught_first() -> None:
    text = "def f(a):\n    try:\n        a()\n    except ValueError:\n        pass\n"
    facts = Facts(raised={3: frozenset({"OwnError"})})
    (site,) = sites(Source(text), lines={2}, facts=facts)
    assert "except OwnError" in [mutation.note for mutation in islice(mutations_of(site), 3)]


def test_a_private_name_that_nothing_reads_is_likely_missing() -> None:
    text = "import re\n_A = 1\n_B = 2\ndef f(x):\n    return _A + x\ndef g(x):\n    return x\n"
    (site,) = sites(Source(text), lines={5})
    notes = [mutation.note for mutation in mutations_of(site)]
    assert notes.index("`_B` for `_A`") < notes.index("drop the statement")


@pytest.mark.parametrize(
    ("statement", "vain"),
    [
        ("x", True),
        ("'text'", True),
        ("a + b", True),
        ("f(x)", False),
        ("...", False),
        ("x = 1", False),
    ],
)
def test_a_statement_that_only_names_a_value_is_pointless(statement: str, vain: bool) -> None:
    function = ast.parse(f"def f():\n    pass\n    {statement}\n").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert pointless(function.body[1], function) is vain


def test_a_docstring_is_not_pointless() -> None:
    function = ast.parse("def f():\n    'text'\n").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert not pointless(function.body[0], function)
