"""Programs from examples: expressions enumerated by cost until one gives what is wanted."""

from tracepy.optimizers.search.synthesis.synthesis import Synthesis as Synthesis
