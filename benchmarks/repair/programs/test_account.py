import pytest
from account import Account, Savings


def test_a_new_account_is_empty():
    assert Account("ann").balance == 0


def test_deposit():
    one = Account("ann")
    one.deposit(5)
    assert one.balance == 5


def test_accounts_are_apart():
    Account("ann").deposit(5)
    assert Account("bob").balance == 0


def test_nothing_to_deposit():
    with pytest.raises(ValueError):
        Account("ann").deposit(0)


def test_withdraw():
    one = Account("ann", [10])
    assert one.withdraw(4)
    assert one.balance == 6
    assert not one.withdraw(7)


def test_transfer():
    one, other = Account("ann", [10]), Account("bob", [])
    assert one.transfer(other, 3)
    assert (one.balance, other.balance) == (7, 3)


def test_a_transfer_too_large():
    one, other = Account("ann", [1]), Account("bob", [])
    assert not one.transfer(other, 3)
    assert other.balance == 0


def test_interest():
    one = Savings("ann", 0.5)
    one.deposit(10)
    one.add_interest()
    assert one.balance == 15
