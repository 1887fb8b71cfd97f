"""Sets of intervals."""


def merge(spans):
    merged = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def gaps(spans, low, high):
    found = []
    at = low
    for start, end in merge(spans):
        if start > at:
            found.append((at, start))
        at = max(at, end)
    if at < high:
        found.append((at, high))
    return found


def covered(spans):
    return sum(end - start for start, end in merge(spans))
