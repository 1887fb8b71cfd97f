"""The execution graph: built from a log, sliced, shown."""

from tracepy.graph.model import Graph, Node

__all__ = ["Graph", "Node"]
