"""The program while a suggestion is applied to it, a parameter at a time."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tracepy import parameters as theta
from tracepy.errors import UserError
from tracepy.optimizers.base import Task
from tracepy.optimizers.generative.answers import bindings, keeping
from tracepy.optimizers.generative.answers.functions import rebuilt
from tracepy.optimizers.generative.answers.matching import located
from tracepy.optimizers.generative.answers.names import meant, shown
from tracepy.optimizers.generative.answers.placing import placed, source_of
from tracepy.optimizers.generative.answers.python import parsed
from tracepy.optimizers.generative.answers.records import Applied, Refused, Replacement
from tracepy.optimizers.generative.answers.values import convert
from tracepy.parameters import Parameter
from tracepy.transforms.edit import Edit, apply_edits
from tracepy.transforms.source import Source


@dataclass(frozen=True, slots=True)
class Wish:
    """What a suggestion wants of a parameter: a value, or replacements in the one it has."""

    given: object = None
    edits: tuple[Replacement, ...] = ()


class Draft:
    """The program while a suggestion is applied to it, and what was said on the way."""

    def __init__(
        self, task: Task, sources: Mapping[str, str], parameters: Sequence[Parameter]
    ) -> None:
        self.task = task
        self.before = dict(sources)
        self.sources = dict(sources)
        self.parameters = {parameter.name: parameter for parameter in parameters}
        self.trainable = frozenset(self.parameters)
        self.changed: list[str] = []
        self.problems: list[str] = []
        self.projected: list[str] = []

    def attempt(self, step: Callable[[], None]) -> None:
        """Take a step, or note why it is refused; then nothing has changed."""
        try:
            step()
        except Refused as refusal:
            self.problems.append(str(refusal))
        except RecursionError:
            self.problems.append("A part of your suggestion is nested too deeply: make it simpler.")

    def source(self, path: str) -> Source:
        return self.task.source(path, self.sources)

    def unix(self, parameter: Parameter) -> tuple[str, Parameter]:
        r"""The module of a parameter with line ends `\n`, and the parameter placed in that text."""
        text = self.source(parameter.path).text
        start, end = (len(_unix(text[:offset])) for offset in (parameter.start, parameter.end))
        return _unix(text), replace(parameter, start=start, end=end)

    def place(self, edit: Replacement, found: dict[str, list[Edit]]) -> None:
        """Note which parameters an edit of a file changes, and how."""
        paths = sorted({parameter.path for parameter in self.parameters.values()})
        if edit.name_or_path:
            paths = [path for path in paths if self._means(edit.name_or_path, path)]
            if not paths:
                names = list(self.parameters)
                hint = meant(edit.name_or_path, names)
                raise Refused(
                    f"There is no parameter or file `{shown(edit.name_or_path)}` to edit: {hint}"
                    + ("" if hint.endswith("?") else ".")
                )
        refusals: list[Refused] = []
        hits: list[list[tuple[Parameter, Edit]]] = []
        for path in paths:
            own = [self.unix(p) for p in self.parameters.values() if p.path == path]
            where = f"`{shown(path.rpartition('/')[2])}`"
            try:
                hits.append(placed(own[0][0], edit, [p for _, p in own], where))
            except Refused as refusal:
                refusals.append(refusal)
        if not hits:
            raise refusals[0]
        if len(hits) > 1:
            raise Refused(
                f"The text to search for, `{shown(edit.old)}`, stands in several files: name the "
                "parameter that it belongs to."
            )
        for parameter, splice in hits[0]:
            found.setdefault(parameter.name, []).append(splice)

    def _means(self, written: str, path: str) -> bool:
        name = written.strip("`\"' ").replace("\\", "/").removeprefix("./")
        return path == name or path.endswith(f"/{name}") or self.task.modules.get(path) == name

    def function(self, name: str, wishes: dict[str, Wish]) -> None:
        """Give a function its new source."""
        parameter = self._parameter(name)
        given = self._given(parameter, wishes[name])
        new, defaults = rebuilt(parameter, given, self.trainable)
        new = keeping.with_pragmas(name, parameter.value, new)
        for inner, value in defaults.items():
            wishes.setdefault(inner, Wish(value))
        if _same(parameter.value, new):
            return
        before = self.sources, self.parameters
        self._commit(parameter, self._checked(parameter, new))
        try:
            self._project_within(name, before[1], wishes)
        except Refused:
            self.sources, self.parameters = before
            self.changed.remove(name)
            raise

    def _project_within(
        self, name: str, before: Mapping[str, Parameter], wishes: Mapping[str, Wish]
    ) -> None:
        """Move the literals that a function's new source gives onto their constraints."""
        for inner, parameter in list(self.parameters.items()):
            if not inner.startswith(f"{name}.") or parameter.kind == "function" or inner in wishes:
                continue
            old = before.get(inner)
            if old is None or old.value != parameter.value:
                self.literal(inner, Wish(parameter.value))

    def literal(self, name: str, wish: Wish) -> None:
        """Give a literal its new value, moved onto its constraint."""
        parameter = self._parameter(name)
        value, moved = convert(parameter, self._given(parameter, wish))
        text = self.source(parameter.path).text
        try:
            edit = theta.replace(text, parameter, value)
        except (ValueError, RecursionError, MemoryError) as error:
            raise Refused(f"`{name}` cannot get that value: {shown(error, 150)}.") from None
        if moved:
            self.projected.append(moved)
        if text[edit.start : edit.end] != edit.text:
            self._commit(parameter, apply_edits(text, [edit]))

    def _parameter(self, name: str) -> Parameter:
        if name not in self.parameters:
            raise Refused(
                f"`{name}` is not there any more once the function that holds it is changed: change "
                "one of them, or keep it."
            )
        return self.parameters[name]

    def _given(self, parameter: Parameter, wish: Wish) -> object:
        """The value that a wish comes to."""
        if not wish.edits:
            return wish.given
        whole = parameter.kind in ("function", "string")
        module, own = self.unix(parameter)
        text = str(parameter.value) if whole else module[own.start : own.end]
        where = f"`{parameter.name}`"
        for edit in wish.edits:
            try:
                text = apply_edits(text, [located(text, edit, where)])
            except Refused:
                if whole or len(wish.edits) > 1:
                    raise
                # `RATE = 0.2` for what is `0.2`: the line that it stands in.
                splices = [splice for _, splice in placed(module, edit, [own], where)]
                text = source_of(module, own, splices)
        return text

    def _checked(self, parameter: Parameter, new: str) -> str:
        """The module with a function's new source; raises Refused where something is not kept."""
        name, path = parameter.name, parameter.path
        source, module = self.source(path), self.task.modules[path]
        try:
            edit = _with_note(source.text, theta.replace(source.text, parameter, new))
            text = apply_edits(source.text, [edit])
            self._compiles(name, path, text)
            kept = keeping.frozen(self.task, source, module, self.trainable)
            after = keeping.frozen(self.task, source.replaced(text), module, self.trainable)
            found = {p.name: p for p in self.task.find({**self.sources, path: text})}
        except (ValueError, SyntaxError, UserError, MemoryError) as error:
            raise Refused(f"`{name}` cannot get that source: {shown(error, 150)}.") from None
        for item, frozen in kept.items():
            if after.get(item) != frozen:
                raise Refused(
                    f"`{item}` is frozen: the new source of `{name}` must have it as it was, "
                    f"`{shown(frozen, 100)}`."
                )
        own = found.get(name)
        if own is None or (own.start, own.end) != (edit.start, edit.start + len(edit.text)):
            raise Refused(f"`{name}` is not found in its new source: give that one function only.")
        if set(after) - set(kept):
            raise Refused(f"The new source of `{name}` must freeze nothing that was not frozen.")
        bindings.check(name, parameter.value, new, kept, self.parameters)
        return text

    def _compiles(self, name: str, path: str, text: str) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(text, path, "exec", dont_inherit=True)
            self.source(path).encode(text)
        except SyntaxError as error:
            raise Refused(
                f"With the new source of `{name}` its module does not compile: "
                f"{shown(error.msg, 150)}; correct it."
            ) from None
        except UnicodeError:
            raise Refused(
                f"The new source of `{name}` has characters that its file cannot hold: write them "
                "as escapes."
            ) from None

    def _commit(self, parameter: Parameter, text: str) -> None:
        self.sources = {**self.sources, parameter.path: text}
        self.parameters = {p.name: p for p in self.task.find(self.sources)}
        self.changed.append(parameter.name)

    def applied(self, asked: bool) -> Applied:
        """What came of it."""
        if asked and not self.changed and not self.problems:
            self.problems.append(
                "Your suggestion is the same as before: change something, or say TERMINATE."
            )
        originals = self.task.originals
        sources = {
            path: text
            for path, text in self.sources.items()
            if path not in originals or text != originals[path].text
        }
        return Applied(
            sources,
            tuple(dict.fromkeys(self.changed)),
            tuple(self.problems),
            tuple(self.projected),
            bool(self.problems and self.changed),
        )


def _with_note(text: str, edit: Edit) -> Edit:
    """A function that was one line and is several keeps the comment behind it on its first."""
    if "\n" not in edit.text and "\r" not in edit.text:
        return edit
    end = min((at for at in (text.find(e, edit.end) for e in "\r\n") if at >= 0), default=len(text))
    note = text[edit.end : end]
    if len(text[edit.start : edit.end].splitlines()) > 1 or not note.lstrip().startswith("#"):
        return edit
    head, *rest = edit.text.splitlines(keepends=True)
    line = head.rstrip("\r\n")
    return Edit(edit.start, end, "".join([line, note, head[len(line) :], *rest]))


def _same(old: str, new: str) -> bool:
    """Whether two sources of a function differ in comments and layout at most."""
    trees = parsed(old), parsed(new)
    return None not in trees and ast.dump(trees[0]) == ast.dump(trees[1])  # type: ignore[arg-type]


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
