"""The import hook. Nothing in the user's code changes: modules are rewritten as they load."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping, Sequence
from types import MappingProxyType, TracebackType

from tracepy.errors import InstrumentationWarning
from tracepy.hook.compiled import Codes
from tracepy.hook.finder import Finder, matches
from tracepy.hook.run import run_module, run_path
from tracepy.hook.skipped import imported, skipped, too_late

__all__ = ["Hook", "install", "matches", "run_module", "run_path", "uninstall"]

_installed: list[Hook] = []


class Hook:
    """An installed import hook; as a context manager it is taken out at the end."""

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        # Only of use where something is to be instrumented; in a worker that was just forked,
        # going over all modules would copy a quarter of a thousand pages.
        self._earlier = frozenset(sys.modules) if finder.patterns else frozenset()

    @property
    def skipped(self) -> list[tuple[str, str]]:
        """Modules loaded so far that a pattern means and that run plain: name and reason.

        They are built in, frozen, extensions, without source, imported before the hook, claimed
        by another import hook, or could not be rewritten.
        """
        return skipped(self.finder.patterns, self._earlier)

    def uninstall(self) -> None:
        """Take it out again. Modules already loaded stay as they are."""
        if self.finder in sys.meta_path:
            sys.meta_path.remove(self.finder)
        if self in _installed:
            _installed.remove(self)

    def __enter__(self) -> Hook:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.uninstall()


def install(*patterns: str, sources: Mapping[str, str] = MappingProxyType({})) -> Hook:
    """Instrument modules from now on as they are imported.

    A module that is imported already stays plain, and a warning names it.

    Args:
        patterns: Matched (`fnmatch`) against dotted module names; a package takes its
            submodules along. Modules with a line `# tracepy: instrument` need no pattern.
        sources: Texts of candidates: the module of such a file is compiled from its text
            instead, under the file's real path.
    """
    hook = _put_in(Finder(patterns, sources))
    late = imported(patterns) if patterns else []
    if late:
        advice = "Call tracepy.install before they are imported, or importlib.reload them"
        warnings.warn(f"{too_late(late)}. {advice}", InstrumentationWarning, stacklevel=2)
    return hook


def install_for_candidate(
    patterns: Sequence[str], sources: Mapping[str, str], codes: Codes | None = None
) -> None:
    """Put a candidate's texts in place of files, in a worker.

    Args:
        patterns: Modules to instrument. Without any, one that is marked runs plain as well:
            where nothing is recorded, a program runs at its full speed.
        sources: Texts by the absolute paths of files.
        codes: What other files compile to, where that is known.
    """
    _put_in(Finder(patterns, sources, pragmas=bool(patterns), codes=codes))


def install_for_program(*patterns: str) -> Hook:
    """Instrument modules from now on, for a program that has not begun; `__main__` is the
    caller's affair."""
    hook = _put_in(Finder(patterns, {}))
    late = [name for name in imported(patterns) if name != "__main__"]
    if late:
        text = f"{too_late(late)}. The interpreter or tracepy needs them to start"
        warnings.warn_explicit(text, InstrumentationWarning, "tracepy run", 1)
    return hook


def _put_in(finder: Finder) -> Hook:
    hook = Hook(finder)
    sys.meta_path.insert(0, finder)
    _installed.append(hook)
    return hook


def uninstall() -> None:
    """Take out every hook that `install` put in."""
    for hook in list(_installed):
        hook.uninstall()
