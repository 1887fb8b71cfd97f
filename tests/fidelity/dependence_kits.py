"""What programs about data flow are put together from, construct by construct. Data only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kit:
    """What a construct's programs are put together from.

    `$o` is an object that `make` makes, `$q` another one of the kit (or the same), `$t` and `$u` names
    of their own each time; `<e>` is a number, `<i>` an index 0 or 1 or -1, `<k>` the key "p" or "q".

    Attributes:
        top: Definitions, once a program.
        make: Statements that make `$o`; empty where there is none.
        steps: Statements; any of them may be run, at any time.
        reads: Expressions that are numbers.
        shows: Expressions of what is returned, beside numbers.
    """

    top: str = ""
    make: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()


KITS: dict[str, list[Kit]] = {
    "assignments": [
        Kit(
            make=("$o = <e>", "$o = $t = <e>", "$o, $t = <e>, <e>", "$o: int = <e>"),
            steps=(
                "$o = <e>", "$o += <e>", "$o -= <e>", "$o, $q = <e>, <e>", "$o, $q = $q, $o",
                "$o, *$t = <e>, <e>, <e>", "($o, ($t, $u)) = <e>, (<e>, <e>)", "$t = $o = <e>",
                "$t = $o\ndel $t",
            ),
            reads=("$o", "$o + $q", "($t := <e>) + $t", "-$o", "[$t := <e>, $o][0]"),
        ),
    ],
    "branches": [
        Kit(
            top="""
def sign(v, w):
    if v > w:
        return 1
    u = w - v
    if u > 3:
        return u
    return 0
""",
            make=("$o = <e>",),
            steps=(
                "if $o > <e>:\n    $o = <e>",
                "if $o > 4:\n    $o = <e>\nelif $o > 2:\n    $o += 1\nelse:\n    $o = <e>",
                "if $o % 2 and <e> > 3:\n    $o += <e>\nelse:\n    pass",
                "if not $o:\n    $o = <e>",
                "$t = <e>\nif $t > $o:\n    $o, $t = $t, $o",
            ),
            reads=(
                "sign(<e>, $o)", "<e> if $o > <e> else <e>", "($o > 3 and <e>) or <e>",
                "int(1 < $o < 9)", "$o or <e>",
            ),
        ),
    ],
    "loops": [
        Kit(
            top="""
def find(xs, v):
    seen = 0
    for at, x in enumerate(xs):
        seen += 1
        if x == v:
            return at
    return seen
