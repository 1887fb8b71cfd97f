"""Small programs with the lines that a slice of what `f` returns has, by reasoning about Python.

A line that ends in `#+` is in the exact slice; one that ends in `#?` is not, but a sound slicer that
knows less may add it; no other may be there. Lines are the first lines of statements. The headers of
branches and loops that decided what ran are in it, and so are `except`, `with`, the `case` that
matched and those tried before it. `def` and `class` are in it where they ran inside the recording,
and where a default value of theirs is used.
"""

from __future__ import annotations

import textwrap
from typing import Any

Case = tuple[str, tuple[Any, ...], frozenset[int], frozenset[int]]
"""Source, arguments of `f`, lines that must be in the slice, lines that may be as well."""


def _case(text: str, *arguments: Any) -> Case:
    source = textwrap.dedent(text).lstrip("\n")
    lines = list(enumerate(source.splitlines(), 1))
    marked = {
        mark: frozenset(n for n, line in lines if line.endswith(mark)) for mark in ("#+", "#?")
    }
    return source, arguments, marked["#+"], marked["#?"]


CASES: dict[str, Case] = {
    # --- items
    "items: a key in a variable": _case("""
        def f(a, b):
            k = "x"  #+
            d = {}  #+
            d[k] = a  #+
            d["y"] = b
            return d["x"]  #+
        """, 1, 2),
    "items: a key that is computed": _case("""
        def f(a, b):
            z = a + 5
            d = {0: 5, 1: 6, 2: 7}  #+
            d[a % 2 + 1] = b  #+
            d[0] = z
            return d[2]  #+
        """, 3, 4),
    "items: read by a computed key": _case("""
        def f(a, b):
            k = a + 1  #+
            d = {}  #+
            d[1] = b
            d[4] = a  #+
            return d[k]  #+
        """, 3, 4),
    "items: written twice": _case("""
        def f(a, b):
            d = {}  #+
            d["x"] = a
            d["x"] = b  #+
            return d["x"]  #+
        """, 3, 4),
    "items: a negative index": _case("""
        def f(a, b):
            xs = [a, 0, 0]  #+
            xs[-1] = b  #+
            xs[1] = 9
            return xs[2]  #+
        """, 3, 4),
    "items: read by a negative index": _case("""
        def f(a, b):
            xs = [0]  #+
            xs.append(a)  #?
            xs.append(b)  #+
            return xs[-1]  #+
        """, 3, 4),
    "items: written, the whole is returned": _case("""
        def f(a, b):
            d = {}  #+
            e = {}
            d["x"] = a  #+
            d["y"] = b  #+
            e["x"] = b
            return d  #+
        """, 3, 4),
    "items: deleted": _case("""
        def f(a, b):
            d = {"x": a, "y": b}  #+
            e = {"x": a, "y": b}
            del d["x"]  #+
            del e["y"]
            return len(d)  #+
        """, 3, 4),
    "items: of items": _case("""
        def f(a, b):
            d = {"k": {"m": [0, 0]}}  #+
            d["k"]["m"][1] = a  #+
            d["k"]["m"][0] = b
            d["k"]["n"] = b
            return d["k"]["m"][1]  #+
        """, 3, 4),
    "items: an item under another name": _case("""
        def f(a, b):
            d = {"k": [], "l": []}  #+
            inner = d["k"]  #+
            other = d["l"]
            inner.append(a)  #+
            other.append(b)
            return d["k"]  #+
        """, 3, 4),
    "items: one list in two containers": _case("""
        def f(a, b):
            shared = []  #+
            p = {"s": shared}  #+
            q = {"s": shared}  #+
            q["s"].append(a)  #+
            q["t"] = b
            return p["s"]  #+
        """, 3, 4),
    "items: what a container holds changes after it was put in": _case("""
        def f(a, b):
            inner = []  #+
            out = [inner]  #+
            other = []
            inner.append(a)  #+
            other.append(b)
            return out  #+
        """, 3, 4),
    "items: an item of an item changes, the whole is returned": _case("""
        def f(a, b):
            out = {"k": {"m": 0}}  #+
            inner = out["k"]  #+
            inner["m"] = a  #+
            z = b
            return out  #+
        """, 3, 4),
    "items: tuples as keys": _case("""
        def f(a, b):
            grid = {}  #+
            for i in range(2):  #+
                for j in range(2):  #+
                    grid[i, j] = a + i  #+
            grid[5, 5] = b
            return grid[1, 1]  #+
        """, 3, 4),
    "items: of a default dictionary": _case("""
        from collections import defaultdict
        def f(a, b):
            d = defaultdict(list)  #+
            d["x"].append(a)  #+
            d["y"].append(b)
            return d["x"]  #+
        """, 3, 4),
    "items: swapped": _case("""
        def f(a, b):
            xs = [a, b, 0]  #+
            z = a
            xs[0], xs[1] = xs[1], xs[0]  #+
            xs[2] = z
            return xs[0]  #+
        """, 3, 4),
    "items: a slice is read": _case("""
        def f(a, b):
            xs = [0, 0, 0]  #+
            xs[1] = a  #+
            xs[0] = b  #?
            ys = xs[1:]  #+
            return ys  #+
        """, 3, 4),
    "items: a slice is written": _case("""
        def f(a, b):
            xs = [0, 0, 0]  #+
            ys = [0, 0, 0]
            xs[1:2] = [a, b]  #+
            ys[1:2] = [a, b]
            return xs  #+
        """, 3, 4),
    "items: length after an item was written": _case("""
        def f(a, b):
            xs = [0, 0]  #+
            xs[0] = a  #?
            xs.append(b)  #+
            return len(xs)  #+
        """, 3, 4),
    "items: membership": _case("""
        def f(a, b):
            seen = set()  #+
            other = set()
            seen.add(a)  #+
            other.add(b)
            if a in seen:  #+
                return 1  #+
            return 0
        """, 3, 4),
    "items: of a dictionary in a loop": _case("""
        def f(a, b):
            d = {"x": a}  #+
            z = {"x": b}
            d["y"] = b  #+
            t = 0  #+
            for k, v in d.items():  #+
                t += v  #+
            return t  #+
        """, 3, 4),
    "items: of objects in a list": _case("""
        class P:
            def __init__(self, v):
                self.v = v  #?
        def f(a, b):
            ps = [P(0), P(0)]  #+
            ps[0].v = a  #+
            ps[1].v = b
            return ps[0].v  #+
        """, 3, 4),
    "items: by a key with a value that is equal to another kind's": _case("""
        def f(a, b):
            d = {}  #+
            d[1] = a
            d[True] = b  #+
            return d[1.0]  #+
        """, 3, 4),
    # --- mutation in place
    "mutation: extend and insert": _case("""
        def f(a, b):
            xs = [0]  #+
            more = [a, a]  #+
            xs.extend(more)  #+
            xs.insert(0, b)  #+
            z = xs[0]
            return xs  #+
        """, 3, 4),
    "mutation: what pop returns": _case("""
        def f(a, b):
            xs = []  #+
            ys = []
            xs.append(a)  #+
            ys.append(b)
            v = xs.pop()  #+
            w = ys.pop()
            return v  #+
        """, 3, 4),
    "mutation: what is left by pop": _case("""
        def f(a, b):
            xs = [a, b]  #+
            xs.pop()  #+
            z = 1
            return xs  #+
        """, 3, 4),
    "mutation: update": _case("""
        def f(a, b):
            d = {}  #+
            e = {}
            d.update(x=a)  #+
            e.update({"x": b})
            return d["x"]  #+
        """, 3, 4),
    "mutation: update from another dictionary": _case("""
        def f(a, b):
            d = {"y": 0}  #+
            e = {}  #+
            e["x"] = a  #+
            d.update(e)  #+
            z = b
            return d["x"]  #+
        """, 3, 4),
    "mutation: setdefault and append": _case("""
        def f(a, b):
            d = {}  #+
            e = {}
            d.setdefault("k", []).append(a)  #+
            e.setdefault("k", []).append(b)
            d.setdefault("k", []).append(b)  #+
            return d["k"]  #+
        """, 3, 4),
    "mutation: a list added to in place": _case("""
        def f(a, b):
            xs = [0]  #+
            ys = xs  #+
            zs = [0]
            ys += [a]  #+
            zs += [b]
            return xs  #+
        """, 3, 4),
    "mutation: an attribute added to in place": _case("""
        class P:
            def __init__(self):
                self.xs = []  #+
                self.ys = []
        def f(a, b):
            p = P()  #+
            xs = p.xs  #+
            p.xs += [a]  #+
            p.ys += [b]
            return xs  #+
        """, 3, 4),
    "mutation: an item added to in place": _case("""
        def f(a, b):
            d = {"k": [], "l": []}  #+
            xs = d["k"]  #+
            d["k"] += [a]  #+
            d["l"] += [b]
            return xs  #+
        """, 3, 4),
    "mutation: a number in an item added to": _case("""
        def f(a, b):
            d = {"k": 0, "l": 0}  #+
            d["k"] += a  #+
            d["l"] += b
            return d["k"]  #+
        """, 3, 4),
    "mutation: sort with a key": _case("""
        def key(x):
            return -x  #+
        def other(x):
            return x
        def f(a, b):
            xs = [a, b, 0]  #+
            ys = [a, b, 0]
            xs.sort(key=key)  #+
            ys.sort(key=other)
            return xs  #+
        """, 3, 4),
    "mutation: by a function that is called": _case("""
        def fill(xs, v):
            w = v + 1
            xs.append(v)  #+
        def f(a, b):
            xs = []  #+
            ys = []
            fill(xs, a)  #+
            fill(ys, b)
            return xs  #+
        """, 3, 4),
    "mutation: by a method that is kept": _case("""
        def f(a, b):
            xs = []  #+
            ys = []
            add = xs.append  #+
            also = ys.append
            add(a)  #+
            also(b)
            return xs  #+
        """, 3, 4),
    "mutation: in a default": _case("""
        def put(v, into=[]):  #+
            into.append(v)  #+
            return into  #+
        def f(a, b):
            z = b
            put(a)  #+
            return put(b)  #+
        """, 3, 4),
    "mutation: a deque": _case("""
        from collections import deque
        def f(a, b):
            q = deque()  #+
            r = deque()
            q.append(a)  #+
            r.append(b)
            q.appendleft(b)  #+
            q.rotate(1)  #+
            return list(q)  #+
        """, 3, 4),
    "mutation: a dictionary in a loop": _case("""
        def f(a, b):
            counts = {}  #+
            z = {}
            for x in [a, b, a]:  #+
                counts[x] = counts.get(x, 0) + 1  #+
                z[x] = 1
            return counts  #+
        """, 3, 4),
    # --- mutation by C code
    "opaque: heapq": _case("""
        import heapq
        def f(a, b):
            heap = []  #+
            other = []
            heapq.heappush(heap, a)  #+
            heapq.heappush(other, b)
            heapq.heappush(heap, b)  #+
            return heapq.heappop(heap)  #+
        """, 3, 4),
    "opaque: bisect": _case("""
        import bisect
        def f(a, b):
            xs = [0, 9]  #+
            ys = [0, 9]
            bisect.insort(xs, a)  #+
            bisect.insort(ys, b)
            return xs  #+
        """, 3, 4),
    "opaque: shuffle": _case("""
        import random
        def f(a, b):
            xs = [a, b, 1, 2]  #+
            ys = [a, b, 1, 2]
            r = random.Random(a)  #+
            r.shuffle(xs)  #+
            random.Random(b).shuffle(ys)
            return xs  #+
        """, 3, 4),
    "opaque: a generator's state": _case("""
        import random
        def f(a, b):
            r = random.Random(a)  #+
            q = random.Random(b)
            r.random()  #+
            q.random()
            return r.random()  #+
        """, 3, 4),
    "opaque: an iterator": _case("""
        def f(a, b):
            it = iter([a, b])  #+
            other = iter([b])
            next(it)  #+
            next(other)
            return next(it)  #+
        """, 3, 4),
    "opaque: copies": _case("""
        import copy
        def f(a, b):
            xs = [[0], 0]  #+
            ys = copy.copy(xs)  #+
            zs = copy.deepcopy(xs)
            ys[0].append(a)  #+
            zs[0].append(b)
            ys[1] = b
            return xs[0]  #+
        """, 3, 4),
    "opaque: a deep copy": _case("""
        import copy
        def f(a, b):
            xs = [[0], 0]  #+
            xs[0].append(a)  #+
            zs = copy.deepcopy(xs)  #+
            xs[0].append(b)
            return zs  #+
        """, 3, 4),
    "opaque: there and back by JSON": _case("""
        import json
        def f(a, b):
            d = {"x": 0}  #+
            d["x"] = a  #+
            text = json.dumps(d)  #+
            d["x"] = b
            return json.loads(text)["x"]  #+
        """, 3, 4),
    "opaque: setattr and getattr": _case("""
        class P:
            pass
        def f(a, b):
            p = P()  #+
            setattr(p, "v", a)  #+
            setattr(p, "w", b)  #?
            return getattr(p, "v")  #+
        """, 3, 4),
    "opaque: setattr, then an attribute": _case("""
        class P:
            pass
        def f(a, b):
            p = P()  #+
            q = P()
            name = "v"  #+
            setattr(p, name, a)  #+
            setattr(q, name, b)
            return p.v  #+
        """, 3, 4),
    "opaque: an attribute, then getattr": _case("""
        class P:
            pass
        def f(a, b):
            p = P()  #+
            p.v = a  #+
            p.w = b  #?
            return getattr(p, "v", 0)  #+
        """, 3, 4),
    "opaque: vars": _case("""
        class P:
            pass
        def f(a, b):
            p = P()  #+
            z = b
            p.__dict__["v"] = a  #+
            return p.v  #+
        """, 3, 4),
    "opaque: zip and enumerate": _case("""
        def f(a, b):
            xs = [1, 2]  #+
            ys = []  #+
            zs = [b]
            ys.append(a)  #+
            zs.append(b)
            out = [i + x + y for i, (x, y) in enumerate(zip(xs, ys))]  #+
            return out  #+
        """, 3, 4),
    # --- classes
    "classes: attributes set by a method": _case("""
        class P:
            def __init__(self, v):
                self.v = v
                self.w = v
            def put(self, v):
                self.v = v  #+
            def put_other(self, v):
                self.w = v
        def f(a, b):
            p = P(0)  #+
            p.put(a)  #+
            p.put_other(b)
            return p.v  #+
        """, 3, 4),
    "classes: two objects of one class": _case("""
        class P:
            def __init__(self, v):
                self.v = v  #+
            def get(self):
                return self.v  #+
        def f(a, b):
            x = a  #+
            y = b
            p = P(x)  #+
            q = P(y)
            q.v = 5
            return p.get()  #+
        """, 3, 4),
    "classes: methods that return self": _case("""
        class P:
            def __init__(self):
                self.v = 0  #+
                self.w = 0
            def add(self, v):
                self.v += v  #+
                return self  #+
            def sub(self, v):
                self.w -= v
                return self  #+
        def f(a, b):
            p = P().add(a).sub(b).add(a)  #+
            return p.v  #+
        """, 3, 4),
    "classes: a property": _case("""
        class P:
            def __init__(self, v, w):
                self._v = v  #+
                self._w = w
            @property
            def v(self):
                z = 1
                return self._v * 2  #+
        def f(a, b):
            x = a  #+
            y = b
            p = P(x, y)  #+
            return p.v  #+
        """, 3, 4),
    "classes: a property is set": _case("""
        class P:
            @property
            def v(self):
                return self._v  #+
            @v.setter
            def v(self, new):
                self._v = new + 1  #+
                self._w = new
        def f(a, b):
            x = a  #+
            p = P()  #+
            p.v = x  #+
            return p.v  #+
        """, 3, 4),
    "classes: a class's attribute is set": _case("""
        class P:
            count = 0
            other = 0
        def f(a, b):
            p = P()  #+
            P.count = a  #+
            P.other = b
            return p.count  #+
        """, 3, 4),
    "classes: a class's attribute is added to": _case("""
        class P:
            count = 0  #+
            def __init__(self):
                P.count += 1  #+
                self.z = 0
        def f(a, b):
            P()  #+
            P()  #+
            return P.count  #+
        """, 3, 4),
    "classes: a list that belongs to the class": _case("""
        class P:
            all = []  #+
            none = []
            def put(self, v):
                self.all.append(v)  #+
                self.none.append(v)
        def f(a, b):
            p = P()  #+
            q = P()  #+
            p.put(a)  #+
            return q.all  #+
        """, 3, 4),
    "classes: inherited": _case("""
        class A:
            def __init__(self, v):
                self.v = v  #+
                self.w = v
            def get(self):
                return self.v + self.more()  #+
            def more(self):
                return 1
        class B(A):
            def __init__(self, v):
                super().__init__(v)  #+
                self.u = v
            def more(self):
                return 2  #+
        def f(a, b):
            x = a  #+
            y = b
            return B(x).get()  #+
        """, 3, 4),
    "classes: a class's constant that is inherited": _case("""
        class A:
            rate = 3  #+
            other = 4
        class B(A):
            other = 5
        def f(a, b):
            return B().rate * a  #+
        """, 3, 4),
    "classes: a dataclass": _case("""
        from dataclasses import dataclass
        @dataclass
        class P:
            v: int  #?
            w: int = 5  #?
        def f(a, b):
            x = a  #+
            y = b  #?
            p = P(x, y)  #+
            return p.v  #+
        """, 3, 4),
    "classes: a dataclass's default": _case("""
        from dataclasses import dataclass
        @dataclass
        class P:
            v: int  #?
            w: int = 5  #+
        def f(a, b):
            x = a  #?
            p = P(x)  #+
            return p.w  #+
        """, 3, 4),
    "classes: a dataclass whose field is written": _case("""
        from dataclasses import dataclass, field
        @dataclass
        class P:
            v: int  #?
            xs: list = field(default_factory=list)  #+
        def f(a, b):
            p = P(b)  #+
            p.v = b
            p.xs.append(a)  #+
            return p.xs  #+
        """, 3, 4),
    "classes: a named tuple": _case("""
        from collections import namedtuple
        P = namedtuple("P", "v w")  #+
        def f(a, b):
            x = a  #+
            y = b  #?
            p = P(x, y)  #+
            return p.v  #+
        """, 3, 4),
    "classes: an operator": _case("""
        class P:
            def __init__(self, v):
                self.v = v  #+
            def __add__(self, other):
                z = 1
                return P(self.v + other.v)  #+
        def f(a, b):
            p = P(a)  #+
            q = P(b)  #+
            r = P(0)
            return (p + q).v  #+
        """, 3, 4),
    "classes: items of one's own": _case("""
        class P:
            def __init__(self):
                self.d = {}  #+
                self.n = 0
            def __setitem__(self, k, v):
                self.d[k] = v  #+
                self.n += 1
            def __getitem__(self, k):
                return self.d[k]  #+
        def f(a, b):
            p = P()  #+
            p["x"] = a  #+
            z = b
            return p["x"]  #+
        """, 3, 4),
    "classes: an object that is called": _case("""
        class P:
            def __init__(self, k):
                self.k = k  #+
            def __call__(self, v):
                z = v
                return v + self.k  #+
        def f(a, b):
            x = a  #+
            p = P(x)  #+
            q = P(b)
            return p(b)  #+
        """, 3, 4),
    "classes: an object with its own comparison": _case("""
        class P:
            def __init__(self, v):
                self.v = v  #+
            def __lt__(self, other):
                return self.v < other.v  #+
        def f(a, b):
            ps = [P(b), P(a)]  #+
            qs = [P(0)]
            ps.sort()  #+
            return ps[0].v  #+
        """, 3, 4),
    "classes: a class and a static method": _case("""
        class P:
            base = 2  #+
            def __init__(self, v):
                self.v = v  #+
            @classmethod
            def make(cls, v):
                return cls(v + cls.base)  #+
            @staticmethod
            def twice(v):
                return v * 2  #+
        def f(a, b):
            x = a  #+
            y = b
            return P.make(P.twice(x)).v  #+
        """, 3, 4),
    "classes: made in a function": _case("""
        def f(a, b):
            class P:  #+
                def __init__(self, v):
                    self.v = v  #+
                    self.w = v
            p = P(a)  #+
            q = P(b)
            return p.v  #+
        """, 3, 4),
    "classes: a linked list": _case("""
        class Node:
            def __init__(self, v, rest):
                self.v = v  #+
                self.rest = rest  #+
        def f(a, b):
            one = Node(a, None)  #+
            two = Node(b, one)  #+
            other = Node(b, None)
            t = 0  #+
            node = two  #+
            while node is not None:  #+
                t += node.v  #+
                node = node.rest  #+
            return t  #+
        """, 3, 4),
    "classes: an attribute of the returned object": _case("""
        class P:
            def __init__(self, v):
                self.v = v  #+
            def __repr__(self):
                return "P"
        def f(a, b):
            p = P(a)  #+
            z = P(b)
            return [p]  #+
        """, 3, 4),
    # --- closures
    "closures: made twice by a factory": _case("""
        def adder(k):
            z = k
            def add(v):  #+
                return v + k  #+
            return add  #+
        def f(a, b):
            x = a  #+
            y = b
            one = adder(x)  #+
            two = adder(y)
            return one(5)  #+
        """, 3, 4),
    "closures: the first of two, called last": _case("""
        def adder(k):
            m = k * 2  #+
            def add(v):  #+
                return v + m  #+
            return add  #+
        def f(a, b):
            x = a
            y = b  #+
            one = adder(x)
            two = adder(y)  #+
            one(1)
            return two(5)  #+
        """, 3, 4),
    "closures: two counters": _case("""
        def counter(start):
            n = start  #+
            def more(k):  #+
                nonlocal n
                n += k  #+
                return n  #+
            return more  #+
        def f(a, b):
            one = counter(a)  #+
            two = counter(b)
            one(a)  #+
            two(b)
            return one(1)  #+
        """, 3, 4),
    "closures: two functions that share a variable": _case("""
        def pair(start):
            n = start
            m = start
            def put(v):  #+
                nonlocal n
                n = v  #+
            def get():  #+
                return n  #+
            return put, get  #+
        def f(a, b):
            put, get = pair(b)  #+
            put(a)  #+
            return get()  #+
        """, 3, 4),
    "closures: lambdas that see a loop's last value": _case("""
        def f(a, b):
            fs = []  #+
            for i in range(3):  #+
                fs.append(lambda: i + a)  #+
            z = b
            return fs[0]()  #+
        """, 3, 4),
    "closures: lambdas with a default": _case("""
        def f(a, b):
            fs = []  #+
            for i in range(3):  #+
                fs.append(lambda i=i: i + a)  #+
            z = b
            return fs[1]()  #+
        """, 3, 4),
    "closures: a variable bound after the function": _case("""
        def f(a, b):
            def g():  #+
                return x  #+
            x = b
            x = a  #+
            y = b
            return g()  #+
        """, 3, 4),
    "closures: a decorator": _case("""
        def twice(fn):
            def inner(*args):
                z = 1
                return fn(*args) * 2  #+
            return inner
        @twice
        def g(p, q):
            return p  #+
        def f(a, b):
            x = a  #+
            y = b  #?
            return g(x, y)  #+
        """, 3, 4),
    "closures: functools.partial": _case("""
        from functools import partial
        def g(p, q, r):
            z = r
            return p + q  #+
        def f(a, b):
            x = a  #+
            y = b  #?
            h = partial(g, x)  #+
            return h(1, y)  #+
        """, 3, 4),
    "closures: a cache": _case("""
        from functools import lru_cache
        def f(a, b):
            @lru_cache  #?
            def g(n):  #+
                z = 1
                return n if n < 2 else g(n - 1) + g(n - 2)  #+
            x = a  #+
            y = b
            return g(x)  #+
        """, 3, 4),
    "closures: a value from a cache": _case("""
        from functools import lru_cache
        @lru_cache
        def g(n):
            z = 1
            return n * 2  #+
        def f(a, b):
            x = a  #?
            y = a  #+
            u = g(x)  #?
            v = g(y)  #+
            return v  #+
        """, 3, 4),
    "closures: three deep": _case("""
        def f(a, b):
            x = a  #+
            y = b
            def g():  #+
                def h():  #+
                    return x  #+
                return h()  #+
            return g()  #+
        """, 3, 4),
    "closures: recursive": _case("""
        def f(a, b):
            memo = {}  #+
            z = {}
            def fib(n):  #+
                if n < 2:  #+
                    return n  #+
                if n not in memo:  #+
                    memo[n] = fib(n - 1) + fib(n - 2)  #+
                return memo[n]  #+
            return fib(a)  #+
        """, 5, 4),
    # --- globals
    "globals: set by a function": _case("""
        N = 0
        M = 0
        def put(v):
            global N, M
            N = v  #+
            M = v
        def f(a, b):
            x = a  #+
            put(x)  #+
            return N  #+
        """, 3, 4),
    "globals: added to": _case("""
        N = 1  #+
        M = 1
        def more(v):
            global N, M
            N += v  #+
            M += v
        def f(a, b):
            more(a)  #+
            more(b)  #+
            return N  #+
        """, 3, 4),
    "globals: an object made before": _case("""
        class P:
            def __init__(self):
                self.v = 1
                self.w = 1
        ONE = P()  #+
        TWO = P()
        def f(a, b):
            ONE.v = a  #+
            TWO.v = b
            return ONE.v  #+
        """, 3, 4),
    "globals: a list made before": _case("""
        ALL = []  #+
        NONE = []
        def f(a, b):
            ALL.append(a)  #+
            NONE.append(b)
            return ALL  #+
        """, 3, 4),
    # --- parameters
    "parameters: a default": _case("""
        K = 3  #?
        def g(p, q=K + 1, r=2):  #+
            return p + q  #+
        def f(a, b):
            x = a  #+
            return g(x, r=b)  #+
        """, 3, 4),
    "parameters: a default that is not used": _case("""
        def g(p, q=1):
            return p + q  #+
        def f(a, b):
            x = a  #+
            y = b  #+
            return g(x, y)  #+
        """, 3, 4),
    "parameters: by keyword": _case("""
        def g(p, q, r):
            return q  #+
        def f(a, b):
            x = a
            y = b  #+
            z = 1
            return g(x, r=z, q=y)  #+
        """, 3, 4),
    "parameters: starred": _case("""
        def g(*args, **kwargs):
            z = 1
            return args[0] + kwargs["k"]  #+
        def f(a, b):
            x = a  #+
            y = b  #+
            w = 9  #?
            return g(x, w, k=y, j=w)  #+
        """, 3, 4),
    "parameters: a call with stars": _case("""
        def g(p, q, r=0):
            return p + r  #+
        def f(a, b):
            xs = [a, b]  #+
            d = {}  #+
            e = {}
            d["r"] = b  #+
            e["r"] = a
            return g(*xs, **d)  #+
        """, 3, 4),
    "parameters: passed on": _case("""
        def h(p, *, q):
            return p - q  #+
        def g(*args, **kwargs):
            return h(*args, **kwargs)  #+
        def f(a, b):
            x = a  #+
            y = b  #+
            z = 1
            return g(x, q=y)  #+
        """, 3, 4),
    "parameters: two that are not both used, called twice": _case("""
        def g(p, q):
            return p  #+
        def f(a, b):
            x = a  #+
            y = b  #+
            u = g(x, y)  #+
            v = g(y, u)  #+
            w = g(u, v)
            return v + u  #+
        """, 3, 4),
    # --- calls
    "calls: the same function in its own arguments": _case("""
        def g(p):
            z = 1
            return p + 1  #+
        def f(a, b):
            x = a  #+
            y = b  #+
            return g(g(x) + g(y))  #+
        """, 3, 4),
    "calls: the same function, one call's value dropped": _case("""
        def g(p, q):
            return p  #+
        def f(a, b):
            x = a  #+
            y = b
            return g(g(x, y), g(y, y))  #+
        """, 3, 4),
    "calls: recursion with two calls": _case("""
        def tree(n, unused):
            if n < 1:  #+
                return 1  #+
            left = tree(n - 1, 0)  #+
            right = tree(n - 2, 0)  #+
            z = left * right
            return left + right  #+
        def f(a, b):
            x = a  #+
            y = b
            return tree(x, y)  #+
        """, 3, 4),
    "calls: functions in a table": _case("""
        def one(v):
            z = 1
            return v + 1  #+
        def two(v):
            return v * 2
        TABLE = {"one": one, "two": two}  #+
        def f(a, b):
            x = a  #+
            y = TABLE["two"](b)
            return TABLE["one"](x)  #+
        """, 3, 4),
    "calls: functions as arguments": _case("""
        def apply(fn, v):
            return fn(v)  #+
        def one(v):
            return v + 1  #+
        def two(v):
            return v * 2
        def f(a, b):
            x = a  #+
            y = apply(two, b)
            return apply(one, x)  #+
        """, 3, 4),
    "calls: nothing is returned, an argument is changed": _case("""
        def g(d, k, v):
            d[k] = v  #+
        def f(a, b):
            d = {}  #+
            g(d, "x", a)  #+
            g(d, "y", b)
            return d["x"]  #+
        """, 3, 4),
    "calls: an unrelated call": _case("""
        LOG = []
        def note(v):
            LOG.append(v)
        def f(a, b):
            x = a  #+
            note(x)
            note(b)
            return x  #+
        """, 3, 4),
    "calls: two results unpacked": _case("""
        def g(p, q):
            return p, q  #+
        def f(a, b):
            x = a  #+
            y = b  #?
            u, v = g(x, y)  #+
            w = v
            return u  #+
        """, 3, 4),
    # --- called back by C code
    "callbacks: sorted": _case("""
        def key(x):
            z = 1
            return -x  #+
        def f(a, b):
            xs = [a, b]  #+
            ys = [b]
            return sorted(xs, key=key)  #+
        """, 3, 4),
    "callbacks: map and filter": _case("""
        def twice(x):
            z = 1
            return x * 2  #+
        def big(x):
            return x > 6  #+
        def f(a, b):
            xs = [a, b]  #+
            ys = [b]
            return list(filter(big, map(twice, xs)))  #+
        """, 3, 4),
    "callbacks: map, consumed later": _case("""
        def twice(x):
            return x * 2  #+
        def thrice(x):
            return x * 3
        def f(a, b):
            m = map(twice, [a])  #+
            n = map(thrice, [b])
            u = list(m)  #+
            v = list(n)
            return u  #+
        """, 3, 4),
    "callbacks: reduce": _case("""
        from functools import reduce
        def f(a, b):
            k = 2  #+
            z = 3
            xs = [a, b]  #+
            return reduce(lambda p, q: p * k + q, xs, 0)  #+
        """, 3, 4),
    "callbacks: max with a key": _case("""
        def far(x):
            z = 1
            return abs(x - 5)  #+
        def f(a, b):
            xs = [a, b]  #+
            y = max(xs)
            return max(xs, key=far)  #+
        """, 3, 4),
    "callbacks: a key in a variable that is captured": _case("""
        def f(a, b):
            rank = {3: 1, 4: 0}  #+
            rank[3] = -1  #+
            other = {}
            xs = [a, b]  #+
            xs.sort(key=lambda x: rank[x])  #+
            return xs[0]  #+
        """, 3, 4),
    # --- comprehensions
    "comprehensions: nested": _case("""
        def f(a, b):
            k = a  #+
            z = b
            rows = [[i * k for i in range(j)] for j in range(3)]  #+
            return rows  #+
        """, 3, 4),
    "comprehensions: filtered": _case("""
        def f(a, b):
            least = a  #+
            z = b
            xs = [1, 5, 9]  #+
            return [x for x in xs if x > least]  #+
        """, 3, 4),
    "comprehensions: a dictionary of calls": _case("""
        def g(x, y):
            z = y
            return x * 2  #+
        def f(a, b):
            xs = [a]  #+
            y = b
            d = {x: g(x, y) for x in xs}  #+
            return d[3]  #+
        """, 3, 4),
    "comprehensions: a generator that is summed": _case("""
        def f(a, b):
            xs = [a, b]  #+
            z = [b]
            xs[0] = 7  #+
            return sum(x * x for x in xs)  #+
        """, 3, 4),
    "comprehensions: a generator that is consumed later": _case("""
        def f(a, b):
            xs = [a, b]  #+
            g = (x + 1 for x in xs)  #+
            xs.append(5)  #+
            z = b
            return list(g)  #+
        """, 3, 4),
    # --- generators
    "generators: two of one function": _case("""
        def count(n):
            while True:  #+
                yield n  #+
                n += 1  #+
        def f(a, b):
            x = a  #+
            y = b
            one = count(x)  #+
            two = count(y)
            next(two)
            next(one)  #+
            return next(one)  #+
        """, 3, 4),
    "generators: send": _case("""
        def total():
            t = 0  #+
            z = 0
            while True:  #+
                got = yield t  #+
                t += got  #+
                z -= got
        def f(a, b):
            g = total()  #+
            next(g)  #+
            x = a  #+
            g.send(x)  #+
            return g.send(b)  #+
        """, 3, 4),
    "generators: yield from": _case("""
        def inner(n):
            z = 1
            yield n  #+
            yield n + 1  #+
            return 9
        def outer(n):
            r = yield from inner(n)  #+
            z = r
        def f(a, b):
            x = a  #+
            y = b
            return list(outer(x))  #+
        """, 3, 4),
    "generators: what yield from returns": _case("""
        def inner(n):
            yield n  #?
            return n * 2  #+
        def outer(n, out):
            r = yield from inner(n)  #+
            out.append(r)  #+
        def f(a, b):
            out = []  #+
            for _ in outer(a, out):  #+
                pass
            return out  #+
        """, 3, 4),
    "generators: left early": _case("""
        def g(n):
            z = 0
            while True:  #+
                yield n  #+
                n += 1  #+
        def f(a, b):
            t = 0  #+
            for v in g(a):  #+
                t += v  #+
                if t > 8:  #+
                    break  #+
            return t  #+
        """, 3, 4),
    "generators: a pipeline": _case("""
        def numbers(n):
            for i in range(n):  #+
                yield i  #+
        def twice(source):
            for v in source:  #+
                z = v
                yield v * 2  #+
        def f(a, b):
            x = a  #+
            y = b
            return sum(twice(numbers(x)))  #+
        """, 3, 4),
    "generators: the first of many": _case("""
        def g(p, q):
            yield p  #+
            yield q
        def f(a, b):
            x = a  #+
            y = b
            it = g(x, y)  #+
            u = next(it)  #+
            v = next(it)
            return u  #+
        """, 3, 4),
    "generators: handed to a function": _case("""
        def g(n):
            yield n  #+
            yield n + 1  #+
        def use(it):
            z = 1
            return next(it) + next(it)  #+
        def f(a, b):
            x = a  #+
            y = b
            it = g(x)  #+
            return use(it)  #+
        """, 3, 4),
    # --- context managers
    "with: state that is entered and left": _case("""
        DEPTH = []  #+
        class CM:
            def __enter__(self):
                DEPTH.append(1)  #+
                return 5
            def __exit__(self, *a):
                DEPTH.append(2)  #+
        def f(a, b):
            with CM():  #+
                z = b
            return DEPTH  #+
        """, 3, 4),
    "with: an exception that is swallowed": _case("""
        class CM:
            def __enter__(self):
                return self
            def __exit__(self, *a):
                return True  #?
        def f(a, b):
            x = 0  #+
            with CM():  #+
                if a:  #+
                    raise ValueError  #+
                x = b
            return x  #+
        """, 3, 4),
    "with: contextlib": _case("""
        from contextlib import contextmanager
        @contextmanager
        def cm(v):
            z = 1
            yield v + 1  #+
            w = 2
        def f(a, b):
            x = a  #+
            with cm(x) as got:  #+
                y = got * 2  #+
            return y  #+
        """, 3, 4),
    "with: an object that is changed inside": _case("""
        class CM:
            def __init__(self, v):
                self.v = v
                self.n = v
            def __enter__(self):
                return self  #+
            def __exit__(self, *a):
                self.n = 0
        def f(a, b):
            with CM(b) as cm:  #+
                cm.v = a  #+
            return cm.v  #+
        """, 3, 4),
    # --- exceptions
    "exceptions: what was raised carries a value": _case("""
        def g(v):
            z = v
            raise ValueError(v)  #+
        def f(a, b):
            x = a  #+
            y = b
            try:
                g(x)  #+
            except ValueError as error:  #+
                return error.args[0]  #+
        """, 3, 4),
    "exceptions: raised two calls deep": _case("""
        def h(v):
            if v > 2:  #+
                raise KeyError(v)  #+
            return v
        def g(v):
            z = 1
            u = h(v)  #+
            return u
        def f(a, b):
            x = a  #+
            y = b
            try:
                r = g(x)  #+
            except KeyError:  #+
                r = 7  #+
            return r  #+
        """, 3, 4),
    "exceptions: none raised, else": _case("""
        def g(v):
            if v > 9:  #?
                raise KeyError(v)
            return v
        def f(a, b):
            x = a  #?
            r = 0
            try:
                g(x)  #?
            except KeyError:
                r = 1
            else:
                r = b  #+
            return r  #+
        """, 3, 4),
    "exceptions: finally": _case("""
        def f(a, b):
            x = 0
            z = 0
            try:
                z = b
            finally:
                x = a  #+
            return x  #+
        """, 3, 4),
    "exceptions: finally after a return": _case("""
        OUT = []  #+
        def g(v):
            try:
                return v
            finally:
                OUT.append(v)  #+
        def f(a, b):
            x = a  #+
            y = b
            g(x)  #+
            return OUT  #+
        """, 3, 4),
    "exceptions: from an operator": _case("""
        def f(a, b):
            x = 0
            y = b
            try:
                x = 1 // a  #+
            except ZeroDivisionError:  #+
                x = -1  #+
            return x  #+
        """, 0, 4),
    "exceptions: a missing key": _case("""
        def f(a, b):
            d = {}  #+
            d[b] = 1  #?
            e = {}
            try:
                return d[a]  #+
            except KeyError:  #+
                return -1  #+
        """, 3, 4),
    "exceptions: raised again": _case("""
        def g(v):
            try:
                raise ValueError(v)  #+
            except ValueError as error:  #+
                raise KeyError(v + 1) from error  #+
        def f(a, b):
            x = a  #+
            y = b
            try:
                g(x)  #+
            except KeyError as error:  #+
                return error.args[0]  #+
        """, 3, 4),
    "exceptions: one of many turns": _case("""
        def g(v):
            if v == 1:  #+
                raise ValueError  #+
            return v  #+
        def f(a, b):
            out = []  #+
            z = b
            for i in range(a):  #+
                try:
                    out.append(g(i))  #+
                except ValueError:  #+
                    out.append(-1)  #+
            return out  #+
        """, 3, 4),
    "exceptions: not raised where it could have been": _case("""
        def check(v):
            if v > 9:  #?
                raise ValueError(v)
        def f(a, b):
            x = a  #?
            y = b
            check(x)  #?
            return 5  #+
        """, 3, 4),
    "exceptions: StopIteration ends a loop": _case("""
        def f(a, b):
            it = iter([a, b])  #+
            t = 0  #+
            z = 0
            while True:  #+
                try:
                    t += next(it)  #+
                except StopIteration:  #+
                    break  #+
                z += 1
            return t  #+
        """, 3, 4),
    # --- flow
    "flow: a conditional expression": _case("""
        def f(a, b):
            u = a + 1  #+
            v = b + 1  #?
            w = u if a > 1 else v  #+
            return w  #+
        """, 3, 4),
    "flow: and, or": _case("""
        def f(a, b):
            u = a + 1  #+
            v = b + 1  #?
            return u or v  #+
        """, 3, 4),
    "flow: an early return in a loop": _case("""
        def find(xs, v):
            z = 0
            for i, x in enumerate(xs):  #+
                if x == v:  #+
                    return i  #+
                z += 1
            return -1
        def f(a, b):
            xs = [1, 2, 3]  #+
            return find(xs, a)  #+
        """, 3, 4),
    "flow: break": _case("""
        def f(a, b):
            t = 0  #+
            z = 0
            for i in range(10):  #+
                if i > a:  #+
                    break  #+
                t += i  #+
                z += i
            return t  #+
        """, 3, 4),
    "flow: continue": _case("""
        def f(a, b):
            t = 0  #+
            z = 0
            for i in range(5):  #+
                z += 1
                if i == a:  #+
                    continue  #+
                t += i  #+
            return t  #+
        """, 3, 4),
    "flow: a loop's else": _case("""
        def f(a, b):
            r = 0
            z = 0
            for i in range(3):  #+
                z += 1
                if i == a:  #+
                    break
            else:
                r = b  #+
            return r  #+
        """, 7, 4),
    "flow: a while loop left by break": _case("""
        def f(a, b):
            n = a  #+
            z = 0
            while True:  #+
                n += 1  #+
                z += 2
                if n > 5:  #+
                    break  #+
            return n  #+
        """, 3, 4),
    "flow: elif": _case("""
        def f(a, b):
            x = 0
            z = b
            if a > 5:  #+
                x = 1
            elif a > 2:  #+
                x = 2  #+
            else:
                x = 3
            return x  #+
        """, 3, 4),
    "flow: match with a guard": _case("""
        def f(a, b):
            u = b + 1  #+
            z = b
            match [a, u]:  #?
                case [x]:  #+
                    return x
                case [x, y] if x > 9:  #+
                    return x
                case [x, y]:  #+
                    return y  #+
        """, 3, 4),
    "flow: match a class by position": _case("""
        class P:
            __match_args__ = ("v",)  #?
            def __init__(self, v, w):
                self.v = v  #+
                self.w = w  #?
        def f(a, b):
            p = P(a, b)  #+
            z = b
            match p:  #?
                case P(x):  #+
                    return x  #+
        """, 3, 4),
    "flow: match a class by names": _case("""
        class P:
            def __init__(self, v, w):
                self.v = v  #+
                self.w = w
        def f(a, b):
            p = P(a, b)  #+
            z = b
            match p:  #?
                case P(v=x):  #+
                    return x  #+
        """, 3, 4),
    "flow: match a mapping": _case("""
        def f(a, b):
            d = {}  #+
            d["x"] = a  #+
            d["y"] = b  #?
            match d:  #?
                case {"w": x}:  #+
                    return 0
                case {"x": x}:  #+
                    return x  #+
        """, 3, 4),
    "flow: a walrus in a while loop": _case("""
        def f(a, b):
            n = a  #+
            z = 0
            while (n := n - 1) > 0:  #+
                z += 1
            return n  #+
        """, 3, 4),
    "flow: an f-string": _case("""
        def f(a, b):
            u = a + 1  #+
            v = b + 1
            w = 3  #+
            return f"{u:>{w}}"  #+
        """, 3, 4),
    "flow: nothing written where it could have been, through a call": _case("""
        def put(d, v):
            if v > 5:  #+
                d["x"] = v
        def f(a, b):
            d = {"x": 1}  #+
            put(d, a)  #+
            z = b
            return d["x"]  #+
        """, 3, 4),
    "flow: a name deleted and bound again": _case("""
        def f(a, b):
            x = b
            del x
            x = a  #+
            return x  #+
        """, 3, 4),
    "flow: assigned in a chain": _case("""
        def f(a, b):
            x = y = a  #+
            y = b
            z = y
            return x  #+
        """, 3, 4),
    "flow: a starred target": _case("""
        def f(a, b):
            xs = [a, b, 5]  #+
            x, *rest = xs  #+
            z = x
            return rest  #+
        """, 3, 4),
    "flow: an annotated assignment": _case("""
        def f(a, b):
            x: int = a  #+
            y: int = b
            return x  #+
        """, 3, 4),
    "flow: assert": _case("""
        def f(a, b):
            x = a  #+
            z = b
            assert x > 1  #?
            return x  #+
        """, 3, 4),
    # --- threads, queues, tasks
    "threads: started and joined": _case("""
        import threading
        def work(out, v):
            z = v
            out.append(v)  #+
        def f(a, b):
            out = []  #+
            other = []
            t = threading.Thread(target=work, args=(out, a))  #+
            t.start()  #+
            t.join()  #?
            return out  #+
        """, 3, 4),
    "threads: two write one dictionary": _case("""
        import threading
        def work(d, k, v):
            d[k] = v  #+
        def f(a, b):
            d = {}  #+
            s = threading.Thread(target=work, args=(d, "x", a))  #+
            s.start()  #+
            s.join()  #?
            t = threading.Thread(target=work, args=(d, "y", b))  #?
            t.start()  #?
            t.join()  #?
            return d["x"]  #+
        """, 3, 4),
    "threads: a queue": _case("""
        import queue
        def f(a, b):
            q = queue.Queue()  #+
            r = queue.Queue()
            q.put(a)  #+
            r.put(b)
            return q.get()  #+
        """, 3, 4),
    "threads: a pool": _case("""
        from concurrent.futures import ThreadPoolExecutor
        def work(v):
            z = v
            return v * 2  #+
        def f(a, b):
            x = a  #+
            y = b
            with ThreadPoolExecutor(1) as pool:  #+
                job = pool.submit(work, x)  #+
                got = job.result()  #+
            return got  #+
        """, 3, 4),
    "tasks: gathered": _case("""
        import asyncio
        async def work(v, w):
            z = w
            await asyncio.sleep(0)  #?
            return v * 2  #+
        async def main(a, b):
            x = a  #+
            y = b
            got = await asyncio.gather(work(x, y), work(1, y))  #+
            return got[0]  #+
        def f(a, b):
            return asyncio.run(main(a, b))  #+
        """, 3, 4),
    "tasks: awaited out of order": _case("""
        import asyncio
        async def work(v):
            await asyncio.sleep(0)  #?
            return v * 2  #+
        async def main(a, b):
            x = a  #+
            y = b
            one = asyncio.create_task(work(x))  #+
            two = asyncio.create_task(work(y))
            v = await two
            u = await one  #+
            return u  #+
        def f(a, b):
            return asyncio.run(main(a, b))  #+
        """, 3, 4),
    "tasks: coroutines made first, awaited later": _case("""
        import asyncio
        async def work(v):
            return v * 2  #+
        async def main(a, b):
            x = a  #+
            y = b
            one = work(x)  #+
            two = work(y)
            v = await two
            return await one  #+
        def f(a, b):
            return asyncio.run(main(a, b))  #+
        """, 3, 4),
    "tasks: state that is shared": _case("""
        import asyncio
        async def work(d, k, v):
            await asyncio.sleep(0)  #?
            d[k] = v  #+
        async def main(a, b):
            d = {}  #+
            await asyncio.gather(work(d, "x", a), work(d, "y", b))  #+
            return d["x"]  #+
        def f(a, b):
            return asyncio.run(main(a, b))  #+
        """, 3, 4),
    "tasks: an asynchronous generator": _case("""
        import asyncio
        async def numbers(n):
            z = n
            for i in range(n):  #+
                yield i  #+
        async def main(a, b):
            t = 0  #+
            z = b
            async for v in numbers(a):  #+
                t += v  #+
            return t  #+
        def f(a, b):
            return asyncio.run(main(a, b))  #+
        """, 3, 4),
    "tasks: an asynchronous context manager": _case("""
        import asyncio
        class CM:
            async def __aenter__(self):
                return 5  #+
            async def __aexit__(self, *a):
                return None
        async def main(a, b):
            z = b
            async with CM() as v:  #+
                x = v + a  #+
            return x  #+
        def f(a, b):
            return asyncio.run(main(a, b))  #+
        """, 3, 4),
}  # fmt: skip
