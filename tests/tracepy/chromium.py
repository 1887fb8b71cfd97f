"""A page in a real browser: Chromium without a window, over its debugging pipe."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
from pathlib import Path
from typing import Any

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
ANSWER = 60  # seconds until a browser that says nothing has failed


class Browser:
    """Chromium without a window."""

    def __init__(self, profile: Path) -> None:
        read_there, self._write = os.pipe()
        self._read, write_there = os.pipe()
        command = (
            f'exec "$0" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage '
            f'--no-first-run --window-size=1400,900 --user-data-dir="$1" --remote-debugging-pipe about:blank '
            f"3<&{read_there} 4>&{write_there}"
        )
        self._process = subprocess.Popen(
            ["bash", "-c", command, str(CHROMIUM), str(profile)],
            pass_fds=(read_there, write_there),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_there)
        os.close(write_there)
        self._rest = b""
        self._number = 0
        self.events: list[Any] = []

    def call(self, method: str, session: str | None = None, **parameters: Any) -> Any:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def wait(self, session: str, method: str) -> None:
        """Until something has happened in a tab, unless it has before."""
        wanted = (session, method)
        while not any((e.get("sessionId"), e.get("method")) == wanted for e in self.events):
            self.events.append(self._next())

    def _next(self) -> Any:
        while b"\0" not in self._rest:
            assert select.select([self._read], [], [], ANSWER)[0], "the browser does not answer"
            part = os.read(self._read, 1 << 20)
            assert part, "the browser has ended"
            self._rest += part
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def close(self) -> None:
        self.call("Browser.close")
        self._process.wait(ANSWER)
        os.close(self._read)
        os.close(self._write)


class Tab:
    """A page in a browser."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        target = browser.call("Target.createTarget", url="about:blank")
        self._session = browser.call("Target.attachToTarget", flatten=True, **target)["sessionId"]
        self.call("Runtime.enable")
        self.call("Page.enable")
        self.call("Page.navigate", url=address)
        browser.wait(self._session, "Page.loadEventFired")

    def call(self, method: str, **parameters: Any) -> Any:
        return self._browser.call(method, self._session, **parameters)

    def get(self, expression: str) -> Any:
        """What an expression is in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def text(self, selector: str) -> str:
        return str(self.get(f"document.querySelector({selector!r}).textContent"))

    def middle(self, selector: str) -> tuple[float, float]:
        script = f"document.querySelector({selector!r}).getBoundingClientRect().toJSON()"
        box = self.get(script)
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def click(self, selector: str, times: int = 1) -> None:
        x, y = self.middle(selector)
        for count in range(1, times + 1):
            for kind in ("mousePressed", "mouseReleased"):
                self.mouse(kind, x, y, button="left", clickCount=count)

    def press(self, *keys: str) -> None:
        for key in keys:
            text = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
            self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def failures(self) -> list[Any]:
        """What went wrong in the page's scripts, and what its policy forbade."""
        return [
            event
            for event in self._browser.events
            if event.get("sessionId") == self._session
            and (
                event["method"] == "Runtime.exceptionThrown"
                or (event["method"], event["params"].get("type"))
                == ("Runtime.consoleAPICalled", "error")
            )
        ]