""",
            make=("$o = <e>",),
            steps=(
                "for $t in range(3):\n    $o += $t",
                "for $t in [<e>, <e>, <e>]:\n    if $t > 5:\n        break\n    $o += $t",
                "for $t in (<e>, <e>):\n    if $t % 2:\n        continue\n    $o -= $t",
                "for $t in range(3):\n    if $t == $o:\n        break\nelse:\n    $o = <e>",
                "$t = 3\nwhile $t:\n    $t -= 1\n    $o += $t",
                "$t = <e>\nwhile True:\n    $t += 2\n    if $t > 6:\n        break\n$o += $t",
                "for $t, $u in zip([<e>, 2], [<e>, <e>]):\n    $o += $t * $u",
                "for $t in range(2):\n    for $u in range(2):\n        if $u > $t:\n            break\n        $o += <e>",
            ),
            reads=("find([1, <e>, 3], $o)", "$o", "sum(range($o % 5))"),
        ),
    ],
    "lists": [
        Kit(
            make=("$o = [<e>, <e>, <e>]", "$o = list((<e>, <e>, 5))", "$o = [<e>] * 3"),
            steps=(
                "$o.append(<e>)", "$o.extend([<e>, <e>])", "$o.insert(<i>, <e>)", "$o[<i>] = <e>",
                "$o[<i>] += <e>", "$o += [<e>]", "$o.sort()", "$o.reverse()", "$o[1:2] = [<e>, <e>]",
                "del $o[0]\n$o.append(<e>)", "$o[0], $o[1] = $o[1], $o[0]", "$o.extend($q)",
                "$t = $o.append\n$t(<e>)", "$o.remove(max($o))\n$o.append(<e>)", "$o = $o + [<e>]",
                "$o = sorted($o)",
            ),
            reads=(
                "$o[<i>]", "len($o)", "sum($o)", "$o.pop() + len($o[:0])", "max($o)", "$o[-1]",
                "$o[1:][0]", "int(<e> in $o)", "min($o) if $o else 0",
            ),
            shows=("$o", "$o[1:]", "tuple($o)"),
        ),
    ],
    "dictionaries": [
        Kit(
            make=('$o = {"p": <e>, "q": <e>}', "$o = dict(p=<e>, q=<e>)"),
            steps=(
                "$o[<k>] = <e>", "$o[<k>] += <e>", "$o.update(p=<e>)", "$o.update({<k>: <e>})",
                '$o.setdefault("r", <e>)', '$o["r"] = $o.get("r", 0) + <e>', "$o.update($q)",
                '$o |= {"s": <e>}', "$t = $o.copy()\n$t[<k>] = <e>",
                "for $t in list($o):\n    $o[$t] += 1", "$t = <k>\n$o[$t] = <e>",
            ),
            reads=(
                "$o[<k>]", "$o.get(<k>, 0)", '$o.get("r", <e>)', "len($o)", "sum($o.values())",
                "sum(t for _, t in $o.items())", '$o.pop("r", 0)', 'int("r" in $o)',
            ),
            shows=("$o", "list($o.items())", "list($o)"),
        ),
    ],
    "sets": [
        Kit(
            make=("$o = {<e>, <e>}", "$o = set()"),
            steps=(
                "$o.add(<e>)", "$o.discard(<e>)", "$o |= {<e>}", "$o.update([<e>, <e>])",
                "$o = $o - {<e>}", "$o &= $q",
            ),
            reads=("len($o)", "sum($o)", "int(<e> in $o)", "int($o <= $q)"),
            shows=("sorted($o)",),
        ),
    ],
    "nested containers": [
        Kit(
            make=(
                '$o = {"p": [<e>, <e>], "q": [<e>, <e>]}',
                '$t = [<e>, <e>]\n$o = {"p": $t, "q": [<e>, <e>]}',
                '$o = {}\n$o["p"] = [<e>, <e>]\n$o["q"] = [<e>, <e>]',
            ),
            steps=(
                "$o[<k>].append(<e>)", "$o[<k>][<i>] = <e>", "$o[<k>] += [<e>]", "$o[<k>] = [<e>, <e>]",
                "$t = $o[<k>]\n$t.append(<e>)", '$o.setdefault("r", []).append(<e>)',
                '$o["p"] = $o["q"]', "$o[<k>] = $q[<k>]", "for $t in $o.values():\n    $t.append(<e>)",
                "$o[<k>].sort()",
            ),
            reads=(
                "$o[<k>][<i>]", "len($o[<k>])", "sum($o[<k>])", "sum(map(len, $o.values()))",
                "$o[<k>][-1]",
            ),
            shows=("$o", "$o[<k>]", "list($o.values())"),
        ),
        Kit(
            make=("$o = [[<e>, <e>], [<e>, <e>]]", '$o = [{0: <e>, 1: <e>, -1: 2} for _ in range(2)]'),
            steps=(
                "$o[<i>][<i>] = <e>", "$o[<i>][<i>] += <e>", "$t = $o[<i>]\n$t[<i>] = <e>",
                "$o[0] = $o[1]", "$o.reverse()", "$o[<i>], $o[0] = $o[0], $o[<i>]",
            ),
            reads=("$o[<i>][<i>]", "$o[0][1] + $o[1][0]", "len($o)"),
            shows=("$o", "$o[<i>]"),
        ),
    ],
    "aliases": [
        Kit(
            top="""
class Bag:
    def __init__(self, xs):
        self.xs = xs
        self.n = 0
def same(v):
    return v
""",
            make=("$t = [<e>, <e>]\n$o = Bag($t)", "$o = Bag([<e>, <e>])"),
            steps=(
                "$o.xs += [<e>]", "$t = $o.xs\n$t += [<e>]", "$t = $o.xs\n$o.xs += [<e>]\n$o.n += len($t)",
                "$q.xs = $o.xs", "$o.xs.append(<e>)", "$o.xs[<i>] += <e>", "$o.xs = [<e>, <e>]",
                "$t = same($o.xs)\n$t.append(<e>)", "($t, $u) = ($o, $q)\n$t.n = <e>",
                "$t = {0: $o}\n$t[0].n += <e>", "$t = [$o.xs]\n$t[0].append(<e>)",
            ),
            reads=("$o.xs[<i>]", "len($o.xs)", "$o.n", "sum($o.xs)", "same($o).n", "int($o.xs is $q.xs)"),
            shows=("$o.xs", "[$o.xs, $q.xs]"),
        ),
    ],
    "attributes": [
        Kit(
            top="""
