"""Generators feeding generators, `yield from`, and a generator that is sent values."""

SIZE, SMALL = 12000, 500


def lines(count):
    for number in range(count):
        yield f"{number % 13},{number * 7 % 101},item{number % 5}"


def fields(rows):
    for row in rows:
        key, value, name = row.split(",")
        yield int(key), int(value), name


def wanted(rows):
    for row in rows:
        if row[0] != 4:
            yield row


def pairs(rows):
    last = None
    for row in rows:
        if last is not None:
            yield last[1], row[1]
        last = row


def chained(*sources):
    for source in sources:
        yield from source


def averages():
    total, count, mean = 0.0, 0, 0.0
    while True:
        value = yield mean
        total += value
        count += 1
        mean = total / count


def run(size=SIZE):
    average = averages()
    next(average)
    mean, best = 0.0, 0
    half = size // 2
    for before, after in pairs(wanted(fields(chained(lines(half), lines(size - half))))):
        mean = average.send(after - before)
        best = max(best, before + after)
    return round(mean, 6), best, sum(key for key, _, _ in fields(lines(half)) if key % 2)
