import orders

ORDERS = [
    {"id": 1, "customer": "ann", "price": 5, "count": 2, "status": "sent", "paid": True},
    {"id": 2, "customer": "bob", "price": 30},
    {"id": 3, "customer": "ann", "price": 1, "status": "open"},
    {"id": 4, "customer": "cy", "price": 4, "count": 0, "paid": False},
]


def test_totals():
    assert orders.totals(ORDERS) == {"ann": 11, "bob": 30, "cy": 0}


def test_totals_of_one():
    assert orders.totals(ORDERS[:1]) == {"ann": 10}


def test_no_orders():
    assert orders.totals([]) == {}


def test_best():
    assert orders.best(ORDERS) == ["bob", "ann", "cy"]


def test_best_of_few():
    assert orders.best(ORDERS, 1) == ["bob"]


def test_by_status():
    assert orders.by_status(ORDERS) == {"sent": [1], "open": [2, 3, 4]}


def test_unpaid():
    assert orders.unpaid(ORDERS) == [2, 3, 4]
