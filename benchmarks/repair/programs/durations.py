"""Durations such as 1h30m."""

UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def parse(text):
    seconds = 0
    digits = ""
    for char in text.replace(" ", ""):
        if char.isdigit():
            digits += char
        elif char in UNITS and digits:
            seconds += int(digits) * UNITS[char]
            digits = ""
        else:
            raise ValueError(f"not a duration: {text}")
    if digits:
        raise ValueError(f"no unit: {text}")
    return seconds


def show(seconds):
    if seconds == 0:
        return "0s"
    parts = []
    for unit, size in UNITS.items():
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)
