"""What asking models costs, without a model: one on this machine answers at once.

    python -m benchmarks.models [PART …] [--quick] [--iterations N | --long]

graph10   tokens of the prompts for a graph of ten nodes, beside OpenTrace's and TextGrad's optimizers
tokens    tokens of the first prompts in the paper's five domains, and iterations at equal tokens
prompts   seconds to build a prompt of 10^2 to 10^6 events
wordings  calls and tokens for new wordings of one text, beside DSPy's COPRO and TextGrad
overhead  milliseconds of an iteration beyond the model's own, beside OpenEvolve and GEPA
startup   what the first question waits for, with litellm imported in the background or not

Peers are installed into environments that are kept. Each part keeps its figures under its name in
`benchmarks/results/models.json`; `--quick` runs less of each and keeps nothing, `--long` is 10,000
iterations of ours for overhead, with the model in its process; over HTTP there are 500 of each.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from benchmarks.models import graph10, overhead, prompts, startup, tokens, wordings
from benchmarks.report import RESULTS, show

SEED = 0
_ITERATIONS = 3
Table = tuple[list[dict[str, Any]], str]


def _graph10(chosen: argparse.Namespace) -> Table:
    return graph10.rows(peers=not chosen.quick), graph10.told()


def _tokens(chosen: argparse.Namespace) -> Table:
    return tokens.rows(_ITERATIONS, chosen.quick), tokens.told(_ITERATIONS)


def _prompts(chosen: argparse.Namespace) -> Table:
    return prompts.rows(chosen.quick), prompts.told()


def _wordings(chosen: argparse.Namespace) -> Table:
    return wordings.rows(peers=not chosen.quick), wordings.told()


def _overhead(chosen: argparse.Namespace) -> Table:
    number = 20 if chosen.quick else chosen.iterations
    return overhead.rows(number, peers=not chosen.quick), overhead.told()


def _startup(chosen: argparse.Namespace) -> Table:
    return startup.rows(chosen.quick), startup.told()


PARTS: dict[str, Callable[[argparse.Namespace], Table]] = {
    "graph10": _graph10, "tokens": _tokens, "prompts": _prompts, "wordings": _wordings,
    "overhead": _overhead, "startup": _startup,
}  # fmt: skip


def keep(part: str, rows: list[dict[str, Any]], note: str) -> None:
    """Put a part's figures into the file, beside those of the others."""
    path = RESULTS / "models.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    found[part] = {
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "seed": SEED,
        "versions": {name: version(name) for name in ("tracepy-opt", "litellm", "tiktoken")},
        "rows": rows,
        "note": note,
    }
    RESULTS.mkdir(exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="less of each part, nothing kept")
    parser.add_argument("--iterations", type=int, default=500, help="of overhead")
    parser.add_argument("--long", action="store_const", const=10_000, dest="iterations")
    chosen = parser.parse_args()
    if unknown := [part for part in chosen.parts if part not in PARTS]:
        parser.error(f"no part {', '.join(unknown)}: {', '.join(PARTS)}")
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    for part in chosen.parts or PARTS:
        rows, note = PARTS[part](chosen)
        show(part, rows, note)
        if not chosen.quick:
            keep(part, rows, note)


if __name__ == "__main__":
    main()
