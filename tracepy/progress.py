"""How far a run has come: what the session tells whoever watches."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """One look at a running optimization.

    Attributes:
        phase: What the run is doing, in a word or two (`baseline`, `search`, `shrink`, …).
        evaluations: Candidates judged so far.
        budget: How many may be judged, or None where only time bounds the run.
        baseline: The score of the program as it stood; None until it is known.
        best: The best score so far.
        trying: The candidate that is being tried now, in words.
        seconds: Wall-clock time since the run began.
        time_budget: Seconds that the run may take, or None.
        asking: The model whose answer the run waits for; empty where it waits for none.
        paid: What models cost so far, in words, where one is asked; empty before the first answer.
        waiting: Why it is not asked at once, in words: a limit on requests, or a provider that has
            to be asked again; empty where it is just asked.
    """

    phase: str
    evaluations: int
    budget: int | None
    baseline: float | None
    best: float | None
    trying: str
    seconds: float
    time_budget: float | None
    asking: str = ""
    paid: str = ""
    waiting: str = ""
