"""A model that runs on this machine: an OpenAI-compatible server that computes its answers.

    with ModelServer(lambda messages, tools: "42") as server: ...

Answers come from a function of the messages, so a test can have it solve the problem that it is
shown. Misbehaviour is told beforehand, question by question: `server.next(Failing(500), Cut(), ...)`.
"""

from __future__ import annotations

import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Messages = list[dict[str, Any]]
Reply = str | dict[str, Any] | Callable[..., Any]


@dataclass(frozen=True)
class Calls:
    """An answer that calls tools: (name, arguments) each; arguments as JSON or as a text."""

    calls: Sequence[tuple[str, Any]]
    text: str | None = None


@dataclass(frozen=True)
class Failing:
    """A response with a status that is no success."""

    status: int
    message: str = "something is wrong"
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None


@dataclass(frozen=True)
class Cut:
    """The connection ends: before a byte came, or in the middle of the body."""

    after: int = 0


@dataclass(frozen=True)
class Raw:
    """A body as it is, whatever it is."""

    body: bytes
    kind: str = "application/json"


@dataclass(frozen=True)
class Slow:
    """No answer until `latch` is set; then the usual one."""

    latch: threading.Event


@dataclass(frozen=True)
class Dripping:
    """A body of which a byte comes now and then, until `end` is set."""

    end: threading.Event


@dataclass(frozen=True)
class Said:
    """An answer with a reason why it ends, usage that is not counted, or a refusal."""

    text: str | None
    finish: str = "stop"
    usage: Mapping[str, Any] | None = None
    refusal: str | None = None


Behaviour = Calls | Failing | Cut | Raw | Slow | Dripping | Said


class ModelServer:
    """The server; `url` is its `--api-base`.

    Args:
        answers: What is answered to messages and tools: a text, or a behaviour.

    Attributes:
        asked: The bodies of all requests, in the order in which they came.
        headers: Their headers.
    """

    def __init__(self, answers: Callable[[Messages, list[dict[str, Any]]], Any]) -> None:
        self.answers = answers
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.connections = 0
        self._script: deque[Behaviour] = deque()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def next(self, *behaviours: Behaviour) -> None:
        """How it behaves for the next requests, one each; then as usual."""
        self._script.extend(behaviours)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _behaviour(self, body: dict[str, Any], headers: dict[str, str]) -> Behaviour:
        with self._lock:
            self.asked.append(body)
            self.headers.append(headers)
            given = self._script.popleft() if self._script else None
        if isinstance(given, Slow):
            given.latch.wait(60)
            given = None
        if given is None:
            given = self.answers(body["messages"], body.get("tools", []))
        return Said(given) if isinstance(given, str) else given


def _handler(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # connections are kept

        def setup(self) -> None:
            super().setup()
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server.connections += 1

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            behaviour = server._behaviour(body, {k.lower(): v for k, v in self.headers.items()})
            with suppress(BrokenPipeError, ConnectionResetError):
                self._behave(body, behaviour)

        def _behave(self, body: dict[str, Any], behaviour: Behaviour) -> None:
            if isinstance(behaviour, Failing):
                error = {"message": behaviour.message, "code": behaviour.code, "type": "error"}
                text = json.dumps({"error": error}).encode()
                self._send(behaviour.status, text, dict(behaviour.headers))
            elif isinstance(behaviour, Raw):
                self._send(200, behaviour.body, {"Content-Type": behaviour.kind})
            elif isinstance(behaviour, Dripping):
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "1000000")
                self.end_headers()
                while not behaviour.end.wait(0.05):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                self.close_connection = True
            elif isinstance(behaviour, Cut):
                if behaviour.after:
                    text = json.dumps(completion(body, Said("never to be read"))).encode()
                    self.send_response(200)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(text)))
                    self.end_headers()
                    self.wfile.write(text[: behaviour.after])
                    self.wfile.flush()
                with suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
            else:
                self._send(200, json.dumps(completion(body, behaviour)).encode(), {})

        def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def completion(body: dict[str, Any], behaviour: Behaviour) -> dict[str, Any]:
    """A response as OpenAI's interface has it; a token is four characters here."""
    message: dict[str, Any] = {"role": "assistant", "content": None}
    finish, usage = "stop", None
    if isinstance(behaviour, Calls):
        finish = "tool_calls"
        message["content"] = behaviour.text
        message["tool_calls"] = [
            {
                "id": f"call_{at}",
                "type": "function",
                "function": {
                    "name": name,
                    "arguments": given if isinstance(given, str) else json.dumps(given),
                },
            }
            for at, (name, given) in enumerate(behaviour.calls)
        ]
    else:
        assert isinstance(behaviour, Said)
        message["content"], finish, usage = behaviour.text, behaviour.finish, behaviour.usage
        if behaviour.refusal is not None:
            message["refusal"] = behaviour.refusal
    if usage is None:
        prompt = len(json.dumps(body["messages"])) // 4
        made = len(json.dumps(message)) // 4
        usage = {
            "prompt_tokens": prompt, "completion_tokens": made, "total_tokens": prompt + made
        }  # fmt: skip
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": usage,
    }
