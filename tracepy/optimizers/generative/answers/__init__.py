"""What a model answers: read into a suggestion, then applied to the program, or refused in words.

Reading (`read`) knows nothing of the program but the parameters' names; applying (`apply`) knows
nothing of how an answer was written. Nothing of a model's text is ever executed.
"""

from tracepy.optimizers.generative.answers.applying import apply as apply
from tracepy.optimizers.generative.answers.reading import read as read
from tracepy.optimizers.generative.answers.records import Applied as Applied
from tracepy.optimizers.generative.answers.records import Replacement as Replacement
from tracepy.optimizers.generative.answers.records import Suggestion as Suggestion
from tracepy.optimizers.generative.answers.records import Unreadable as Unreadable
