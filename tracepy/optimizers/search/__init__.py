"""`search`: the embedded optimizer that needs no model."""

from tracepy.optimizers.search.search import Search as Search
