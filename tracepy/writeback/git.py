"""A git work tree, through git's own plumbing: what it holds, and what would be in the way."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tracepy.errors import UserError

_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
}
# A second index must neither leave files of its own in the repository nor ask a daemon.
_PLAIN_INDEX = ("core.splitIndex=false", "core.fsmonitor=false", "core.untrackedCache=false")
_OF_A_HOOK = frozenset({
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a tree or an index: its mode as git writes it, and its blob."""

    mode: str
    blob: str


class Repository:
    """The work tree that some files are in."""

    def __init__(self, top: Path) -> None:
        self.top = top

    @classmethod
    def of(cls, files: Iterable[Path | str]) -> Repository:
        """The one work tree of all the files.

        Raises:
            UserError: git is not installed, or a file is in no work tree or in another one.
        """
        tops = {Path(file).parent: file for file in files}
        found = {_top(folder): file for folder, file in tops.items()}
        if len(found) > 1:
            raise UserError(
                f"the files are in {len(found)} git repositories, so there is no one commit: "
                + ", ".join(sorted(str(top) for top in found))
            )
        return cls(next(iter(found)))

    def git(self, *arguments: str, given: bytes = b"", index: Path | None = None) -> bytes:
        """What a git command prints.

        Raises:
            UserError: it failed; with git's own message.
        """
        done = self._done(arguments, given, index)
        if done.returncode != 0:
            raise UserError(f"git {arguments[0]} failed: {_message(done.stderr)}")
        return done.stdout

    def asked(self, *arguments: str) -> bytes | None:
        """What a git command prints that is a question; None where it fails, which is a no."""
        done = self._done(arguments)
        return done.stdout if done.returncode == 0 else None

    def _done(
        self, arguments: Sequence[str], given: bytes = b"", index: Path | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        environment = {**_environment(), "GIT_LITERAL_PATHSPECS": "1", "GIT_TERMINAL_PROMPT": "0"}
        settings = ["i18n.commitEncoding=utf-8"]
        if index is not None:
            environment["GIT_INDEX_FILE"] = str(index)
            settings += _PLAIN_INDEX
        options = [part for setting in settings for part in ("-c", setting)]
        return subprocess.run(
            ["git", *options, *arguments],
            cwd=self.top,
            env=environment,
            input=given,
            capture_output=True,
            check=False,
        )

    def line(self, *arguments: str, given: bytes = b"", index: Path | None = None) -> str:
        """The one line that a git command prints."""
        return os.fsdecode(self.git(*arguments, given=given, index=index)).rstrip("\n")

    def head(self) -> str:
        """The commit that is checked out.

        Raises:
            UserError: there is none yet, or a merge, rebase or the like is under way.
        """
        for name, what in _UNDER_WAY.items():
            if (self.top / self.line("rev-parse", "--git-path", name)).exists():
                raise UserError(f"{what} is under way in {self.top}: end it, then try again")
        found = self.asked("rev-parse", "--verify", "-q", "HEAD^{commit}")
        if found is None:
            raise UserError(f"there is no commit yet in {self.top}: make one first")
        return found.decode().strip()

    def current_branch(self) -> str:
        """The full name of the branch that is checked out. Raises UserError where none is."""
        found = self.asked("symbolic-ref", "-q", "HEAD")
        if found is None:
            raise UserError(
                "HEAD is detached, so a commit would be on no branch: give one with --branch NAME"
            )
        return os.fsdecode(found).rstrip("\n")

    def new_branch(self, name: str) -> str:
        """The full name of a branch that is to be made. Raises UserError where it cannot be."""
        found = self.asked("check-ref-format", "--branch", name)
        if found is None or os.fsdecode(found).rstrip("\n") != name or name == "HEAD":
            raise UserError(f"--branch {name!r} is no name that git takes for a branch")
        ref = f"refs/heads/{name}"
        if self.asked("rev-parse", "--verify", "-q", ref) is not None:
            raise UserError(f"there is a branch {name} already: give --branch another name")
        return ref

    def path(self, file: Path | str) -> str:
        """A file as git names it, relative to the top."""
        return Path(file).relative_to(self.top).as_posix()

    def in_head(self, path: str) -> Entry:
        """A file in the commit that is checked out. Raises UserError where it is not in it."""
        found = self.git("ls-tree", "-z", "HEAD", "--", path)
        if not found:
            if self.asked("ls-files", "--error-unmatch", "--", path) is not None:
                raise UserError(f"{path} is not committed yet: commit it first")
            ignored = ("--others", "--ignored", "--exclude-standard")
            state = "ignored" if self.git("ls-files", *ignored, "--", path) else "not tracked"
            raise UserError(f"{path} is {state} by git, so a commit cannot hold a change of it")
        mode, kind, blob = os.fsdecode(found).partition("\t")[0].split()
        if kind != "blob" or mode == "120000":
            raise UserError(f"{path} is no regular file in HEAD, so no change of it is committed")
        return Entry(mode, blob)

    def in_index(self, path: str) -> Entry:
        """A file in the index. Raises UserError where it is removed there, or unmerged."""
        rows = os.fsdecode(self.git("ls-files", "-s", "-z", "--", path)).split("\0")[:-1]
        fields = [row.partition("\t")[0].split() for row in rows]
        if not fields:
            raise UserError(f"{path} is removed in the index: unstage that first")
        if len(fields) > 1 or fields[0][2] != "0":
            raise UserError(f"{path} is unmerged: resolve that first")
        return Entry(fields[0][0], fields[0][1])

    def text(self, path: str, entry: Entry) -> bytes:
        """A blob as it would be checked out (line ends and other filters applied)."""
        return self.git("cat-file", "--filters", f"--path={path}", entry.blob)

    def blob(self, path: str, data: bytes) -> str:
        """Keep a file's bytes as git would when adding it; the blob."""
        return self.line("hash-object", "-w", "--stdin", f"--path={path}", given=data)

    def tree(self, commit: str, entries: Mapping[str, Entry]) -> str:
        """A commit's tree with some entries replaced, built beside the user's index."""
        with tempfile.TemporaryDirectory(prefix="tracepy-") as folder:
            index = Path(folder, "index")
            self.git("read-tree", commit, index=index)
            self.put(entries, index=index)
            return self.line("write-tree", index=index)

    def put(self, entries: Mapping[str, Entry], index: Path | None = None) -> None:
        """Replace entries of an index, by default the user's; none but these are touched."""
        rows = (f"{entry.mode} {entry.blob} 0\t{path}\0" for path, entry in entries.items())
        self.git(
            "update-index", "-z", "--index-info", given=os.fsencode("".join(rows)), index=index
        )


def _environment() -> dict[str, str]:
    """Ours, but for what a git hook is told of its own repository and index."""
    return {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}


def _top(folder: Path) -> Path:
    try:
        done = subprocess.run(
            ["git", "rev-parse", "--show-toplevel"],
            cwd=folder,
            env=_environment(),
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        with suppress(OSError):
            folder.stat()
            raise UserError("git is not installed, or not on the PATH") from error
        raise UserError(f"{folder} is gone") from error
    if done.returncode != 0:
        raise UserError(f"{folder} is in no git work tree: {_message(done.stderr)}")
    return Path(os.fsdecode(done.stdout.removesuffix(b"\n"))).resolve()


def _message(stderr: bytes) -> str:
    return stderr.decode(errors="replace").strip() or "it gave no reason"
