"""Recursive calls and nothing else."""

SIZE, SMALL = 26, 17


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def run(size=SIZE):
    return fib(size)
