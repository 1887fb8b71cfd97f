"""Run-length encoding."""


def encode(text):
    result = []
    previous, count = None, 0
    for letter in text:
        if letter == previous:
            count += 1
        else:
            if previous is not None:
                result.append((previous, count))
            previous, count = letter, 1
    if previous is not None:
        result.append((previous, count))
    return result


def decode(pairs):
    return "".join(letter * count for letter, count in pairs)


def longest(text):
    pairs = encode(text)
    if not pairs:
        return ""
    letter, count = max(pairs, key=lambda pair: pair[1])
    return letter * count
