"""One long loop of simple statements in one call: four statements a turn."""


def loop(turns):
    total, odd, last = 0, 0, 1
    for turn in range(turns):
        total = total + turn
        odd = total & 1
        last = last ^ odd
        total = total - last
    return total, odd, last


def run(statements):
    return loop(statements // 5)
