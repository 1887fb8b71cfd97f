"""How many bugs of one statement `search` repairs: programs and bugs of our own."""
