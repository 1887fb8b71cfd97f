"""Splits a line of quoted fields."""


def split(line, separator=","):
    fields = []
    field = ""
    quoted = False
    index = 0
    while index < len(line):
        char = line[index]
        if char == '"':
            if quoted and line[index + 1 : index + 2] == '"':
                field += char
                index += 1
            else:
                quoted = not quoted
        elif char == separator and not quoted:
            fields.append(field)
            field = ""
        else:
            field += char
        index += 1
    fields.append(field)
    return fields
