"""The problem as a model is shown it: the paper's pseudo-algorithm form, from our graph.

Source: arXiv 2406.16218, section 4.1 and appendix H.
"""

from tracepy.optimizers.generative.prompt.fence import HEADINGS as HEADINGS
from tracepy.optimizers.generative.prompt.records import Attempt as Attempt
from tracepy.optimizers.generative.prompt.records import View as View
from tracepy.optimizers.generative.prompt.render import render as render
from tracepy.optimizers.generative.prompt.system import SYSTEM as SYSTEM
from tracepy.optimizers.generative.prompt.view import view as view
