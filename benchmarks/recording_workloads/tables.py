"""A toolz pipeline: curried steps over rows, grouping, windows, nested dictionaries."""

from toolz import (
    accumulate,
    assoc_in,
    compose,
    curry,
    first,
    frequencies,
    get_in,
    groupby,
    interleave,
    merge_with,
    partition_all,
    pipe,
    pluck,
    reduceby,
    sliding_window,
    take,
    unique,
    update_in,
    valmap,
)  # fmt: skip

SIZE, SMALL = 12000, 120


@curry
def scaled(factor, row):
    return {**row, "value": row["value"] * factor}


@curry
def at_least(low, row):
    return row["value"] >= low


def rows(count):
    return [
        {"name": f"n{number % 17}", "kind": number % 5, "value": number * 31 % 211}
        for number in range(count)
    ]


def tree(sums):
    found = {}
    for name, value in sums.items():
        found = assoc_in(found, ["by", name, "sum"], value)
        found = update_in(found, ["by", name, "seen"], lambda seen: seen + 1, 0)
    return found


def run(size=SIZE):
    kept = pipe(
        rows(size), lambda each: map(scaled(3), each), lambda each: filter(at_least(30), each), list
    )
    groups = groupby("name", kept)
    sums = valmap(compose(sum, list, lambda group: pluck("value", group)), groups)
    steps = [b["value"] - a["value"] for a, b in sliding_window(2, kept)]
    chunks = [max(pluck("value", chunk)) for chunk in partition_all(7, kept)]
    kinds = reduceby("kind", lambda total, row: total + row["value"], kept, 0)
    names = list(take(9, unique(pluck("name", interleave([kept, reversed(kept)])))))
    merged = merge_with(sum, sums, frequencies(pluck("name", kept)))
    nested = tree(merged)
    last = max(accumulate(lambda total, step: (total + step) % 1009, steps))
    return get_in(["by", first(names), "sum"], nested), sum(chunks), kinds[0], last
