"""Source in, source out: nothing here runs, stores or judges a program."""