class Box:
    def __init__(self, v, w=2):
        self.v = v
        self.w = w
        self.log = []
    def put(self, v):
        self.w = self.v
        self.v = v
        return self
    def get(self, k):
        t = self.v + k
        return t
    def note(self, v):
        self.log.append(v)
""",
            make=("$o = Box(<e>)", "$o = Box(<e>, <e>)", "$o = Box(w=<e>, v=<e>)"),
            steps=(
                "$o.v = <e>", "$o.w += <e>", "$o.put(<e>)", "$o.note(<e>)", "$o.put(<e>).put(<e>)",
                "$o.v, $o.w = $o.w, <e>", "$q.v = $o.v", "$o.log = $q.log", "$t = $o.put\n$t(<e>)",
                "for $o.w in range(3):\n    pass",
            ),
            reads=("$o.v", "$o.w", "$o.get(<e>)", "len($o.log)", "$o.put(<e>).v", "Box(<e>).get(<e>)"),
            shows=("$o.log", "[$o.v, $o.log]", "($o.v, $o.w)"),
        ),
    ],
    "properties and operators": [
        Kit(
            top="""
class Gauge:
    def __init__(self, v):
        self._v = v
        self._n = 0
    @property
    def v(self):
        return self._v * 2
    @v.setter
    def v(self, new):
        self._v = new
        self._n += 1
    @property
    def n(self):
        return self._n
    def __add__(self, other):
        return Gauge(self._v + other._v)
    def __lt__(self, other):
        return self._v < other._v
    def __len__(self):
        return abs(self._v) % 7
    def __getitem__(self, k):
        return self._v + k
    def __setitem__(self, k, v):
        self._v = v - k
    def __call__(self, k):
        return self._v * k
    def __iadd__(self, k):
        self._v += k
        return self
    def __contains__(self, k):
        return k < self._v
    def __iter__(self):
        yield self._v
        yield self._n
""",
            make=("$o = Gauge(<e>)",),
            steps=(
                "$o.v = <e>", "$o.v += <e>", "$o[<e>] = <e>", "$o += <e>", "$o = $o + $q",
                "$o, $t = min($o, $q), 0",
            ),
            reads=(
                "$o.v", "$o.n", "($o + $q).v", "len($o)", "$o[<e>]", "$o(<e>)", "int($o < $q)",
                "int(<e> in $o)", "sum($o)", "max($o, $q).v",
            ),
        ),
    ],
    "class attributes and inheritance": [
        Kit(
            top="""
class Base:
    rate = 3
    count = 0
    every = [1]
    def __init__(self, v):
        self.v = v
        Base.count += 1
    def get(self):
        return self.v * self.rate + self.more(1)
    def more(self, k):
        return k
    @classmethod
    def make(cls, v):
        return cls(v + cls.rate)
    @staticmethod
    def twice(v):
        return v * 2
class Child(Base):
    rate = 5
    def __init__(self, v, w):
        super().__init__(v)
        self.w = w
    def more(self, k):
        return super().more(k) + self.w
    @classmethod
    def make(cls, v):
        return cls(v, cls.rate)
""",
            make=("$o = Base(<e>)", "$o = Child(<e>, <e>)", "$o = Base.make(<e>)", "$o = Child.make(<e>)"),
            steps=(
                "$o.v = <e>", "Base.rate = <e>", "$o.rate = <e>", "$o.every.append(<e>)",
                "Base.count = <e>", "type($o).rate = <e>", "Base.every = [<e>]",
            ),
            reads=(
                "$o.get()", "$o.v", "$o.rate", "Base.count", "sum($o.every)", "Base.twice(<e>)",
                "Child.rate", "$o.more(<e>)", "len(Base.every)", "int(isinstance($o, Child))",
            ),
            shows=("Base.every",),
        ),
    ],
    "dataclasses": [
        Kit(
            top="""
from dataclasses import dataclass, field, replace
from collections import namedtuple
@dataclass
class Point:
    v: int
    w: int = 5
    xs: list = field(default_factory=list)
    def size(self):
        return self.v + self.w
Pair = namedtuple("Pair", "v w")
""",
            make=("$o = Point(<e>)", "$o = Point(<e>, <e>)", "$o = Point(w=<e>, v=<e>)"),
            steps=(
                "$o.v = <e>", "$o.w += <e>", "$o.xs.append(<e>)", "$o = replace($o, v=<e>)",
                "$o.xs = $q.xs",
            ),
            reads=(
                "$o.v", "$o.w", "$o.size()", "len($o.xs)", "int($o == $q)", "Pair(<e>, <e>).v",
                "Pair(<e>, w=<e>)[1]", "Pair(<e>, <e>)._replace(v=<e>).v",
            ),
            shows=("[$o.v, $o.w]", "$o.xs"),
        ),
    ],
    "closures": [
        Kit(
            top="""
