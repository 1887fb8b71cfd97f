"""Generators over sequences."""


def chunks(items, size):
    chunk = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def pairs(items):
    iterator = iter(items)
    previous = next(iterator, None)
    for item in iterator:
        yield previous, item
        previous = item


def averages(numbers, width):
    window = []
    for number in numbers:
        window.append(number)
        if len(window) > width:
            window.pop(0)
        if len(window) == width:
            yield sum(window) / width


def take(items, count):
    if count <= 0:
        return
    for index, item in enumerate(items, 1):
        yield item
        if index >= count:
            return
