"""Roman numerals."""

SIGNS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
STEPS = [
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
]


def read(text):
    total = 0
    for index, sign in enumerate(text):
        value = SIGNS[sign]
        following = SIGNS[text[index + 1]] if index + 1 < len(text) else 0
        if value < following:
            total -= value
        else:
            total += value
    return total


def write(number):
    if number <= 0:
        raise ValueError(f"{number} has no numeral")
    parts = []
    for value, sign in STEPS:
        count, number = divmod(number, value)
        parts.append(sign * count)
    return "".join(parts)
