"""A recursive-descent JSON parser over one document, character by character."""

SIZE, SMALL = 800, 30
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}
WORDS = {"true": True, "false": False, "null": None}


class Parser:
    def __init__(self, text):
        self.text = text
        self.at = 0

    def skip(self):
        text, at = self.text, self.at
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
        self.at = at

    def take(self, wanted):
        self.skip()
        if self.text[self.at] != wanted:
            raise ValueError(f"{wanted!r} expected at {self.at}")
        self.at += 1

    def ahead(self):
        self.skip()
        return self.text[self.at]

    def value(self):
        first = self.ahead()
        if first == "{":
            return self.object()
        if first == "[":
            return self.array()
        if first == '"':
            return self.string()
        if first == "-" or first.isdigit():
            return self.number()
        for word, meaning in WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return meaning
        raise ValueError(f"no value at {self.at}")

    def object(self):
        self.take("{")
        found = {}
        if self.ahead() == "}":
            self.at += 1
            return found
        while True:
            self.skip()
            key = self.string()
            self.take(":")
            found[key] = self.value()
            if self.ahead() == "}":
                self.at += 1
                return found
            self.take(",")

    def array(self):
        self.take("[")
        found = []
        if self.ahead() == "]":
            self.at += 1
            return found
        while True:
            found.append(self.value())
            if self.ahead() == "]":
                self.at += 1
                return found
            self.take(",")

    def string(self):
        self.take('"')
        parts = []
        text = self.text
        while True:
            letter = text[self.at]
            self.at += 1
            if letter == '"':
                return "".join(parts)
            if letter == "\\":
                letter = text[self.at]
                self.at += 1
                if letter == "u":
                    parts.append(chr(int(text[self.at : self.at + 4], 16)))
                    self.at += 4
                else:
                    parts.append(ESCAPES[letter])
            else:
                parts.append(letter)

    def number(self):
        text, start = self.text, self.at
        at = start
        while at < len(text) and text[at] in "+-0123456789.eE":
            at += 1
        self.at = at
        shown = text[start:at]
        if "." in shown or "e" in shown or "E" in shown:
            return float(shown)
        return int(shown)


def document(count):
    rows = [
        f'{{"id": {i}, "name": "row\\t{i}", "tags": ["a", "b\\u00e9", "c"], "ok": true, '
        f'"weight": {i * 0.37:.3f}, "none": null, "inner": {{"x": [{i}, -{i}, {i}e2]}}}}'
        for i in range(count)
    ]
    return "[" + ",\n".join(rows) + "]"


def run(size=SIZE):
    rows = Parser(document(size)).value()
    return sum(len(row["name"]) + row["inner"]["x"][2] for row in rows)