def adder(k):
    m = k + 1
    def add(v):
        return v + m
    return add
""",
            make=("$o = adder(<e>)",),
            steps=("$o = adder(<e>)", "$t = $o\n$o = $q\n$t(<e>)"),
            reads=("$o(<e>)", "$o($q(<e>))", "adder(<e>)(<e>)"),
        ),
        Kit(
            top="""
def counter(start):
    n = start
    calls = 0
    def more(k):
        nonlocal n, calls
        n += k
        calls += 1
        return n
    return more
""",
            make=("$o = counter(<e>)",),
            steps=("$o(<e>)", "$o(<e>)\n$q(<e>)"),
            reads=("$o(<e>)", "$o(1) - $q(1)"),
        ),
        Kit(
            top="""
def cell(start):
    n = start
    past = []
    def put(v):
        nonlocal n
        past.append(n)
        n = v
    def get():
        return n
    def old():
        return sum(past)
    return put, get, old
""",
            make=("$o = cell(<e>)",),
            steps=("$o[0](<e>)", "$t, $u, _ = $o\n$t(<e>)", "$o, $t = $q, $o"),
            reads=("$o[1]()", "$o[2]()", "$q[1]() + 1"),
        ),
        Kit(
            make=(
                "$t = <e>\ndef $o(v):\n    return v + $t\n$t = <e>",
                "$t = [<e>]\ndef $o(v):\n    $t.append(v)\n    return sum($t)",
                "$t = <e>\ndef $o(v):\n    def deep():\n        return v - $t\n    return deep()",
            ),
            steps=("$o(<e>)",),
            reads=("$o(<e>)",),
        ),
    ],
    "lambdas": [
        Kit(
            make=(
                "$o = []\nfor $t in range(3):\n    $o.append(lambda v: v + $t)",
                "$o = []\nfor $t in range(3):\n    $o.append(lambda v, $t=$t: v + $t)",
                "$t = <e>\n$o = [lambda v: v * $t, lambda v: v - 1]\n$t = <e>",
                "$o = [lambda v, k=j: v + k for j in (<e>, <e>)]",
                "$o = (lambda k: [lambda v: v + k, lambda v: v - k])(<e>)",
            ),
            steps=("$o = $o[::-1]", "$o = [$q[1], $o[0]]"),
            reads=("$o[<i>](<e>)", "$o[0]($o[1](<e>))", "(lambda v, w=<e>: v - w)(<e>)"),
        ),
    ],
    "globals": [
        Kit(
            top="""
TOTAL = 1
RATE = 2
STATE = {"p": 1, "q": 2}
ALL = [1]
def add(v):
    global TOTAL
    TOTAL += v
    ALL.append(v)
def put(k, v):
    STATE[k] = v
def rated(v):
    return v * RATE
def set_rate(v):
    global RATE
    RATE = v
""",
            steps=("add(<e>)", "put(<k>, <e>)", "set_rate(<e>)", "STATE[<k>] += <e>", "ALL[0] = <e>"),
            reads=("TOTAL", "rated(<e>)", "STATE[<k>]", "len(ALL)", "sum(ALL)", "ALL[<i>]"),
            shows=("ALL", "STATE"),
        ),
    ],
    "arguments": [
        Kit(
            top="""
def plain(p, q=3, r=5):
    return p + q - r
def only(p, *, q=4, r=2):
    return p * q
def many(*args, **kw):
    t = sum(args[1:])
    return args[0] + kw.get("k", t)
def passed(*args, **kw):
    return plain(*args, **kw)
def first(p, q):
    return p
def gather(v, into=[]):
    into.append(v)
    return sum(into)
""",
            make=("$o = [<e>, <e>]", "$o = (<e>, <e>)"),
            steps=("$o = [*$o, <e>][-2:]", "gather(<e>)", "first($o, <e>)"),
            reads=(
                "plain(<e>)", "plain(<e>, <e>)", "plain(<e>, r=<e>)", "only(<e>)", "only(<e>, r=<e>)",
                "many(<e>, <e>, <e>)", "many(<e>, k=<e>)", "many(*$o, j=<e>)", "passed(<e>, r=<e>)",
                "passed(*$o)", 'plain(**{"p": <e>, "q": <e>})', "first(<e>, <e>)",
                "first(first(<e>, <e>), <e>)", "gather(<e>)", "first(q=<e>, p=<e>)",
            ),
        ),
    ],
    "nested calls": [
        Kit(
            top="""
