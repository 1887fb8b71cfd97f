"""Query strings of addresses."""


def parse(text):
    values = {}
    for part in text.lstrip("?").split("&"):
        if not part:
            continue
        key, _, value = part.partition("=")
        values.setdefault(key, []).append(value.replace("+", " "))
    return values


def build(values):
    parts = []
    for key in sorted(values):
        for value in values[key]:
            parts.append(f"{key}={value.replace(' ', '+')}")
    return "&".join(parts)


def first(values, key, default=None):
    found = values.get(key)
    if not found:
        return default
    return found[0]


def merged(one, other):
    result = {key: list(values) for key, values in one.items()}
    for key, values in other.items():
        result.setdefault(key, []).extend(values)
    return result
