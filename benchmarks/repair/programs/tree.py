"""A binary search tree."""


class Tree:
    def __init__(self, key, left=None, right=None):
        self.key = key
        self.left = left
        self.right = right


def insert(tree, key):
    if tree is None:
        return Tree(key)
    if key < tree.key:
        tree.left = insert(tree.left, key)
    elif key > tree.key:
        tree.right = insert(tree.right, key)
    return tree


def walk(tree):
    if tree is None:
        return []
    return [*walk(tree.left), tree.key, *walk(tree.right)]


def depth(tree):
    if tree is None:
        return 0
    return 1 + max(depth(tree.left), depth(tree.right))


def between(tree, low, high):
    if tree is None:
        return 0
    if tree.key < low:
        return between(tree.right, low, high)
    if tree.key > high:
        return between(tree.left, low, high)
    return 1 + between(tree.left, low, high) + between(tree.right, low, high)
