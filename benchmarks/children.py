"""Processes that a benchmark keeps ready and asks in turn: lines in, JSON out."""

from __future__ import annotations

import json
import selectors
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any, Self


class Failed(Exception):
    """What did not run, or was too slow; the text is what the table shows."""


class Child:
    """A process that says when it is ready, and then answers each line with one of JSON.

    Args:
        command: What starts it.
        variables: Its environment.
        cwd: Its folder.
        seconds: How long one answer may take.
    """

    def __init__(
        self, command: Sequence[str], variables: Mapping[str, str], cwd: str, seconds: float
    ) -> None:
        self.seconds = seconds
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, env=variables, cwd=cwd,
        )  # fmt: skip

    def __enter__(self) -> Self:
        try:
            self._answer()
        except Failed:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        # DynaPyt's handler swallows SIGTERM.
        self.process.kill()
        self.process.communicate()

    def ask(self, what: str) -> dict[str, Any]:
        """Send a line, give the answer.

        Raises:
            Failed: there is none in time, or it says what went wrong.
        """
        assert self.process.stdin is not None
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(self.seconds):
                raise Failed(f"over {self.seconds:.0f} s")
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"exit status {self.process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        if "failed" in answer:
            raise Failed(answer["failed"])
        return answer
