"""What a new function must keep of the old one: pragmas, and whatever is frozen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from tracepy.errors import UserError
from tracepy.optimizers.base import Task
from tracepy.optimizers.generative.answers.names import shown
from tracepy.optimizers.generative.answers.records import Refused
from tracepy.transforms.discover import Found, discover
from tracepy.transforms.pragmas import Pragma, pragmas
from tracepy.transforms.source import Source


def with_pragmas(name: str, old: str, new: str) -> str:
    """A new source with the pragmas of the old one, put back where they were dropped.

    Raises:
        Refused: one has lost its place, or there is one that was not there before.
    """
    wanted = _pragmas(name, old)
    if not wanted and "tracepy:" not in new:
        return new
    missing = Counter(map(_key, wanted)) - Counter(map(_key, _pragmas(name, new)))
    for pragma in wanted:
        if missing[_key(pragma)] > 0:
            missing[_key(pragma)] -= 1
            new = _restored(name, old, new, pragma)
    added = Counter(map(_key, _pragmas(name, new))) - Counter(map(_key, wanted))
    if added:
        raise Refused(f"The new source of `{name}` must add no `# tracepy:` comment: leave it out.")
    return new


def _pragmas(name: str, text: str) -> list[Pragma]:
    try:
        return pragmas(Source(text))
    except (UserError, SyntaxError):
        raise Refused(
            f"A `# tracepy:` comment in the new source of `{name}` is malformed: keep those that "
            "were there, and add none."
        ) from None


def _key(pragma: Pragma) -> tuple[str, str]:
    return pragma.verb, str(pragma.constraint)


def _restored(name: str, old: str, new: str, pragma: Pragma) -> str:
    """The new source with a pragma at the line that it stood at."""
    lines = old.split("\n")
    row = pragma.line - 1
    comment = lines[row][lines[row].index("#") :] if pragma.alone else _comment(lines[row])
    code = lines[row][: len(lines[row]) - len(comment)].strip()
    if pragma.alone:
        following = (line.strip() for line in lines[row + 1 :])
        code = next((line for line in following if line and not line.startswith("#")), "")
    rows = new.split("\n")
    for form in (str.strip, _target):
        goal = form(code)
        found = [
            index
            for index, line in enumerate(rows)
            if goal and "tracepy:" not in line and form(line.partition("  #")[0]) == goal
        ]
        if len(found) == 1:
            line = rows[found[0]]
            if pragma.alone:
                rows.insert(found[0], line[: len(line) - len(line.lstrip())] + comment)
            else:
                rows[found[0]] = f"{line.rstrip()}  {comment}"
            return "\n".join(rows)
    raise Refused(
        f"The new source of `{name}` must keep the line `{shown(code)}` with its comment "
        f"`{shown(comment)}`."
    )


def _comment(line: str) -> str:
    """The trailing comment that holds a pragma."""
    end = line.rindex("tracepy:")
    start = line.rindex("#", 0, end)
    return line[start:]


def _target(code: str) -> str:
    """What an assignment assigns to, as it is written."""
    target, found, rest = code.partition("=")
    return target.strip() if found and not rest.startswith("=") else ""


def frozen(task: Task, source: Source, module: str, trainable: Collection[str]) -> dict[str, str]:
    """What must not change in a module, by name; trainable pieces within it are left out.

    Raises:
        UserError: a pragma is malformed.
        SyntaxError: the module does not parse.
    """
    items = discover(source, module)
    names = {(item.start, item.end): item for item in items}
    found: dict[str, str] = {}
    for number, (start, end) in enumerate(sorted(task.frozen(source, module))):
        item = names.get((start, end))
        inner = [
            other
            for other in items
            if start < other.start and other.end < end and other.name in trainable
        ]
        found[item.name if item else f"#{number}"] = _text(source, start, end, item, inner)
    return found


def _text(source: Source, start: int, end: int, item: Found | None, inner: list[Found]) -> str:
    if item is not None and item.kind == "function" and not inner:
        return str(item.value)
    parts, position = [], start
    for other in inner:
        if other.start >= position:
            parts.append(source.text[position : other.start])
            position = other.end
    text = "\0".join([*parts, source.text[position:end]])
    return text.replace("\r\n", "\n").replace("\r", "\n")
