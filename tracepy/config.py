"""`[tool.tracepy]` and the command line, checked and put together to one `Settings`."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tracepy.errors import UserError
from tracepy.settings import Settings
from tracepy.target import near

_TIMES = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_QUANTITY = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*([a-zA-Z]*)\s*")
_SIZE_STEPS = "kmgt"


def parse_duration(value: str | float) -> float:
    """Seconds of `60s`, `2m`, `1.5h`, `250ms`, `1d` or a plain number. Raises UserError."""
    number, unit = _quantity(value, "a duration such as 60s, 2m, 1.5h or 250ms")
    if unit not in _TIMES:
        raise UserError(f"{value!r} is not a duration: the unit is one of ms, s, m, h, d")
    return number * _TIMES[unit]


def parse_size(value: str | float) -> int:
    """Bytes of `2GiB`, `512MB`, `1.5g` or a plain number. Raises UserError.

    `KiB`, `MiB`, … are powers of 1024; `kB`, `MB`, … powers of 1000; a bare letter, as in `2G`,
    is taken as a power of 1024.
    """
    number, unit = _quantity(value, "a size such as 512MB or 2GiB")
    step, rest = unit[:1], unit[1:]
    if unit in {"", "b"}:
        return round(number)
    if step not in _SIZE_STEPS or rest not in {"", "b", "ib"}:
        raise UserError(f"{value!r} is not a size: the unit is one of B, kB, MB, GB, KiB, MiB, GiB")
    power = _SIZE_STEPS.index(step) + 1
    return round(number * float((1000 if rest == "b" else 1024) ** power))


def _quantity(value: str | float, what: str) -> tuple[float, str]:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise UserError(f"{value!r} is not {what}")
    if isinstance(value, (int, float)):
        if not math.isfinite(value) or value < 0:
            raise UserError(f"{value!r} is not {what}")
        return float(value), ""
    match = _QUANTITY.fullmatch(value)
    if match is None:
        raise UserError(f"{value!r} is not {what}")
    return float(match[1]), match[2].lower()


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise UserError("a text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, (list, tuple)) or not all(isinstance(x, str) and x for x in value):
        raise UserError("a list of texts")
    return tuple(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise UserError("true or false")
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise UserError("a whole number")
    return value


def _real(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UserError("a number")
    return float(value)


# By the annotation of the field of Settings, so that a new setting is a new key at once.
_BY_TYPE: dict[str, Callable[[Any], Any]] = {
    "str | None": _text,
    "str": _text,
    "tuple[str, ...]": _texts,
    "bool": _flag,
    "int": _whole,
    "int | None": _whole,
    "float": _real,
    "float | None": _real,
}
_SPECIAL: dict[str, Callable[[Any], Any]] = {
    "time": parse_duration,
    "timeout": parse_duration,
    "test_timeout": parse_duration,
    "model_timeout": parse_duration,
    "stages": _texts,
    "memory_limit": parse_size,
    "maximize": _flag,
    "instrument": _texts,
    "write": _flag,
    "review": _flag,
    "patch": _text,
    "report": _text,
    "branch": _text,
    "commit": _flag,
    "json": _flag,
    "quiet": _flag,
}
_READERS = {
    **{name: _BY_TYPE[str(kind)] for name, kind in Settings.__annotations__.items()},
    **_SPECIAL,
}
_OBJECTIVES = ("objective", "pytest", "command", "dataset")


def load(project: Path) -> dict[str, Any]:
    """What `[tool.tracepy]` in the project's `pyproject.toml` says, checked.

    Returns:
        Values by option name with underscores; durations in seconds, sizes in bytes, lists as
        tuples. Beside the fields of `Settings` it may hold `instrument`, `maximize`, `write`,
        `review`, `patch`, `report`, `branch`, `commit`, `json` and `quiet`. Empty where there is
        no such file or table.

    Raises:
        UserError: the file is not TOML, a key is unknown, or a value has the wrong type.
    """
    file = project / "pyproject.toml"
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror}") from error
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError
        raise UserError(f"{file} is not TOML: {error}") from error
    tool = data.get("tool", {})
    table = tool.get("tracepy", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise UserError(f"{file}: tool.tracepy must be a table")
    try:
        return _checked(table)
    except UserError as error:
        raise UserError(f"{file}, [tool.tracepy]: {error}") from error


def _checked(table: Mapping[str, Any]) -> dict[str, Any]:
    known = [name.replace("_", "-") for name in _READERS]
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        reader = _READERS.get(name)
        if reader is None:
            raise UserError(f"no such key: {key}{near(key.replace('_', '-'), known)}")
        name = {"stages": "stage"}.get(name, name)
        if name in values:
            raise UserError(f"{key} is given twice, with - and with _")
        values[name] = _read(key, value, reader)
    return values


def _read(name: str, value: Any, reader: Callable[[Any], Any]) -> Any:
    if reader in (parse_duration, parse_size):
        try:
            return reader(value)
        except UserError as error:
            raise UserError(f"{name}: {error}") from error
    try:
        return reader(value)
    except UserError as error:
        raise UserError(f"{name} must be {error}, not {value!r}") from error


def settings_from(config: Mapping[str, Any], cli: Mapping[str, Any]) -> Settings:
    """One `Settings` from the file and the command line.

    The command line wins: option by option, and an objective given there replaces the file's
    objective of whatever kind. Values of `cli` that are None, False or empty were not given.
    Names that are no field of `Settings` (`write`, `json`, …) are passed over.

    Raises:
        UserError: a value is out of bounds, or options contradict each other.
    """
    given = {key: value for key, value in cli.items() if not _absent(value)}
    values = dict(config)
    if any(name in given for name in _OBJECTIVES):
        # How to call and compare belongs to whatever data set is used, the file's or another.
        kept = {"call", "metric"} if "dataset" in given else set()
        for name in {*_OBJECTIVES, "call", "metric"} - kept:
            values.pop(name, None)
    if "maximize" in given or "minimize" in given:
        values.pop("maximize", None)
        values.pop("minimize", None)
    values.update(given)
    if values.get("maximize") and values.get("minimize"):
        raise UserError("--minimize and --maximize contradict each other")
    read = {
        name: _read(f"--{name.replace('_', '-')}", values[name], _READERS[name])
        for name in Settings.__annotations__
        if name in values
    }
    settings = Settings(**read)
    _check(settings, read)
    return settings


def _absent(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, (str, tuple, list)) and not value)


def _check(settings: Settings, given: Mapping[str, Any]) -> None:
    objectives = [f"--{name}" for name in _OBJECTIVES if given.get(name)]
    if len(objectives) > 1:
        raise UserError(f"one objective at a time: {' and '.join(objectives)} were given")
    if settings.call and not settings.dataset:
        raise UserError("--call needs --dataset FILE.jsonl: the examples to call it with")
    if settings.dataset and not settings.call:
        raise UserError("--dataset needs --call module:function: what to call with each example")
    if "metric" in given and not settings.dataset:
        raise UserError("--metric needs --dataset and --call: it compares their answers")
    for name in (
        "evaluations", "iterations", "workers", "repeats", "candidates", "requests_per_minute",
        "max_tokens", "prompt_tokens",
    ):  # fmt: skip
        value = getattr(settings, name)
        if value is not None and value < 1:
            raise UserError(f"--{name.replace('_', '-')} must be at least 1, not {value}")
    for name in ("memory", "examples", "retries", "temperature"):
        value = getattr(settings, name)
        if value is not None and not (0 <= value < math.inf):
            raise UserError(f"--{name} must be at least 0, not {value}")
    for name in ("time", "timeout", "memory_limit", "test_timeout", "model_timeout", "max_cost"):
        value = getattr(settings, name)
        if value is not None and value <= 0:
            raise UserError(f"--{name.replace('_', '-')} must be above 0, not {value}")
    if settings.goal is not None and not math.isfinite(settings.goal):
        raise UserError(f"--goal must be a finite number, not {settings.goal}")
