"""Bank accounts."""


class Account:
    def __init__(self, owner, history=None):
        self.owner = owner
        self.history = history if history is not None else []

    @property
    def balance(self):
        return sum(self.history)

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("nothing to deposit")
        self.history.append(amount)

    def withdraw(self, amount):
        if amount > self.balance:
            return False
        self.history.append(-amount)
        return True

    def transfer(self, other, amount):
        if not self.withdraw(amount):
            return False
        other.deposit(amount)
        return True


class Savings(Account):
    rate = 0.1

    def __init__(self, owner, rate):
        super().__init__(owner)
        self.rate = rate

    def add_interest(self):
        self.deposit(round(self.balance * self.rate))
