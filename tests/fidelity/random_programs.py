"""Random programs that always end: what they do shows in what they print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, TypeVar

from hypothesis import strategies as st

PRELUDE = '''\
def t(n, x=None):
    plain = type(x) in (int, str, bool, float, type(None))
    emit(f"{n} {x!r:.60}" if plain else f"{n} {type(x).__name__}")
    return x
class Box:
    __match_args__ = ("v",)
    def __init__(self, v=0, swallow=False):
        self.__dict__.update(_v=v, swallow=swallow)
    @property
    def v(self):
        return t("get v", self._v)
    @v.setter
    def v(self, new):
        self.__dict__["_v"] = t("set v", new)
    @v.deleter
    def v(self):
        t("del v")
    def __enter__(self):
        return t("enter", self)
    def __exit__(self, kind, value, trace):
        t("exit", kind and kind.__name__)
        return self.swallow
    def __repr__(self):
        return t("asked for repr", "Box")
    def __eq__(self, other):
        t("asked for eq", other)
        return NotImplemented
    __hash__ = object.__hash__
    def __bool__(self):
        return t("asked for bool", True)
    def __len__(self):
        return t("asked for len", 2)
    def __iter__(self):
        t("asked for iter")
        return iter((self._v, 1))
    def __getitem__(self, key):
        return t("item", key)
    def __setitem__(self, key, value):
        t("set item", key)
    def __delitem__(self, key):
        t("del item", key)
    def __getattr__(self, name):
        t("missing", name)
        raise AttributeError(name)
    def __iadd__(self, other):
        t("iadd", other)
        return self
    def __format__(self, spec):
        return t("format", spec)
    def __await__(self):
        got = yield t("awaiting", self._v)
        return t("resumed", got)
def drive(steps, n=0):
    """A generator or coroutine, to its end or twenty turns."""
    try:
        for n in range(20):
            sent = None if n == 0 else n
            t("out", steps.throw(KeyError(n)) if n == 5 else steps.send(sent))
        steps.close()
    except StopIteration as end:
        return t("ended", end.value)
    except KeyError as error:
        return t("escaped", str(error))
'''


@dataclass(frozen=True)
class Where:
    """What may stand at a place.

    Attributes:
        depth: How much deeper it may get.
        kind: "function", "generator", "async", "class", "module".
        loop: Whether `break` and `continue` may.
        known: Functions that may be called: those defined earlier, so that nothing recurses.
    """

    depth: int
    kind: str = "function"
    loop: bool = False
    known: tuple[str, ...] = ()

    def deeper(self, **changes: Any) -> Where:
        return replace(self, depth=self.depth - 1, **changes)


T = TypeVar("T")


class Writer:
    """Draws a program. Everything it draws shrinks towards less."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw
        self._number = count(1)

    def one(self, *options: T) -> T:
        drawn: T = self._draw(st.sampled_from(options))
        return drawn

    def number(self, least: int, most: int) -> int:
        return int(self._draw(st.integers(least, most)))

    def fresh(self) -> int:
        return next(self._number)

    # --- expressions

    def atom(self) -> str:
        return str(self.one("1", "0", "a", "b", "c", "x", "xs", "o", "'s'", "None", "2.5", "-3"))

    def expression(self, where: Where) -> str:
        if where.depth <= 0:
            return self.atom()
        inner = where.deeper()

        def e() -> str:
            return self.expression(inner)

        kinds: list[Callable[[], str]] = [
            self.atom,
            lambda: f"t({self.fresh()}, {e()})",
            lambda: f"({e()} {self.one('+', '-', '//', '%', '|', 'and', 'or')} {e()})",
            lambda: f"({e()} {self.one('<', '==', 'is', 'in')} {e()} {self.one('<=', '!=')} {e()})",
            lambda: f"({e()} if {e()} else {e()})",
            lambda: f"(not {e()})",
            lambda: f"{self.one('xs', 'o', '[1, 2]')}[{e()}]",
            lambda: f"{self.one('o', 'a')}.v",
            lambda: f"[{e()}, *({e()}, {e()})]",
            lambda: "{" + f"{e()}: {e()}, **dict(k={e()})" + "}",
            lambda: f"(lambda q, r={e()}: ({e()}, q, r))({e()})",
            lambda: f"f'{{{self.atom()}}} {{t({self.fresh()})}} {{a=}}'".replace("'s'", "1"),
            lambda: f"[{e()} for c in range(2) if {e()}]",
            lambda: "{" + f"c: {e()} for c in (1, 2)" + "}",
            lambda: f"sum(1 for c in range({self.number(0, 3)}) if {e()})",
            lambda: f"tuple({e()} for c in range(2) for x in (c, 5))",
            lambda: f"xs[{e()}:{self.number(0, 2)}]",
        ]
        if where.kind != "class":
            kinds.append(lambda: f"({self.one('a', 'x', 'w')} := {e()})")
        if where.known:
            kinds.append(lambda: self.call(inner))
        if where.kind == "generator":
            kinds += [lambda: f"(yield {e()})", lambda: f"(yield from [{e()}])"]
        if where.kind == "async":
            kinds += [lambda: f"(await Box({e()}))"]
        return str(self.one(*kinds)())

    def call(self, where: Where) -> str:
        arguments = [self.expression(where) for _ in range(self.number(1, 2))]
        arguments += self.one([], ["*xs"], [f"k={self.atom()}"], [f"*(1, {self.atom()})", "**{}"])
        return f"{self.one(*where.known)}({', '.join(arguments)})"

    def target(self, where: Where) -> str:
        inner = self.expression(replace(where, depth=min(1, where.depth - 1)))
        return str(
            self.one(
                "a", "b", "x", "a, b", "[a, *b]", "(a, (x, *c))", "o.v", f"xs[{inner}]", "o[1:]"
            )
        )

    # --- statements

    def body(self, where: Where, most: int = 3) -> list[str]:
        lines = [self.statement(where) for _ in range(self.number(1, most))]
        return [f"    {line}" for part in lines for line in part]

    def statement(self, where: Where) -> list[str]:
        def e() -> str:
            return self.expression(replace(where, depth=min(2, where.depth)))

        simple: list[Callable[[], list[str]]] = [
            lambda: [e()],
            lambda: [f"{self.target(where)} = {e()}"],
            lambda: [f"{self.target(where)} = {self.target(where)} = {e()}, {e()}"],
            lambda: [f"{self.one('a', 'x', 'o', 'o.v', 'xs[0]', 'xs')} += {e()}"],
            lambda: [f"{self.one('a', 'o.v', 'z')}: {self.atom()} = {e()}"],
            lambda: [f"del {self.one('a', 'x', 'xs[0]', 'o.v', 'o[1], b', 'xs[:1]')}"],
            lambda: [f"assert {e()}, t({self.fresh()}, {e()})"],
            lambda: [
                f"raise {self.one('ValueError', 'KeyError')}({e()}){self.one('', ' from None')}"
            ],
            lambda: ["t('names', str(sorted(n for n in locals() if n[:2] != '__')))"],
            lambda: [f"t({self.fresh()}); t({self.fresh()}, {e()})"],
            lambda: ["pass"],
        ]
        if where.loop:
            simple += [lambda: ["break"], lambda: ["continue"]]
        if where.kind in ("function", "generator", "async"):
            simple.append(lambda: [f"return {e()}"])
        compound = [
            self.if_, self.for_, self.while_, self.try_, self.with_, self.match_, self.define,
            self.class_, self.closure, self.try_star,
        ]  # fmt: skip
        if where.depth <= 0 or self.number(0, 2) < 2:
            return list(self.one(*simple)())
        return list(self.one(*compound)(where.deeper()))

    def if_(self, where: Where) -> list[str]:
        lines = [f"if {self.expression(where)}:", *self.body(where)]
        lines += self.one(True, False) * [f"elif {self.expression(where)}:", *self.body(where)]
        return lines + self.one(True, False) * ["else:", *self.body(where)]

    def for_(self, where: Where) -> list[str]:
        over = self.one("range(3)", "xs[:3]", "o", "((1, 2), (3, 4))", f"{{1: {self.atom()}}}")
        target = self.one("a", "c", "x, b", "o.v", "xs[0]")
        lines = [f"for {target} in {over}:", *self.body(where.deeper(loop=True))]
        return lines + self.one(True, False) * ["else:", *self.body(where)]

    def while_(self, where: Where) -> list[str]:
        left = f"left{self.fresh()}"
        test = f"({left} := {left} - 1) >= 0" if where.kind != "class" else f"{left}"
        lines = [f"{left} = {self.number(0, 3)}", f"while {test}{self.one('', ' and a')}:"]
        if where.kind == "class":
            lines.append(f"    {left} -= 1")
        lines += self.body(where.deeper(loop=True))
        return lines + self.one(True, False) * ["else:", *self.body(where)]

    def try_(self, where: Where) -> list[str]:
        lines = ["try:", *self.body(where)]
        kind = self.number(0, 2)
        if kind:
            caught = self.one(
                "Exception", "(TypeError, KeyError)", f"t({self.fresh()}, ValueError)"
            )
            lines += [f"except {caught} as error:", "    t('caught', type(error).__name__)"]
            lines += self.body(where)
            lines += self.one([], ["except LookupError:", *self.body(where)])
            lines += self.one([], ["else:", *self.body(where)])
        if kind != 1:
            lines += ["finally:", *self.body(where)]
        return lines

    def try_star(self, where: Where) -> list[str]:
        inside = replace(where, loop=False, kind="class" if where.kind == "class" else "module")
        lines = ["try:", f"    raise ExceptionGroup('g', [ValueError(1), KeyError({self.atom()})])"]
        lines += ["except* ValueError as group:", "    t('group', str(group.exceptions[0]))"]
        lines += self.body(inside, 1)
        return lines + self.one([], ["except* Exception:", *self.body(inside, 1)])

    def with_(self, where: Where) -> list[str]:
        items = [f"Box({self.expression(where)}, {self.one(True, False)})"]
        items += self.one([], [f"Box({self.atom()}) as {self.one('x', 'o.v', '(a, b)')}"])
        return [f"with {', '.join(items)}:", *self.body(where)]

    def match_(self, where: Where) -> list[str]:
        patterns = (
            "1 | 's'",
            "None",
            "[a, *x]",
            "{'k': b}",
            "Box(v=a)",
            "int() as x",
            "Box(0)",
            "-3",
        )
        lines = [f"match {self.expression(where)}:"]
        for _ in range(self.number(1, 2)):
            guard = self.one("", f" if {self.expression(where)}")
            lines.append(f"    case {self.one(*patterns)}{guard}:")
            lines += [f"    {line}" for line in self.body(where, 2)]
        return [*lines, "    case _:", *(f"    {line}" for line in self.body(where, 1))]

    def closure(self, where: Where) -> list[str]:
        if where.kind not in ("function", "generator", "async"):
            return ["pass"]
        name = f"inner{self.fresh()}"
        first = self.one("nonlocal a", "global a", "t('free', c)")
        inside = self.body(where.deeper(kind="function", loop=False))
        return [
            f"def {name}(x={self.expression(where)}):",
            f"    {first}",
            *inside,
            f"t(0, {name}())",
        ]

    def define(self, where: Where) -> list[str]:
        name = f"local{self.fresh()}"
        kind = self.one("function", "generator", "async")
        return [
            *self.function(name, where.deeper(kind=kind, loop=False)),
            self.use(name, kind, where),
        ]

    def use(self, name: str, kind: str, where: Where) -> str:
        arguments = self.expression(replace(where, depth=min(1, where.depth)))
        return f"t('{name}', {name if kind == 'function' else f'drive({name}'}({arguments}{')' * (kind != 'function')}))"

    def function(self, name: str, where: Where) -> list[str]:
        shape = self.one("a, b=1", "a, /, b=2, *xs", "a, *, b=3, **o", "a=(1, 2), *xs, b=4, **o")
        decorator = self.one([], ["@(lambda fn: fn)"])
        start = f"{'async ' if where.kind == 'async' else ''}def {name}({shape}):"
        extra = {"generator": ["    t(1, (yield 0))"], "async": ["    t(2, await Box(1))"]}
        return [*decorator, start, *extra.get(where.kind, []), *self.body(where, 4)]

    def class_(self, where: Where) -> list[str]:
        name = f"C{self.fresh()}"
        inside = where.deeper(kind="class", loop=False)
        method = self.body(where.deeper(kind="function", loop=False), 2)
        return [
            f"class {name}(Box):", *self.body(inside, 2), "    @property", "    def p(self):",
            "        a = b = c = x = self.__class__.__name__", "        xs, o = [1], self",
            *(f"    {line}" for line in method), f"t('{name}', {name}().p)",
        ]  # fmt: skip


@st.composite
def programs(draw: Callable[[st.SearchStrategy[Any]], Any]) -> str:
    """Source of a program; it may raise, and ends."""
    writer = Writer(draw)
    lines = ["a, b, c, x, xs, o = 1, 2, 3, 'x', [1, 2], Box(7)"]
    known: tuple[str, ...] = ()
    for n in range(writer.number(1, 2)):
        kind = writer.one("function", "function", "generator", "async")
        where = Where(3, kind, known=known)
        lines += writer.function(f"f{n}", where)
        if kind == "function":
            known += (f"f{n}",)
        lines += ["try:", f"    {writer.use(f'f{n}', kind, Where(1, 'module', known=known))}"]
        lines += ["except Exception as error:", "    t('raised', type(error).__name__)"]
    for _ in range(writer.number(0, 3)):
        lines += writer.statement(Where(3, "module", known=known))
    return PRELUDE + "\n".join(lines) + "\n"
