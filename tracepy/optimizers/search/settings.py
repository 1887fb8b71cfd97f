"""What of `search` can be taken away, to measure what it is worth."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ablations:
    """Ingredients that are left out where True.

    Attributes:
        slice: The backward slice of the judged output: all lines that ran count alike near to it.
        spectrum: Which cases a line ran in: every line of a failing case is suspected alike.
        probing: What edits change in failing cases, found out before they are tried, and what
            the verdicts on edits say of where the fault is.
        priors: How often real fixes look like an edit: a statement's edits come as likely as
            each other.
        random: Any order at all: edits are drawn by the seed from all of them.
    """

    slice: bool = False
    spectrum: bool = False
    probing: bool = False
    priors: bool = False
    random: bool = False


NONE = Ablations()
"""Nothing is left out."""