def inc(v):
    t = v + 1
    return t
def left(v, w):
    return v
def mix(v, w):
    u = inc(v)
    return u - w
""",
            reads=(
                "inc(inc(<e>) + inc(<e>))", "left(left(<e>, <e>), left(<e>, <e>))", "mix(inc(<e>), <e>)",
                "mix(mix(<e>, <e>), mix(<e>, <e>))", "inc(left(inc(<e>), inc(<e>)))",
                "left(inc(<e>), <e>) + left(<e>, inc(<e>))", "max(inc(<e>), inc(<e>))",
                "[inc(<e>), inc(<e>)][1]",
            ),
        ),
    ],
    "recursion": [
        Kit(
            top="""
def fact(n):
    if n < 2:
        return 1
    return n * fact(n - 1)
def tree(n, extra):
    if n < 1:
        return 1
    left = tree(n - 1, extra)
    right = tree(n - 2, 0)
    return left + right
def even(n):
    if n == 0:
        return 1
    return odd(n - 1)
def odd(n):
    if n == 0:
        return 0
    return even(n - 1)
def collect(n, into):
    if n:
        into.append(n)
        collect(n - 1, into)
    return into
def flat(x):
    if isinstance(x, list):
        t = 0
        for y in x:
            t += flat(y)
        return t
    return x
""",
            make=("$o = []", "$o = [<e>]"),
            steps=("collect(abs(<e>) % 4, $o)",),
            reads=(
                "fact(abs(<e>) % 5)", "tree(abs(<e>) % 4, <e>)", "even(abs(<e>) % 6)", "len($o)",
                "flat([<e>, [<e>, [<e>]], $o])", "fact(fact(abs(<e>) % 3))", "sum(collect(2, $o))",
            ),
            shows=("$o",),
        ),
    ],
    "callbacks": [
        Kit(
            top="""
from functools import partial, reduce
def neg(v):
    return -v
def twice(v):
    return v * 2
def odd(v):
    return v % 2
def plus(v, w):
    return v + w
def far(k):
    def key(v):
        return abs(v - k)
    return key
""",
            make=("$o = [<e>, <e>, <e>]", "$o = list(map(twice, [<e>, <e>, 3]))"),
            steps=(
                "$o.sort(key=neg)", "$o.sort(key=far(<e>))", "$o = sorted($o, key=lambda v: (v % 3, v))",
                "$o[<i>] = <e>", "$t = map(twice, $o)\n$o = list($t)", "$o.append(twice(<e>))",
            ),
            reads=(
                "sum(map(twice, $o))", "len(list(filter(odd, $o)))", "reduce(plus, $o)",
                "reduce(lambda p, q: p * 2 + q, $o, <e>)", "max($o, key=neg)", "min($o, key=far(<e>))",
                "sorted($o, key=neg)[0]", "partial(plus, <e>)(<e>)", "sum(map(plus, $o, $q))",
                "next(filter(odd, $o), <e>)", "$o[0]",
            ),
            shows=("$o", "list(map(neg, $o))"),
        ),
    ],
    "comprehensions": [
        Kit(
            top="""
def half(v, w):
    return v // 2
""",
            make=("$o = [<e>, <e>, <e>]",),
            steps=(
                "$t = <e>\n$o = [v + $t for v in $o]", "$o = [v for v in $o if v != <e>] + [<e>]",
                "$o = [half(v, <e>) for v in $o]", "$o = [v + w for v in $o[:2] for w in (0, <e>)]",
                "$o[<i>] = <e>", "$t = {v: v + <e> for v in $o}\n$o = list($t.values())",
            ),
            reads=(
                "sum(v * <e> for v in $o)", "len({v % 3 for v in $o})", "[half(v, 1) for v in $o][0]",
                "{v: <e> for v in (1, 2)}[1]", "max([v - w for v in $o for w in $q])",
                "sum(len([w for w in range(v % 4)]) for v in $o)", "any(v > <e> for v in $o) + 1",
            ),
            shows=("$o", "[v for v in $o if v > <e>]", "{v: v + 1 for v in $o}"),
        ),
    ],
    "generators": [
        Kit(
            top="""
def count(n, step):
    while True:
        yield n
        n += step
