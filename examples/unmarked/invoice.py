"""Invoices of a small shop. All amounts are in cents."""

from dataclasses import dataclass, field
from datetime import date, timedelta

TAX_RATE = 0.19
REDUCED_TAX_RATE = 0.07
PAYMENT_DAYS = 14
MONTHLY_LATE_FEE = 0.01
HANDLING_FEE = 500

# From so many pieces on, so much off the line.
QUANTITY_DISCOUNTS = ((100, 0.15), (50, 0.10), (10, 0.05))


@dataclass(frozen=True)
class Line:
    """One article of an invoice."""

    article: str
    quantity: int
    unit_price: int
    reduced_tax: bool = False

    def discount(self) -> int:
        """What the quantity takes off the price."""
        for least, rate in QUANTITY_DISCOUNTS:
            if self.quantity >= least:
                return round(self.quantity * self.unit_price * rate)
        return 0

    def net(self) -> int:
        """The price without tax."""
        return self.quantity * self.unit_price - self.discount()

    def tax(self) -> int:
        """The tax on the price."""
        return round(self.net() * (REDUCED_TAX_RATE if self.reduced_tax else TAX_RATE))


@dataclass
class Invoice:
    """What a customer owes, and since when."""

    number: str
    issued: date
    lines: list[Line] = field(default_factory=list)

    def net(self) -> int:
        """The sum of the lines without tax."""
        return sum(line.net() for line in self.lines)

    def total(self) -> int:
        """The sum of the lines with tax."""
        return self.net() + sum(line.tax() for line in self.lines)

    def due(self) -> date:
        """The last day to pay; the Monday after, where that is a day of the weekend."""
        day = self.issued + timedelta(days=PAYMENT_DAYS)
        while day.weekday() >= 5:
            day += timedelta(days=1)
        return day

    def late_fee(self, paid: date) -> int:
        """What is added for late payment: handling, and interest for every month begun."""
        days = (self.due() - paid).days
        if days <= 0:
            return 0
        months = (days + 29) // 30
        return HANDLING_FEE + round(self.total() * MONTHLY_LATE_FEE * months)


def reminder(invoice: Invoice, today: date) -> str:
    """The line that a reminder opens with."""
    fee = invoice.late_fee(today)
    if not fee:
        return f"Invoice {invoice.number} is due on {invoice.due().isoformat()}."
    amount = invoice.total() + fee
    return f"Invoice {invoice.number} is overdue: please pay {euros(amount)}."


def euros(cents: int) -> str:
    """An amount as it is printed."""
    whole, rest = divmod(cents, 100)
    return f"{whole:,}.{rest:02d} EUR"
