"""A value in another shape: in a list of its own, each of its items converted, two calls round it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.material import agree, kinds_at, material
from tracepy.transforms.mutate.places import Place, is_atom, loads, pointless, replace
from tracepy.transforms.mutate.survey import callee, names_near, parameters, survey

_ROLES = {"value": 1.0, "argument": 0.8, "operand": 0.5, "element": 0.5, "iterable": 0.7}
_TWICE = (
    "sorted(set({}))", "list(set({}))", "len(set({}))", "len(list({}))", "next(iter({}))",
    "list(reversed({}))", "sorted({}, reverse=True)", "tuple(sorted({}))", "''.join(sorted({}))",
    "list(dict.fromkeys({}))", "''.join({})", "' '.join({})", "', '.join({})", "list(map(str, {}))",
    "list(map(int, {}))", "sum(len(item) for item in {})", "sum(1 for _ in {})", "int(round({}))",
    "max(len(item) for item in {})", "str({}).strip()", "str({}).lower()", "{}.strip().lower()",
    "sorted({}, key=len)", "max(0, {})", "max(1, {})", "list(zip(*{}))", "dict(sorted({}.items()))",
    "sorted({}.items())", "list({}.values())", "list({}.keys())", "list(range({}))",
    "range(len({}))", "len(str({}))", "abs(int({}))", "set(map(tuple, {}))", "iter(list({}))",
)  # fmt: skip
_EACH = ("[list(item) for item in {}]", "[item.copy() for item in {}]", "[str(item) for item in {}]",
         "[item for item in {} if item]", "[tuple(item) for item in {}]")  # fmt: skip
_NUMBERS = frozenset({"int", "float", "bool"})
_OF_NUMBERS = ("max(0", "max(1", "int(round", "abs(int", "len(str", "list(range")


def shapes(site: Site) -> Iterator[Draft]:
    """`[x]` and `(x,)` for `x`, `sorted(set(x))`, `[list(item) for item in x]`."""
    yield from _called_with(site)
    for place in loads(site):
        part = _ROLES.get(place.role, 0.0)
        if not part or isinstance(place.parent, ast.Expr | ast.Starred) or "\n" in place.text:
            continue
        if isinstance(place.node, ast.Constant | ast.Starred | ast.Slice | ast.Lambda | ast.IfExp):
            if not isinstance(place.node, ast.Constant) or place.role not in ("value", "argument"):
                continue
            part *= 0.3
        yield from _contained(site, place, part)
        if place.field == "body" and isinstance(place.parent, ast.Lambda):
            yield from _keyed(place, place.parent)
        if not isinstance(place.node, ast.Constant | ast.GeneratorExp):
            yield from _converted(site, place, part)


def _called_with(site: Site) -> Iterator[Draft]:
    """`write(x)` for a statement that is only `x`, by the calls that are statements nearby, and by
    what the class or the module has for one argument."""
    statement = site.statement
    if not pointless(statement) or site.function is None:
        return
    assert isinstance(statement, ast.Expr)
    if statement is site.function.body[0]:
        return  # a docstring
    inner, where = site.source.segment(statement.value), site.source.span(statement)
    for score, known in names_near(site, inner, callables=True):
        function = survey(site.source).functions.get(known.text.rpartition(".")[2])
        if function is None or not known.callable or function is site.function:
            continue
        if len([one for one in parameters(function) if one.arg not in ("self", "cls")]) == 1:
            own = 1.0 if known.kind == "attribute" else 0.4
            edit = Edit(*where, f"{known.text}({inner})")
            yield Draft("wrap", (edit,), own + score, f"`{known.text}(…)`")
    for node in ast.walk(site.function):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and node.value.args:
            name = site.source.segment(node.value.func)
            score = 1.0 / (1 + abs(node.lineno - statement.lineno) / 4)
            edit = Edit(*where, f"{name}({inner})")
            yield Draft("wrap", (edit,), 2 * score, f"`{name}(…)`")


def _contained(site: Site, place: Place, part: float) -> Iterator[Draft]:
    if isinstance(place.node, ast.GeneratorExp | ast.Compare | ast.BoolOp):
        return
    text = place.text
    for form, score in ((f"[{text}]", 1.0), (f"({text},)", 0.5), (f"{{{text}}}", 0.3)):
        yield Draft("contain", replace(place, form), part * score, f"`{form[:40]}`")
    if isinstance(place.parent, ast.Call) and len(place.parent.args) > 1:
        return
    if not isinstance(place.node, ast.List | ast.Tuple | ast.Set):
        for form in (f"[*{text}]", f"{{*{text}}}"):
            yield Draft("contain", replace(place, form), part * 0.15, f"`{form[:40]}`")


def _keyed(place: Place, function: ast.Lambda) -> Iterator[Draft]:
    """`(key, x[0])` for a key, so that ties are broken."""
    names = [argument.arg for argument in function.args.args[:2]]
    for name in names:
        for rank, more in enumerate((f"{name}[0]", name, f"{name}[1]")):
            if more != place.text:
                for text in (f"({place.text}, {more})", f"({more}, {place.text})"):
                    yield Draft("contain", replace(place, text), 0.4 / (1 + rank), f"`{text}`")


def _singular(text: str) -> str:
    """A name for an item of a container."""
    last = text.rpartition(".")[2]
    return last[:-1] if last.endswith("s") and last[:-1].isidentifier() else "item"


def _converted(site: Site, place: Place, part: float) -> Iterator[Draft]:
    kinds = kinds_at(site, place)
    inner = place.text if is_atom(place.node) else f"({place.text})"
    for rank, form in enumerate(_TWICE):
        number = form.startswith(_OF_NUMBERS)
        if kinds and number != bool(kinds & _NUMBERS):
            continue
        if form.startswith(("''", "' '", "', '")) and "dict" in kinds:
            continue
        bare = form.format(inner if "{}." in form else place.text)
        score = part / (1 + 0.12 * rank) * (0.5 if inner != place.text else 1.0)
        yield Draft("wrap twice", replace(place, bare), score, f"`{form.format('…')}`")
    inside, node = place.text, place.node
    if isinstance(node, ast.Call) and callee(node) in ("list", "tuple", "copy") and node.args:
        inside = site.source.segment(node.args[0])
    if not kinds & _NUMBERS:
        for rank, form in enumerate(_EACH):
            text = form.replace("item", _singular(inside)).format(inside)
            yield Draft(
                "wrap twice", replace(place, text), 0.4 * part / (1 + rank), f"`{text[:60]}`"
            )
    if place.role in ("argument", "value", "element"):
        for item in material(site, 16):
            if item.text not in place.text and agree(kinds, item.kinds) > 0.5:
                for form in (f"max({item.text}, {place.text})", f"max({place.text}, {item.text})",
                             f"min({item.text}, {place.text})", f"min({place.text}, {item.text})"):  # fmt: skip
                    yield Draft(
                        "wrap", replace(place, form), 0.3 * part * item.score, f"`{form[:60]}`"
                    )
    for rank, name in enumerate(_called(site)):
        if not place.text.startswith(f"{name}("):
            text = f"{name}({place.text})"
            yield Draft("wrap", replace(place, text), 0.4 * part / (1 + 0.1 * rank), f"`{name}(…)`")


_KNOWN = {"copy": ("deepcopy", "copy"), "math": ("floor", "ceil", "sqrt", "fabs", "log"),
          "re": ("escape",), "html": ("escape", "unescape"), "shlex": ("quote",),
          "json": ("dumps", "loads"), "itertools": ("chain.from_iterable",),
          "os": ("path.abspath", "path.basename", "path.normpath", "fspath")}  # fmt: skip


def _called(site: Site) -> list[str]:
    """Functions that the function calls with one argument, and dotted ones (`copy.deepcopy`)."""
    near: dict[str, int] = {}
    for node in ast.walk(site.function) if site.function else ():
        if isinstance(node, ast.Call) and len(node.args) == 1 and isinstance(node.func, ast.Name):
            away = abs(node.lineno - site.statement.lineno)
            near[node.func.id] = min(away, near.get(node.func.id, away))
    modules = sorted(_modules(site))
    found = dict.fromkeys(sorted(near, key=lambda name: (near[name], name))[:8])
    found |= {f"{name}.{function}": None for name in modules for function in _KNOWN.get(name, ())}
    for node in survey(site.source).nodes:
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and len(node.args) == 1
        ):
            base = node.func.value
            if isinstance(base, ast.Name) and base.id in modules:
                found[site.source.segment(node.func)] = None
    return list(found)[:16]


def _modules(site: Site) -> set[str]:
    return {
        alias.asname or alias.name
        for node in survey(site.source).nodes
        if isinstance(node, ast.Import)
        for alias in node.names
    }
