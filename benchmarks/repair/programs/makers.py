"""Functions that make functions."""


def counter(start=0, step=1):
    value = start - step

    def count():
        nonlocal value
        value += step
        return value

    return count


def memoized(function):
    known = {}

    def call(*arguments):
        if arguments not in known:
            known[arguments] = function(*arguments)
        return known[arguments]

    call.known = known
    return call


def composed(*functions):
    def call(value):
        for function in reversed(functions):
            value = function(value)
        return value

    return call


def adders(numbers):
    return [lambda value, number=number: value + number for number in numbers]


def retried(function, times, errors=(ValueError,)):
    def call(*arguments):
        for attempt in range(times):
            try:
                return function(*arguments)
            except errors:
                if attempt == times - 1:
                    raise
        return None

    return call
