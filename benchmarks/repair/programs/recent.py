"""A cache that forgets what was used longest ago."""


class Recent:
    def __init__(self, size):
        self.size = size
        self.items = {}
        self.hits = 0
        self.misses = 0

    def get(self, key, default=None):
        if key not in self.items:
            self.misses += 1
            return default
        self.hits += 1
        value = self.items.pop(key)
        self.items[key] = value
        return value

    def put(self, key, value):
        if key in self.items:
            del self.items[key]
        elif len(self.items) >= self.size:
            oldest = next(iter(self.items))
            del self.items[oldest]
        self.items[key] = value

    def rate(self):
        total = self.hits + self.misses
        if total == 0:
            return 0.0
        return self.hits / total
