"""Optimizers: θ, τ and memory in, new θ out (OPTO, arXiv 2406.16218, section 3)."""

from tracepy.optimizers.base import Optimizer as Optimizer
from tracepy.optimizers.base import Outcome as Outcome
from tracepy.optimizers.base import Proposal as Proposal
from tracepy.optimizers.base import State as State
from tracepy.optimizers.base import Task as Task
from tracepy.optimizers.registry import create as create
from tracepy.optimizers.registry import refuse_unknown as refuse_unknown
