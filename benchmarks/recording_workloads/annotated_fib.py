"""`fib` with the annotations that OpenTrace needs; only its own run imports this."""

from opto.trace import bundle, node

SIZE, SMALL = 26, 17


@bundle(allow_external_dependencies=True)
def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def run(size=SIZE):
    return fib(node(size)).data
