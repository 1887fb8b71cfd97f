"""A run as one page that anybody can open: what was asked, what was tried, what came of it."""