""",
            make=("$o = count(<e>, <e>)",),
            steps=("next($o)", "next($o)\nnext($q)"),
            reads=("next($o)", "next($o) - next($q)", "next(count(<e>, <e>))"),
        ),
        Kit(
            top="""
def total():
    t = 0
    seen = 0
    while True:
        got = yield t
        t += got
        seen += 1
""",
            make=("$o = total()\nnext($o)",),
            steps=("$o.send(<e>)", "$o.send(<e>)\n$q.send(<e>)"),
            reads=("$o.send(<e>)",),
        ),
        Kit(
            top="""
def numbers(n, k):
    for i in range(n % 4):
        yield i + k
    return k
def twice(source):
    for v in source:
        yield v * 2
def outer(n, k):
    r = yield from numbers(n, k)
    yield r
def pair(p, q):
    yield p
    yield q
def use(it):
    return sum(it)
""",
            make=("$o = <e>",),
            steps=(
                "for $t in numbers(<e>, <e>):\n    $o += $t", "for $t in twice(numbers(<e>, 1)):\n    $o -= $t",
                "for $t in outer(<e>, <e>):\n    if $t > 5:\n        break\n    $o += $t",
                "$t = pair(<e>, <e>)\n$o = next($t)\nnext($t)", "$t, $u = pair(<e>, <e>)\n$o = $t",
                "$t = numbers(3, <e>)\n$o += use($t)",
            ),
            reads=(
                "sum(numbers(<e>, <e>))", "sum(twice(numbers(<e>, <e>)))", "list(outer(3, <e>))[-1]",
                "sum(outer(<e>, <e>))", "max(pair(<e>, <e>))", "use(numbers(3, <e>))", "$o",
                "use(v + <e> for v in pair(<e>, 1))",
            ),
        ),
    ],
    "context managers": [
        Kit(
            top="""
from contextlib import contextmanager
DEPTH = [0]
class Hold:
    def __init__(self, v):
        self.v = v
        self.left = 0
    def __enter__(self):
        DEPTH.append(self.v)
        return self.v + 1
    def __exit__(self, *error):
        self.left += 1
        DEPTH.pop()
class Swallow:
    def __enter__(self):
        return self
    def __exit__(self, kind, error, trace):
        return kind is ValueError
@contextmanager
def held(v):
    DEPTH.append(v)
    yield v * 2
    DEPTH.append(1)
""",
            make=("$o = Hold(<e>)",),
            steps=(
                "with $o as $t:\n    $o.v = $t + <e>", "with $o, Hold(<e>) as $t:\n    $o.v = $t",
                "with Swallow():\n    $o.v = <e>\n    if $o.v > 5:\n        raise ValueError\n    $o.v = <e>",
                "with held(<e>) as $t:\n    $o.v += $t", "with $o:\n    $o.left += DEPTH[-1]",
            ),
            reads=("$o.v", "$o.left", "len(DEPTH)", "DEPTH[-1]"),
            shows=("DEPTH",),
        ),
    ],
    "exceptions": [
        Kit(
            top="""
def risky(v):
    if v % 2:
        raise ValueError(v)
    return v + 1
def deep(v):
    t = risky(v)
    return t * 2
def safe(v, w):
    try:
        return deep(v)
    except ValueError as error:
        return error.args[0] + w
def again(v):
    try:
        return risky(v)
    except ValueError as error:
        raise KeyError(v + 1) from error
def tidy(v, out):
    try:
        return v
    finally:
        out.append(v)
""",
            make=("$o = [<e>]",),
            steps=(
                "try:\n    $o.append(risky(<e>))\nexcept ValueError:\n    $o.append(<e>)",
                "try:\n    $t = deep(<e>)\nexcept ValueError as error:\n    $t = error.args[0]\n$o.append($t)",
                "try:\n    $t = again(<e>)\nexcept KeyError as error:\n    $t = error.args[0]\nelse:\n    $t += <e>\nfinally:\n    $o.append(<e>)\n$o[0] = $t",
                "for $t in range(3):\n    try:\n        $o.append(risky($t))\n    except ValueError:\n        continue",
                "try:\n    $t = {}[<e>]\nexcept KeyError:\n    $o[0] = <e>", "tidy(<e>, $o)",
                "try:\n    $t = 1 // (<e> % 2)\nexcept ZeroDivisionError:\n    $t = <e>\n$o.append($t)",
                "$t = iter([<e>, <e>])\nwhile True:\n    try:\n        $o.append(next($t))\n    except StopIteration:\n        break",
            ),
            reads=("safe(<e>, <e>)", "$o[-1]", "len($o)", "tidy(<e>, $o)", "safe(safe(<e>, 1), <e>)"),
            shows=("$o",),
        ),
    ],
    "match": [
        Kit(
            top="""
