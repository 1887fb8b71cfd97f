"""Reports on records of orders."""


def totals(orders):
    result = {}
    for order in orders:
        customer = order["customer"]
        amount = order["price"] * order.get("count", 1)
        result[customer] = result.get(customer, 0) + amount
    return result


def best(orders, most=3):
    ranked = sorted(totals(orders).items(), key=lambda item: item[1], reverse=True)
    return [customer for customer, _ in ranked[:most]]


def by_status(orders):
    groups = {}
    for order in orders:
        groups.setdefault(order.get("status", "open"), []).append(order["id"])
    return groups


def unpaid(orders):
    return [order["id"] for order in orders if not order.get("paid")]
