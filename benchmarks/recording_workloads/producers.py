"""Producers and consumers on one bounded queue under asyncio."""

import asyncio

SIZE, SMALL = 3000, 100


async def produce(queue, name, count):
    for number in range(count):
        item = (name, number, number * number % 97)
        await queue.put(item)
    await queue.put(None)


async def consume(queue, totals):
    while True:
        item = await queue.get()
        if item is None:
            return
        name, number, weight = item
        totals[name] = totals.get(name, 0) + await weigh(number, weight)


async def weigh(number, weight):
    if weight % 31 == 0:
        await asyncio.sleep(0)
    return number % 10 + weight


async def main(count):
    queue = asyncio.Queue(maxsize=8)
    totals = {}
    makers = [asyncio.create_task(produce(queue, name, count)) for name in ("a", "b", "c")]
    takers = [asyncio.create_task(consume(queue, totals)) for _ in makers]
    await asyncio.gather(*makers, *takers)
    return sorted(totals.items())


def run(size=SIZE):
    return asyncio.run(main(size))