class Dot:
    __match_args__ = ("v",)
    def __init__(self, v, w):
        self.v = v
        self.w = w
def kind(x, k):
    match x:
        case [p]:
            return p
        case [p, q] if p > k:
            return p - q
        case [p, *rest]:
            return len(rest)
        case {"p": v}:
            return v
        case Dot(v=1):
            return k
        case Dot(v):
            return v + 1
        case 1 | 2:
            return k
        case int() as n:
            return n
    return 0
""",
            make=("$o = [<e>, <e>]", '$o = {"p": <e>, "q": <e>}', "$o = Dot(<e>, <e>)", "$o = <e>"),
            steps=("$o = [<e>, <e>, <e>]", "$o = $q", "$o = Dot(<e>, <e>)",
                   "match <e> % 3:\n    case 0:\n        $o = <e>\n    case 1:\n        $o = [<e>]"),
            reads=("kind($o, <e>)", "kind([<e>, <e>], <e>)", "kind(<e>, <e>)", 'kind({"p": <e>}, 0)'),
        ),
    ],
    "strings": [
        Kit(
            make=('$o = f"{<e>}"', "$o = str(<e>)", '$o = f"{<e>:>{3}}-{<e>!r}"'),
            steps=(
                '$o += f"{<e>}"', '$o = f"{$o}/{<e>}"', '$o = "-".join([$o, str(<e>)])',
                '$o = "{}:{}".format($o, <e>)', '$o = "%s %d" % ($o, <e>)', '$o = $o.replace("1", str(<e>))',
                "$o = $o[::-1]",
            ),
            reads=("len($o)", '$o.count("1")', 'len($o.split("/"))', 'int(f"{<e>}")'),
            shows=("$o", "[$o, $q]"),
        ),
    ],
    "setattr and getattr": [
        Kit(
            top="""
class Bare:
    v = 1
""",
            make=('$o = Bare()\nsetattr($o, "v", <e>)', "$o = Bare()"),
            steps=(
                'setattr($o, "v", <e>)', 'setattr($o, "v" if <e> > 3 else "w", <e>)', "$o.v = <e>",
                '$t = "v"\nsetattr($o, $t, <e>)', '$o.__dict__["w"] = <e>', 'vars($o)["v"] = <e>',
                "$o.__dict__.update(v=<e>)", 'if hasattr($o, "w"):\n    del $o.w',
            ),
            reads=(
                "$o.v", 'getattr($o, "v")', 'getattr($o, "w", <e>)', 'int(hasattr($o, "w"))',
                "sum(vars($o).values())", '$o.__dict__.get("v", 0)',
            ),
        ),
    ],
    "opaque mutators": [
        Kit(
            top="""
import bisect
import heapq
import random
from collections import deque
from itertools import accumulate, chain
""",
            make=("$o = []\nheapq.heappush($o, <e>)\nheapq.heappush($o, <e>)", "$o = [<e>, <e>, 1]\nheapq.heapify($o)"),
            steps=(
                "heapq.heappush($o, <e>)", "heapq.heapreplace($o, <e>)", "bisect.insort($o, <e>)",
                "random.Random(0).shuffle($o)", "random.Random(<e>).shuffle($o)", "heapq.heapify($o)",
                "$t = deque($o)\n$t.rotate(1)\n$t.appendleft(<e>)\n$o = list($t)", "list.append($o, <e>)",
                "$t = random.Random(<e>)\n$t.random()\n$o.append($t.randrange(9))",
                "$t = iter([<e>, <e>])\nnext($t)\n$o.append(next($t))",
                "$o = list(chain($o, accumulate([<e>, <e>])))",
            ),
            reads=(
                "heapq.heappop($o) + len($o[:0])", "$o[0]", "len($o)", "bisect.bisect($o, <e>)",
                "heapq.nlargest(1, $o)[0]", "sum($o)",
            ),
            shows=("$o", "sorted($o)"),
        ),
    ],
    "copies": [
        Kit(
            top="""
