"""Optimizers that ask a model: the paper's (arXiv 2406.16218), its baselines, and `hybrid`."""
