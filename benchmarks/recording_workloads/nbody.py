"""Bodies under gravity: float sums and updates of items in lists."""

import math

SIZE, SMALL = 6000, 150
BODIES = (
    ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 39.5),
    ((4.8, -1.2, -0.1), (0.6, 2.8, -0.02), 0.038),
    ((8.3, 4.1, -0.4), (-1.0, 1.8, 0.008), 0.011),
    ((12.9, -15.1, -0.2), (1.1, 0.9, -0.01), 0.0017),
    ((15.4, -25.9, 0.18), (0.98, 0.59, -0.03), 0.002),
)


def system():
    return [[list(place), list(speed), mass] for place, speed, mass in BODIES]


def pairs_of(bodies):
    return [(bodies[i], bodies[j]) for i in range(len(bodies)) for j in range(i + 1, len(bodies))]


def advance(bodies, pairs, dt, steps):
    for _ in range(steps):
        for first, second in pairs:
            a, speed_a, mass_a = first
            b, speed_b, mass_b = second
            dx = a[0] - b[0]
            dy = a[1] - b[1]
            dz = a[2] - b[2]
            square = dx * dx + dy * dy + dz * dz
            pull = dt / (square * math.sqrt(square))
            to_a = mass_b * pull
            to_b = mass_a * pull
            speed_a[0] -= dx * to_a
            speed_a[1] -= dy * to_a
            speed_a[2] -= dz * to_a
            speed_b[0] += dx * to_b
            speed_b[1] += dy * to_b
            speed_b[2] += dz * to_b
        for place, speed, _mass in bodies:
            place[0] += dt * speed[0]
            place[1] += dt * speed[1]
            place[2] += dt * speed[2]


def energy(bodies, pairs):
    total = 0.0
    for _place, (vx, vy, vz), mass in bodies:
        total += 0.5 * mass * (vx * vx + vy * vy + vz * vz)
    for (a, _speed_a, mass_a), (b, _speed_b, mass_b) in pairs:
        total -= mass_a * mass_b / math.dist(a, b)
    return total


def run(size=SIZE):
    bodies = system()
    pairs = pairs_of(bodies)
    advance(bodies, pairs, 0.001, size)
    return energy(bodies, pairs)
