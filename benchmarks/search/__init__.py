"""How many real-looking and real bugs of one statement `search` repairs, by the modules' own tests."""