import copy
import json
""",
            make=("$o = [[<e>], <e>]", '$o = [[<e>, <e>], 1]'),
            steps=(
                "$o[0].append(<e>)", "$o[1] = <e>", "$o = copy.copy($q)", "$o = copy.deepcopy($q)",
                "$o = $q[:]", "$o = json.loads(json.dumps($q))", "$t = copy.copy($o)\n$t[0].append(<e>)",
                "$t = copy.deepcopy($o)\n$t[0].append(<e>)", "$t = json.dumps($o)\n$o[1] = <e>\n$o[0].append(len($t))",
            ),
            reads=("$o[1]", "len($o[0])", "sum($o[0])", "$o[0][-1]", "copy.copy($o)[1]", "json.loads(json.dumps($o))[1]"),
            shows=("$o", "json.dumps($o)", "copy.deepcopy($o)"),
        ),
    ],
    "queues": [
        Kit(
            top="""
import queue
""",
            make=("$o = queue.Queue()\n$o.put(<e>)", "$o = queue.LifoQueue()\n$o.put(<e>)", "$o = queue.PriorityQueue()\n$o.put(<e>)"),
            steps=("$o.put(<e>)", "$o.put(<e>)\n$o.get_nowait()", "if not $q.empty():\n    $o.put($q.get_nowait())"),
            reads=("$o.qsize()", "$o.get_nowait() if $o.qsize() else 0", "$o.get(timeout=0.05)"),
        ),
    ],
    "threads": [
        Kit(
            top="""
import queue
import threading
from concurrent.futures import ThreadPoolExecutor
def work(out, v):
    t = v + 1
    out.append(t)
def serve(tasks, out):
    while True:
        v = tasks.get(timeout=0.05)
        if v is None:
            return
        out.append(v * 2)
def twice(v):
    return v * 2
class Job(threading.Thread):
    def __init__(self, v):
        super().__init__()
        self.v = v
        self.got = 0
    def run(self):
        self.got = self.v + 1
""",
            make=("$o = []", "$o = [<e>]"),
            steps=(
                "$t = threading.Thread(target=work, args=($o, <e>))\n$t.start()\n$t.join()",
                "$t = queue.Queue()\n$t.put(<e>)\n$t.put(None)\n$u = threading.Thread(target=serve, args=($t, $o))\n$u.start()\n$u.join()",
                "$t = Job(<e>)\n$t.start()\n$t.join()\n$o.append($t.got)",
                "with ThreadPoolExecutor(1) as $t:\n    $u = $t.submit(twice, <e>)\n    $o.append($u.result())",
                "with ThreadPoolExecutor(1) as $t:\n    $o.extend($t.map(twice, [<e>, <e>]))",
                "$t = threading.Lock()\nwith $t:\n    $o.append(<e>)",
            ),
            reads=("len($o)", "sum($o)", "$o[-1] if $o else 0"),
            shows=("$o",),
        ),
    ],
    "tasks": [
        Kit(
            top="""
import asyncio
async def work(v, w):
    await asyncio.sleep(0)
    t = v + 1
    return t
async def put(d, k, v):
    await asyncio.sleep(0)
    d[k] = v
async def gathered(p, q):
    got = await asyncio.gather(work(p, q), work(q, p))
    return got[0] * 2 + got[1]
async def crossed(p, q):
    one = asyncio.create_task(work(p, 0))
    two = asyncio.create_task(work(q, 0))
    v = await two
    u = await one
    return u - v * 2
async def first(p, q):
    one = work(p, 0)
    two = work(q, 0)
    v = await two
    u = await one
    return u
async def shared(p, q):
    d = {}
    await asyncio.gather(put(d, "p", p), put(d, "q", q))
    return d["p"]
async def numbers(n, k):
    for i in range(n):
        await asyncio.sleep(0)
        yield i + k
async def summed(p, q):
    t = 0
    async for v in numbers(abs(p) % 3, q):
        t += v
    return t
class Hold:
    async def __aenter__(self):
        return 5
    async def __aexit__(self, *error):
        return None
async def held(p, q):
    async with Hold() as v:
        q = v + p
    return q
async def queued(p, q):
    line = asyncio.Queue()
    async def fill():
        await line.put(p)
        await line.put(q)
    task = asyncio.create_task(fill())
    u = await line.get()
    await task
    return u
async def chained(p, q):
    return await work(await work(p, 0), q)
""",
            reads=(
                "asyncio.run(gathered(<e>, <e>))", "asyncio.run(crossed(<e>, <e>))", "asyncio.run(first(<e>, <e>))",
                "asyncio.run(shared(<e>, <e>))", "asyncio.run(summed(<e>, <e>))", "asyncio.run(held(<e>, <e>))",
                "asyncio.run(queued(<e>, <e>))", "asyncio.run(chained(<e>, <e>))", "asyncio.run(work(<e>, <e>))",
            ),
        ),
    ],
}  # fmt: skip
