"""A buffer of fixed size that overwrites its oldest item."""


class Ring:
    def __init__(self, size):
        self.slots = [None] * size
        self.start = 0
        self.count = 0

    def push(self, item):
        size = len(self.slots)
        end = (self.start + self.count) % size
        self.slots[end] = item
        if self.count < size:
            self.count += 1
        else:
            self.start = (self.start + 1) % size

    def pop(self):
        if self.count == 0:
            raise IndexError("empty")
        item = self.slots[self.start]
        self.slots[self.start] = None
        self.start = (self.start + 1) % len(self.slots)
        self.count -= 1
        return item

    def __iter__(self):
        for offset in range(self.count):
            yield self.slots[(self.start + offset) % len(self.slots)]
