"""Release numbers and their order."""


class Release:
    def __init__(self, parts, tag=""):
        self.parts = tuple(parts)
        self.tag = tag

    @classmethod
    def parse(cls, text):
        numbers, _, tag = text.strip().removeprefix("v").partition("-")
        return cls([int(part) for part in numbers.split(".")], tag)

    def bumped(self, level):
        parts = [*self.parts[:level], self.parts[level] + 1]
        parts += [0] * (len(self.parts) - len(parts))
        return type(self)(parts)

    def key(self):
        return (*self.parts, self.tag == "", self.tag)

    def __lt__(self, other):
        return self.key() < other.key()

    def __str__(self):
        text = ".".join(str(part) for part in self.parts)
        return f"{text}-{self.tag}" if self.tag else text


class Final(Release):
    pass


def newest(texts, final=False):
    releases = [Release.parse(text) for text in texts]
    if final:
        releases = [release for release in releases if not release.tag]
    return str(max(releases, key=Release.key)) if releases else None
