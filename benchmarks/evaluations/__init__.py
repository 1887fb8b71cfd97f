"""What judging candidates costs, beside peers and bare processes that do the same."""
