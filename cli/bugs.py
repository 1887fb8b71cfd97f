"""A bug of tracepy's own: the traceback in a file, one line for the person."""

from __future__ import annotations

import os
import platform
import shlex
import sys
import tempfile
import traceback

import tracepy


def report(error: BaseException) -> str:
    """Write the traceback to a new file in the temp folder; the line that says so."""
    text = "".join(traceback.format_exception(error))
    head = (
        f"tracepy {tracepy.__version__}, Python {platform.python_version()}, "
        f"{platform.platform()}\ncommand: {shlex.join(sys.argv)}\n\n"
    )
    what = f"{type(error).__name__}: {str(error).strip() or '(no message)'}".splitlines()[0]
    try:
        handle, path = tempfile.mkstemp(prefix="tracepy-bug-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(head + text)
    except OSError:  # no temp folder either: then on the screen
        return f"{head}{text}\ntracepy: this is a bug in tracepy ({what}); please report it"
    return f"tracepy: this is a bug in tracepy ({what}); please report it with the file {path}"
