"""All that a run asked its models and was answered, in one file: to run it again without a model.

JSON lines. The first says what it is and what is known of the models; then a line for each
question, in the order in which they were asked.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tracepy.errors import UserError
from tracepy.llm.catalog import About
from tracepy.llm.difference import difference
from tracepy.llm.records import Answer
from tracepy.llm.wire import answer_of, canonical

FORMAT, VERSION = "tracepy-recording", 1


@dataclass(frozen=True, slots=True)
class Line:
    """One question and what came of it.

    Attributes:
        prompt: Canonical JSON, as sent.
        answer: What the run was told.
        lost: Whether no answer came, after all attempts.
    """

    prompt: str
    answer: Answer
    lost: bool = False


class Recorder:
    """Writes a recording: each line is on disk when `put` returns.

    Args:
        path: The file; it must be empty or not be there, unless the run is `resumed`.
        shown: What to call it in errors.
        models: What is known of the models.
        resumed: Whether the run is gone on with: what it wrote before stays, as far as the run
            goes the same way.

    Raises:
        UserError: the file cannot be written, holds something already, or another run writes to it.
    """

    def __init__(
        self, path: Path, shown: str, models: Sequence[About], *, resumed: bool = False
    ) -> None:
        self._shown = shown
        head = header(models)
        try:
            self._file: IO[bytes] = path.open("r+b" if path.exists() else "w+b")
        except OSError as error:
            raise UserError(f"cannot write --record {shown}: {error.strerror}") from error
        try:
            _lock(self._file, shown)
            kept = _kept(path, head) if resumed else []
            if not kept:
                refuse_filled(path, shown, but=head)
            self._kept = kept[1:]
            if not kept:
                self._write(head)
            else:
                self._file.seek(len(kept[0]))
        except BaseException:
            self._file.close()
            raise

    def put(self, line: Line) -> None:
        """Write one line.

        Raises:
            UserError: it cannot be written.
        """
        data = _line(line)
        if self._kept:
            known = self._kept.pop(0)
            if known == data:
                self._file.seek(len(data), os.SEEK_CUR)
                return
            self._kept.clear()
        self._write(data)

    def close(self) -> None:
        """End it."""
        self._file.close()

    def _write(self, data: bytes) -> None:
        try:
            self._file.truncate(self._file.tell())
            self._file.write(data)
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            hint = ""
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                hint = "; free some space, and `tracepy resume` goes on with the run"
            raise UserError(
                f"cannot write --record {self._shown}: {error.strerror}{hint}"
            ) from error


class Recording:
    """Reads a recording, and says where a run differs from it.

    Args:
        path: The file.
        shown: What to call it in errors.

    Raises:
        UserError: it is not there, or is no recording.
    """

    def __init__(self, path: Path, shown: str) -> None:
        self._shown = shown
        try:
            self._file: IO[bytes] = path.open("rb")
        except OSError as error:
            raise UserError(f"cannot read --replay {shown}: {error.strerror}") from error
        self._number = 0
        self._ahead: bytes | None = None
        self.models = self._models()

    def model(self) -> str:
        """Which model was asked the question that comes next; empty where none does."""
        if self._ahead is None:
            self._ahead = self._file.readline()
        try:
            return str(json.loads(self._ahead)["model"])
        except (ValueError, TypeError, KeyError, RecursionError):
            return ""  # `next` says why

    def next(self, prompt: str) -> Line:
        """The answer to the question that comes next.

        Raises:
            UserError: it is another question than the recorded one, the recording has ended, or
                its line is damaged.
        """
        self._number += 1
        where = f"--replay {self._shown}: question {self._number}"
        data, self._ahead = self._ahead or self._file.readline(), None
        if not data:
            raise UserError(
                f"{where}: the recording has ended: it holds {self._number - 1} questions, and "
                f"the run asks another"
            )
        try:
            line = _read(data)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise UserError(
                f"{where}: line {self._number + 1} is damaged and cannot be read"
            ) from error
        if line.prompt != prompt:
            raise UserError(
                f"{where}: the prompt differs from the recorded one {difference(line.prompt, prompt)}"
            )
        return line

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _models(self) -> list[About]:
        try:
            header = json.loads(self._file.readline())
            if header["format"] != FORMAT:
                raise ValueError("another format")
            if header["version"] != VERSION:
                raise UserError(
                    f"--replay {self._shown} is of version {header['version']}, and this tracepy "
                    f"reads version {VERSION}"
                )
            models = [About.from_dict(item) for item in header["models"]]
            if not models:
                raise ValueError("no model")
            return models
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise UserError(
                f"--replay {self._shown} is no recording: its first line says nothing of one"
            ) from error


def _lock(file: IO[bytes], shown: str) -> None:
    """Keep other runs from writing to a recording until it is closed, or its process ends."""
    try:
        import fcntl
    except ImportError:  # no locks here
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UserError(
            f"another run is recording to --record {shown}: name another file"
        ) from None
    except OSError:  # a file system without locks
        return


def refuse_filled(path: Path, shown: str, *, but: bytes = b"") -> None:
    """Refuse to record over what is in a file already, a header alone excepted.

    Raises:
        UserError: something is in it.
    """
    try:
        if path.is_dir():
            raise UserError(f"cannot write --record {shown}: it is a folder")
        if path.exists() and path.stat().st_size and path.read_bytes() != but:
            raise UserError(
                f"--record {shown} is there already and is not empty: name another file, or "
                f"remove it"
            )
    except OSError as error:
        raise UserError(f"cannot write --record {shown}: {error.strerror}") from error


def header(models: Sequence[About]) -> bytes:
    """The first line of a recording."""
    known = [about.to_dict() for about in models]
    text = canonical({"format": FORMAT, "models": known, "version": VERSION})
    return text.encode() + b"\n"


def _line(line: Line) -> bytes:
    answer = line.answer
    data = {
        "number": answer.number,
        "model": answer.model,
        "prompt": json.loads(line.prompt),
        "finish": answer.finish,
        "text": answer.text,
        "calls": [[call.id, call.name, call.arguments] for call in answer.calls],
        "error": answer.error,
        "prompt_tokens": answer.prompt_tokens,
        "completion_tokens": answer.completion_tokens,
        "cost": answer.cost,
        "seconds": answer.seconds,
        "lost": line.lost,
    }
    return canonical(data).encode() + b"\n"


def _read(data: bytes) -> Line:
    if not data.endswith(b"\n"):
        raise ValueError("cut off")
    found = json.loads(data)
    for name, kind in (
        ("number", int), ("model", str), ("prompt", dict), ("prompt_tokens", int),
        ("completion_tokens", int), ("cost", (float, int, type(None))), ("seconds", (float, int)),
        ("lost", bool),
    ):  # fmt: skip
        if not isinstance(found[name], kind):
            raise TypeError(name)
    columns = Answer(
        "",
        model=found["model"],
        prompt_tokens=found["prompt_tokens"],
        completion_tokens=found["completion_tokens"],
        cost=found["cost"],
        seconds=found["seconds"],
        number=found["number"],
    )
    parts = {name: found[name] for name in ("finish", "text", "calls", "error")}
    answer, _ = answer_of(json.dumps(parts), columns)
    return Line(canonical(found["prompt"]), answer, found["lost"])


def _kept(path: Path, header: bytes) -> list[bytes]:
    """The whole lines of a recording that an earlier part of the run wrote; none of another's."""
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except OSError:
        return []
    if not lines or lines[0] != header:
        return []
    return [line for line in lines if line.endswith(b"\n")]
