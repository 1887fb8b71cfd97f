r"""Source whose strings were broken on the way: in JSON, `\n` within a string of code needs two
backslashes, and models often write one."""

from __future__ import annotations

import ast
import warnings

_LONG = 50_000
_MOST = 60  # line ends that are put back


def rejoined(text: str) -> str:
    r"""Source with the line ends within its strings written as `\n` again, where that is certain.

    A string that does not end on its line goes on with the next one, if that begins at the margin,
    where no statement of a function stands, and if the whole is Python then. Otherwise the text
    comes back as it is.

    Args:
        text: A function's source, line ends `\n`.
    """
    if len(text) > _LONG:
        return text
    first = next((line for line in text.split("\n") if line.strip()), "")
    front = "if 1:\n" if first[:1].isspace() else ""
    lines = text.split("\n")
    for _ in range(_MOST):
        problem = _problem(front + "\n".join(lines))
        if problem is None:
            return "\n".join(lines)
        row = (problem.lineno or 0) - front.count("\n")
        if "unterminated" not in problem.msg or not 0 < row < len(lines):
            return text
        following = lines[row]
        if following[:1].isspace() or following.startswith(("def ", "async def ", "@", "class ")):
            return text
        lines[row - 1 : row + 1] = [f"{lines[row - 1]}\\n{following}"]
    return text


def _problem(text: str) -> SyntaxError | None:
    """What is wrong with a text; where that is not its syntax, a problem that nothing heals."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return error
    except (ValueError, MemoryError, RecursionError):
        return SyntaxError("it cannot be parsed")
    return None
