"""Tokens of arithmetic, and their value."""


def tokenize(text):
    tokens = []
    index = 0
    while index < len(text):
        char = text[index]
        if char.isspace():
            index += 1
        elif char.isdigit():
            end = index
            while end < len(text) and text[end].isdigit():
                end += 1
            tokens.append(int(text[index:end]))
            index = end
        else:
            tokens.append(char)
            index += 1
    return tokens


def evaluate(text):
    value, rest = expression(tokenize(text))
    if rest:
        raise ValueError(f"not understood: {rest[0]}")
    return value


def expression(tokens):
    value, rest = term(tokens)
    while rest and rest[0] in ("+", "-"):
        sign = rest[0]
        other, rest = term(rest[1:])
        value = value + other if sign == "+" else value - other
    return value, rest


def term(tokens):
    value, rest = atom(tokens)
    while rest and rest[0] == "*":
        other, rest = atom(rest[1:])
        value *= other
    return value, rest


def atom(tokens):
    if tokens[0] == "(":
        value, rest = expression(tokens[1:])
        return value, rest[1:]
    if tokens[0] == "-":
        value, rest = atom(tokens[1:])
        return -value, rest
    return tokens[0], tokens[1:]
