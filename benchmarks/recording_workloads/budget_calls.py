"""Calls and little else: of each ten statements or so, three are calls."""


class Counter:
    def __init__(self):
        self.total = 0

    def add(self, value):
        self.total += value
        return self.total


def shifted(value, by):
    value = value + by
    return value & 1023


def turn(counter, number):
    moved = shifted(number, 3)
    total = counter.add(moved)
    return total - moved


def run(statements):
    counter = Counter()
    last = 0
    for number in range(statements // 9):
        last = turn(counter, number)
    return counter.total, last
