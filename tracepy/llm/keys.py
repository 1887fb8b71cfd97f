"""Keys of providers: where they come from, and how they are kept out of all that is kept or sent.

A key is read from the environment or from a `.env` file. What such a file says stays in this
object; it is put into this process's environment only where litellm has no other way to be told.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from tracepy.errors import UserError

REMOVED = "[key removed]"
_SHORTEST = 8  # characters; what is shorter is a setting, and stands in too many texts
_LARGEST = 1 << 20  # bytes of a `.env` file
_SECRET = re.compile(
    r"(?:KEYS?|TOKENS?|SECRETS?|PASSWORDS?|PASSWD|PASSPHRASE|CREDENTIALS?|PAT)(?:_|$)"
)
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}

# What a provider's key is called, where one variable is all that it needs.
_OF = {
    "openai": ("OPENAI_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
    "gemini": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "groq": ("GROQ_API_KEY",),
    "mistral": ("MISTRAL_API_KEY",),
    "deepseek": ("DEEPSEEK_API_KEY",),
    "openrouter": ("OPENROUTER_API_KEY",),
    "xai": ("XAI_API_KEY",),
    "together_ai": ("TOGETHERAI_API_KEY", "TOGETHER_AI_TOKEN", "TOGETHER_API_KEY"),
    "fireworks_ai": ("FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY"),
    "cerebras": ("CEREBRAS_API_KEY",),
    "perplexity": ("PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"),
}
# How a provider's variables begin, where that is not with its name.
_PREFIXES = {
    "bedrock": ("AWS_", "BEDROCK_"),
    "sagemaker": ("AWS_",),
    "vertex_ai": ("VERTEX", "GOOGLE_"),
    "gemini": ("GEMINI_", "GOOGLE_"),
    "azure_ai": ("AZURE_",),
    "watsonx": ("WATSONX_", "WX_"),
}


class Keys:
    """The keys that are known, and what takes them out of a text."""

    def __init__(self, environment: Mapping[str, str], file: Mapping[str, str]) -> None:
        self._environment = environment
        self._file = dict(file)
        values = {
            value
            for name, value in [*environment.items(), *file.items()]
            if _SECRET.search(name.upper()) and len(value) >= _SHORTEST and not _is_path(value)
        }
        longest_first = sorted(values, key=lambda value: (-len(value), value))
        self._secrets = re.compile("|".join(map(re.escape, longest_first))) if values else None

    @classmethod
    def found(cls, env_file: str | None, project: Path) -> Keys:
        """Those of the environment and of `env_file`, or else of the project's `.env`.

        Raises:
            UserError: the file is named and is not there, or cannot be read.
        """
        path = project / (env_file or ".env")
        if env_file is None and not path.is_file():
            return cls(os.environ, {})
        return cls(os.environ, read(path, env_file or ".env"))

    def get(self, *names: str) -> str | None:
        """The value of the first of these that is set; the environment comes before the file."""
        for source in (self._environment, self._file):
            for name in names:
                if source.get(name):
                    return source[name]
        return None

    def names(self, provider: str) -> tuple[str, ...]:
        """The variables that may hold a provider's key; empty where that is not known."""
        return _OF.get(provider, ())

    def of(self, provider: str) -> str | None:
        """A provider's key; None where there is none, or where it takes more than a key."""
        return self.get(*self.names(provider))

    def known(self) -> list[str]:
        """Names of the variables that hold the key of a known provider, in order."""
        return sorted(name for names in _OF.values() for name in names if self.get(name))

    def pass_on(self, provider: str) -> None:
        """Put what the file says of a provider, beside its one key, into our environment.

        Some providers take several values (a region, a project, a version), which litellm reads
        from there alone. Workers never see it: theirs is a clean one.
        """
        starts = _PREFIXES.get(provider, (f"{provider.partition('_')[0].upper()}_",))
        for name, value in self._file.items():
            if name.startswith(starts) and name not in self.names(provider):
                os.environ.setdefault(name, value)

    def scrub(self, text: str) -> str:
        """A text in which no known key is left."""
        return text if self._secrets is None else self._secrets.sub(REMOVED, text)


def read(path: Path, shown: str) -> dict[str, str]:
    """The settings of a `.env` file: `NAME=value` lines, quotes, comments, `export`.

    Args:
        path: The file.
        shown: What to call it in errors.

    Raises:
        UserError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST).decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"cannot read --env-file {shown}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"--env-file {shown} is not text in UTF-8") from error
    found = {}
    for line in text.splitlines():
        if match := _LINE.fullmatch(line):
            found[match[1]] = _value(match[2].strip())
    return found


def _value(text: str) -> str:
    quote = text[:1]
    if quote == "'" and (end := text.find("'", 1)) > 0:
        return text[1:end]
    if quote == '"' and (match := re.match(r'"((?:[^"\\]|\\.)*)"', text)):
        return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), match[1])
    return re.split(r"\s+#|^#", text, maxsplit=1)[0].rstrip()


def _is_path(value: str) -> bool:
    return value.startswith(("/", "~")) and os.path.exists(os.path.expanduser(value))  # noqa: PTH110, PTH111
