"""Where a piece of text stands: exactly, or with its lines moved left or right."""

from __future__ import annotations

from tracepy.optimizers.generative.answers.names import shown
from tracepy.optimizers.generative.answers.records import Refused, Replacement
from tracepy.transforms.edit import Edit


def located(text: str, replacement: Replacement, where: str) -> Edit:
    r"""The splice of a text (line ends `\n`) that a replacement asks for.

    Args:
        text: What the old piece must stand in, once.
        replacement: What to find and what to put there.
        where: What the text is, for the sentence of an error.

    Raises:
        Refused: the old piece is empty, stands nowhere, or more than once.
    """
    old, new = _unix(replacement.old), _unix(replacement.new)
    if not old.strip():
        if not text.strip():
            return Edit(0, len(text), new)
        raise Refused(
            f"The text to search for in {where} is empty: copy the lines that change, exactly."
        )
    for piece, other in ((old, new), (old.strip("\n"), new.strip("\n"))):
        count = _count(text, piece)
        if count == 1:
            start = text.index(piece)
            return Edit(start, start + len(piece), other)
        if count > 1:
            raise Refused(
                f"The text to search for, `{shown(old)}`, stands in {where} more than once: add "
                "lines before or after it until it is unique."
            )
    found = _lenient(text, old.strip("\n"), new.strip("\n"))
    if len(found) == 1:
        return found[0]
    problem = "more than once" if found else "not at all"
    raise Refused(
        f"The text to search for, `{shown(old)}`, stands in {where} {problem}: copy the lines that "
        "change exactly as they are shown."
    )


def _count(text: str, piece: str) -> int:
    """0, 1, or 2 for more; overlapping ones count."""
    first = text.find(piece)
    if first < 0:
        return 0
    return 1 if text.find(piece, first + 1) < 0 else 2


def _lenient(text: str, old: str, new: str) -> list[Edit]:
    """The places where the lines are the same but for one common shift of their indentation."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    wanted = old.split("\n")
    bare = [line.strip() for line in lines]
    goal = [line.strip() for line in wanted]
    found: list[Edit] = []
    index = -1
    while len(found) < 2:
        try:
            index = bare.index(goal[0], index + 1)
        except ValueError:
            break
        if bare[index : index + len(goal)] != goal:
            continue
        shift = _shift(lines[index : index + len(goal)], wanted)
        if shift is None:
            continue
        end = index + len(goal)
        moved = [_moved(line, *shift) for line in new.split("\n")] if new else []
        if not moved:
            span = starts[index], min(starts[end], len(text))
            found.append(Edit(*span, ""))
        else:
            found.append(Edit(starts[index], starts[end] - 1, "\n".join(moved)))
    return found


def _shift(stands: list[str], wanted: list[str]) -> tuple[str, str] | None:
    """What to take off the front of the new lines and what to put there; None if that differs."""
    shifts = set()
    for line, other in zip(stands, wanted, strict=True):
        if not line.strip():
            continue
        here, there = _front(line), _front(other)
        common = 0
        while common < min(len(here), len(there)) and here[-1 - common] == there[-1 - common]:
            common += 1
        shifts.add((there[: len(there) - common], here[: len(here) - common]))
    if len(shifts) > 1:
        return None
    return next(iter(shifts), ("", ""))


def _moved(line: str, off: str, on: str) -> str:
    return on + line.removeprefix(off) if line.strip() else line


def _front(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
