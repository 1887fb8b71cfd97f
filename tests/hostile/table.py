"""The hostile candidates: text files that read as a table, and what is said there of each.

    === name of the candidate
    says: what the reason must say (a regular expression), or `right`, or `right|reason`,
          or `harmless`
    ---
    the source of the module

Optional lines of a head: `needs` (what of the machine, see below), `timeout` and `memory` (seconds
and MiB of its judge, where the usual ones do not fit), `against` (kinds of objectives, for those
that cheat, or `guarded` for a program that does nothing that the guard looks for), `mark: slow`,
`guarded: yes` (the guard may stop it before the sandbox does), `xfail` (why it gets through as
things are), `alone` (why it does so without namespaces only) and `pays` (with which kinds of
objectives a cheat still does).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "candidates"
# What may stand under `needs`: a machine that lacks it skips the candidate.
NEEDS = {
    "sandbox": "only Landlock or namespaces hold this, and this machine offers neither",
    "cell": "it would harm this machine if it got through, and namespaces for a cell are not had",
    "namespaces": "only namespaces hold this, and this machine does not let us make any",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One hostile candidate.

    Attributes:
        says: What the reason must match. `right|…`: it may be judged like any other instead, with
            its right score. `harmless`: any verdict will do so long as nothing is changed.
        against: The kinds of objectives that it is tried with.
        guarded: Whether the guard may stop it, though the program as it stands does much.
        xfail: Why it gets through as things are; empty where it does not.
        alone: Why it gets through where there is Landlock but no namespaces; `held` where it
            does not though it does with them.
        pays: Those of `against` that it gets through with.
    """

    name: str
    source: str
    says: str
    needs: str = ""
    timeout: float = 5.0
    memory: int = 512
    against: tuple[str, ...] = ("plain",)
    slow: bool = False
    guarded: bool = False
    xfail: str = ""
    alone: str = ""
    pays: tuple[str, ...] = ()

    @property
    def may_be_right(self) -> bool:
        """Whether it does no harm and computes what a good one computes."""
        return self.says.split("|")[0] == "right"

    @property
    def reason(self) -> str:
        """The regular expression for the reason of its failure; empty where it must not fail."""
        return self.says.removeprefix("right").removeprefix("|") if self.may_be_right else self.says


def read(name: str) -> dict[str, Candidate]:
    """The candidates of one file. Raises ValueError where its text is wrong."""
    text = (FOLDER / f"{name}.txt").read_text("utf-8")
    found: dict[str, Candidate] = {}
    for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        head, line, source = part.partition("\n---\n")
        title, *rows = head.splitlines()
        if not line or title in found:
            raise ValueError(f"{name}.txt: {title!r} has no source, or is there twice")
        found[title] = _candidate(title, source.strip("\n") + "\n", rows)
    return found


def _candidate(title: str, source: str, rows: list[str]) -> Candidate:
    options = {key: value.strip() for key, _, value in (row.partition(":") for row in rows)}
    says = options.pop("says", "harmless")
    needs = options.pop("needs", "")
    against = tuple(options.pop("against", "plain").split())
    slow = options.pop("mark", "") == "slow"
    guarded = options.pop("guarded", "") == "yes"
    timeout, memory = float(options.pop("timeout", "5")), int(options.pop("memory", "512"))
    xfail, pays = options.pop("xfail", ""), tuple(options.pop("pays", "").split())
    alone = options.pop("alone", "")
    if options or needs not in {"", *NEEDS}:
        raise ValueError(f"{title}: what is {options or needs}?")
    limits = needs, timeout, memory
    return Candidate(title, source, says, *limits, against, slow, guarded, xfail, alone, pays)
