"""A run's changes as a commit that holds nothing else.

The commit is put together from HEAD's tree, beside the user's index and work tree: whatever is
staged, edited or untracked there stays out of it and stays as it is. No hooks run, as `git
commit-tree` runs none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tracepy.errors import UserError
from tracepy.writeback.git import Entry, Repository
from tracepy.writeback.planning import three_way


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a commit goes: a new branch of this name, or None for the one checked out."""

    branch: str | None = None


@dataclass(slots=True)
class Commit:
    """A commit that is made, but that no branch shows yet.

    Attributes:
        id: Its object name.
        ref: The branch that is to have it, in full.
        old: What that branch must still point at; zeros where it must not exist.
        merged: Files (as git names them) in which HEAD holds other changes since the run began.
        staged: What the index is to hold of the files, so that nothing of them shows as changed;
            empty where the branch is not the one checked out.
        before: What the index held of them until then.
    """

    repository: Repository
    id: str
    ref: str
    old: str
    merged: list[str]
    staged: dict[str, Entry] = field(default_factory=dict)
    before: dict[str, Entry] = field(default_factory=dict)

    @property
    def branch(self) -> str:
        """The branch's short name."""
        return self.ref.removeprefix("refs/heads/")

    def stage(self) -> None:
        """Let the index hold the change, beside what the user has staged of the files."""
        if self.staged:
            self.repository.put(self.staged)

    def unstage(self) -> None:
        """Take `stage` back."""
        if self.staged:
            self.repository.put(self.before)

    def show(self, reason: str) -> None:
        """Let the branch point at it. Raises UserError where the branch has moved meanwhile."""
        self.repository.git("update-ref", "-m", reason, self.ref, self.id, self.old)
        if self.staged:
            # It fails where other files need an update, which is no matter of ours.
            self.repository.asked("update-index", "-q", "--refresh")


def check(files: list[str], destination: Destination) -> Repository:
    """Whether a commit of these files could be made now, as far as can be told beforehand.

    Raises:
        UserError: no; why, and what to do.
    """
    repository = Repository.of(files)
    repository.head()
    _ref(repository, destination)
    if files and not _any_in_head(repository, files):
        repository.in_head(repository.path(files[0]))
    return repository


def prepare(
    originals: Mapping[str, bytes],
    new: Mapping[str, bytes],
    destination: Destination,
    message: str,
) -> Commit:
    """Make the commit; neither branch, index nor work tree has changed then.

    Args:
        originals: Absolute path -> bytes that the new ones were made of.
        new: Absolute path -> new bytes.
        destination: Which branch is to have it.
        message: Its message, whole.

    Raises:
        ConflictError: HEAD or the index holds a change in the same place.
        UserError: there is no such repository, branch or file, or git refuses.
    """
    repository = check(list(new), destination)
    head = repository.head()
    ref = _ref(repository, destination)
    entries, staged, before, merged = {}, {}, {}, []
    for file, data in sorted(new.items()):
        path = repository.path(file)
        there = repository.in_head(path)
        text = three_way(
            path, originals[file], repository.text(path, there), data, "in HEAD since the run began"
        )
        entries[path] = Entry(there.mode, repository.blob(path, text))
        if text != data:
            merged.append(path)
        if destination.branch is None:
            before[path] = now = repository.in_index(path)
            text = three_way(
                path, originals[file], repository.text(path, now), data, "in the index"
            )
            staged[path] = Entry(now.mode, repository.blob(path, text))
    tree = repository.tree(head, entries)
    if tree == repository.line("rev-parse", f"{head}^{{tree}}"):
        raise UserError("HEAD holds what the run found already, so there is nothing to commit")
    if merged:
        message += _merged_note(merged)
    commit = repository.line(
        "commit-tree", tree, "-p", head, "-F", "-",
        given=message.encode("utf-8", "backslashreplace"),
    )  # fmt: skip
    old = head if destination.branch is None else "0" * len(head)
    return Commit(repository, commit, ref, old, merged, staged, before)


def _any_in_head(repository: Repository, files: list[str]) -> bool:
    """Of a package, only what the winner changes need be in HEAD, and that is not known yet."""
    names = [repository.path(file) for file in files]
    return bool(repository.git("ls-tree", "-z", "HEAD", "--", *names))


def _ref(repository: Repository, destination: Destination) -> str:
    if destination.branch is None:
        return repository.current_branch()
    return repository.new_branch(destination.branch)


def _merged_note(paths: list[str]) -> str:
    return (
        f"\nThe scores are of the files as the run began. HEAD holds other changes of\n"
        f"{', '.join(paths)}; the two together were not judged.\n"
    )
