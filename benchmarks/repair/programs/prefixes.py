"""A prefix tree of words."""


class Node:
    def __init__(self):
        self.children = {}
        self.word = False


class Prefixes:
    def __init__(self, words=()):
        self.root = Node()
        self.size = 0
        for word in words:
            self.add(word)

    def add(self, word):
        node = self.root
        for letter in word:
            node = node.children.setdefault(letter, Node())
        if not node.word:
            node.word = True
            self.size += 1

    def _find(self, text):
        node = self.root
        for letter in text:
            node = node.children.get(letter)
            if node is None:
                return None
        return node

    def __contains__(self, word):
        node = self._find(word)
        return node is not None and node.word

    def starting(self, prefix):
        node = self._find(prefix)
        if node is None:
            return []
        return sorted(self._walk(node, prefix))

    def _walk(self, node, prefix):
        if node.word:
            yield prefix
        for letter, child in node.children.items():
            yield from self._walk(child, prefix + letter)
