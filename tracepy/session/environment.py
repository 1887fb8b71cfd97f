"""What a run runs on, as the store keeps it."""

from __future__ import annotations

import platform
import sys


def environment(isolation: str) -> dict[str, object]:
    """Versions, what shuts candidates in, and the command line."""
    from tracepy import __version__

    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": platform.platform(),
        "tracepy": __version__,
        "isolation": isolation,
        "argv": list(sys.argv),
    }
