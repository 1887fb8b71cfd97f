"""A small operating system's scheduler: tasks with queues, priorities and packets."""

SIZE, SMALL = 9000, 1000
WAITING, READY, HELD = "waiting", "ready", "held"


class Packet:
    def __init__(self, kind, owner):
        self.kind = kind
        self.owner = owner
        self.data = [0, 0, 0, 0]
        self.following = None

    def append_to(self, queue):
        self.following = None
        if queue is None:
            return self
        last = queue
        while last.following is not None:
            last = last.following
        last.following = self
        return queue


class Task:
    def __init__(self, name, priority, kernel):
        self.name = name
        self.priority = priority
        self.kernel = kernel
        self.queue = None
        self.state = READY

    def accept(self, packet):
        self.queue = packet.append_to(self.queue)
        if self.state == WAITING:
            self.state = READY

    def take(self):
        packet = self.queue
        if packet is not None:
            self.queue = packet.following
            packet.following = None
        return packet

    def is_ready(self):
        return self.state == READY

    def wait(self):
        self.state = WAITING

    def step(self):
        raise NotImplementedError


class Idle(Task):
    def __init__(self, name, priority, kernel, turns):
        super().__init__(name, priority, kernel)
        self.turns = turns
        self.control = 1

    def step(self):
        self.turns -= 1
        if self.turns <= 0:
            self.state = HELD
            return
        if self.control & 1 == 0:
            self.control //= 2
            self.kernel.post("disk", Packet("device", self.name))
        else:
            self.control = self.control // 2 ^ 0xD008
            self.kernel.post("worker", Packet("work", self.name))


class Worker(Task):
    def __init__(self, name, priority, kernel):
        super().__init__(name, priority, kernel)
        self.count = 0
        self.seen = 0

    def step(self):
        packet = self.take()
        if packet is None:
            self.wait()
            return
        self.seen += 1
        for index in range(len(packet.data)):
            self.count = self.count + 1 if self.count < 26 else 1
            packet.data[index] = 64 + self.count
        packet.kind = "device"
        self.kernel.post("handler", packet)


class Handler(Task):
    def __init__(self, name, priority, kernel):
        super().__init__(name, priority, kernel)
        self.done = 0

    def step(self):
        packet = self.take()
        if packet is None:
            self.wait()
            return
        if sum(packet.data) % 3 == 0:
            self.kernel.post("disk", packet)
        self.done += 1


class Disk(Task):
    def __init__(self, name, priority, kernel):
        super().__init__(name, priority, kernel)
        self.pending = None
        self.written = 0

    def step(self):
        if self.pending is not None:
            self.written += len(self.pending.data)
            self.pending = None
        packet = self.take()
        if packet is None:
            self.wait()
        else:
            self.pending = packet


class Kernel:
    def __init__(self):
        self.tasks = {}
        self.order = []
        self.posted = 0

    def add(self, task):
        self.tasks[task.name] = task
        self.order.append(task)
        self.order.sort(key=lambda each: -each.priority)

    def post(self, name, packet):
        self.posted += 1
        self.tasks[name].accept(packet)

    def chosen(self):
        for task in self.order:
            if task.is_ready():
                return task
        return None

    def work(self):
        steps = 0
        while True:
            task = self.chosen()
            if task is None:
                return steps
            task.step()
            steps += 1


def run(size=SIZE):
    kernel = Kernel()
    kernel.add(Idle("idle", 0, kernel, size))
    kernel.add(Worker("worker", 1000, kernel))
    kernel.add(Handler("handler", 2000, kernel))
    kernel.add(Disk("disk", 4000, kernel))
    steps = kernel.work()
    tasks = kernel.tasks
    return steps, kernel.posted, tasks["worker"].seen, tasks["handler"].done, tasks["disk"].written
