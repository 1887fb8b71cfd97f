"""How many small functions `search` writes from examples of what they give: problems of our own."""
