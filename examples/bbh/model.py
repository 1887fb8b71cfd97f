"""Asks a language model: any OpenAI-compatible endpoint, named by environment variables.

STUDENT_API_BASE (https://api.openai.com/v1 where it is not set), STUDENT_MODEL (gpt-4o-mini),
STUDENT_API_KEY.
"""

import json
import os
import time
import urllib.error
import urllib.request

TRIES = 5


def ask(prompt: str, system: str = "", tokens: int = 1024) -> str:
    """The model's reply to a prompt, of so many tokens; `system` says beforehand how to reply."""
    base = os.environ.get("STUDENT_API_BASE", "https://api.openai.com/v1")
    body = {
        "model": os.environ.get("STUDENT_MODEL", "gpt-4o-mini"),
        "messages": [
            *([{"role": "system", "content": system}] if system else []),
            {"role": "user", "content": prompt},
        ],
        "max_tokens": tokens,
    }
    request = urllib.request.Request(
        f"{base}/chat/completions",
        json.dumps(body).encode(),
        {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {os.environ.get('STUDENT_API_KEY', 'none')}",
        },
    )
    for failed in range(1, TRIES + 1):
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return json.load(response)["choices"][0]["message"]["content"] or ""
        except urllib.error.HTTPError as error:
            # Too many requests, or the server's own trouble: that passes.
            if failed == TRIES or (error.code != 429 and error.code < 500):
                raise
            time.sleep(2**failed)
    raise AssertionError
