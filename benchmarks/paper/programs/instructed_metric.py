"""Whether a reply ends with the right answer, a number or words; read as TextGrad reads it."""

import re


def number(reply: object, expected: str) -> float:
    """1.0 where the last whole number behind `Answer:` is the expected one."""
    found = re.findall(r"-?\d+", _last(reply).replace(",", ""))
    return float(found[-1:] == [expected.replace(",", "")])


def words(reply: object, expected: str) -> float:
    """1.0 where the words behind `Answer:` are the expected ones; commas and capitals do not count."""
    return float(_last(reply).replace(",", " ").lower().split() == expected.lower().split())


def _last(reply: object) -> str:
    return str(reply).rpartition("Answer:")[2].strip().partition("\n")[0]
