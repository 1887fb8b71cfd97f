"""The paper's experiments, side by side with every baseline: a table, its JSON and a figure each.

    python -m benchmarks.paper [DOMAIN …] [--optimizer NAME …] [--seeds N] [--quick]
    python -m benchmarks.paper DOMAIN --model openai/gpt-4o [--api-base URL] [--record FOLDER]
    python -m benchmarks.paper DOMAIN --replay FOLDER

Only cells that are missing are run; each is kept as it is finished, under
`benchmarks/results/paper/DOMAIN/METHOD.json`, with versions and seeds, so a run that was stopped
goes on where it was. Model-driven rows need a model or a recording of one; without, they say so.
`--model local` runs them against the tests' server, which computes its answers: that they run is
all it shows. `--quick` is every table small, and keeps nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.paper import domains, tables
from benchmarks.paper.domain import Asked, Domain, Model
from benchmarks.paper.running import run
from benchmarks.report import RESULTS, show

TOKENS = "tokens"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is missing, then print the tables."""
    chosen = _parsed(arguments)
    model = None
    if chosen.model or chosen.replay:
        name = chosen.model or f"replay-{Path(chosen.replay).name}"
        model = Model(name, chosen.api_base, chosen.record, chosen.replay)
    failed = []
    with ExitStack() as held:
        folder = chosen.results
        if chosen.quick:
            folder = Path(held.enter_context(TemporaryDirectory(prefix="tracepy-paper-")))
        for name in chosen.domains or domains.NAMES:
            if name == TOKENS:
                continue
            failed += _domain(domains.get(name), chosen, model, folder)
    if TOKENS in chosen.domains or not chosen.domains:
        _tokens(chosen)
    if chosen.page:
        from benchmarks.paper.page import written

        written()
    for line in failed:
        print(f"failed: {line}")
    return 1 if failed else 0


def _tokens(chosen: argparse.Namespace) -> None:
    """The table of tokens, which is kept with what else asking models costs."""
    from benchmarks.models.__main__ import PARTS, keep

    if chosen.table:
        kept = json.loads((RESULTS / "models.json").read_text("utf-8"))[TOKENS]
        show(TOKENS, kept["rows"], kept["note"])
        return
    rows, note = PARTS[TOKENS](chosen)
    show(TOKENS, rows, note)
    if not chosen.quick:
        keep(TOKENS, rows, note)


def _domain(
    domain: Domain, chosen: argparse.Namespace, model: Model | None, folder: Path
) -> list[str]:
    methods = [one for one in domain.methods if not chosen.optimizer or one in chosen.optimizer]
    seeds = domain.seeds_of(chosen.quick, chosen.seeds)
    failed: list[str] = []
    if not chosen.table:
        domains.prepare(domain)  # once, before many do it at a time
        wanted = []
        for method in methods:
            by = model if domain.methods[method].asks else None
            if by is None and domain.methods[method].asks:
                continue
            steps = domain.steps_of(method, chosen.quick)
            wanted += [Asked(domain.name, method, seed, steps, chosen.quick, by) for seed in seeds]
        failed = run(wanted, folder, chosen.workers)
    rows = tables.rows(domain, methods, seeds, domain.shown(methods, chosen.quick), model, folder)
    show(domain.title, rows, domain.note)
    if not chosen.quick and not chosen.optimizer and chosen.seeds is None:
        from benchmarks.paper.figures import draw

        by = f"@{model.label}" if model else ""
        about = {"title": domain.title, "rows": rows, "note": domain.note}
        path = folder / f"{domain.name}{by}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        figure = folder / f"{domain.name}{by}.svg"
        drawn = draw(domain, methods, seeds, domain.steps, model, folder, figure)
        print(f"kept: {path.name}{f', {figure.name}' if drawn else ''}")
    return failed


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.paper",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "domains", nargs="*", metavar="DOMAIN", help=f"of {', '.join((*domains.NAMES, TOKENS))}"
    )
    parser.add_argument("--optimizer", action="append", metavar="NAME", help="only these rows")
    parser.add_argument("--model", help="as litellm has it, or local")
    parser.add_argument("--api-base", metavar="URL")
    parser.add_argument("--record", metavar="FOLDER", help="keep the model's answers there")
    parser.add_argument("--replay", metavar="FOLDER", help="play answers back from there")
    parser.add_argument("--seeds", type=int, metavar="N", help="the first so many")
    parser.add_argument("--quick", action="store_true", help="small, and kept nowhere")
    parser.add_argument("--table", action="store_true", help="run nothing, print what is kept")
    parser.add_argument(
        "--page", action="store_true", help="write the tables of docs/paper.md anew"
    )
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="cells at once")
    parser.add_argument("--results", type=Path, default=RESULTS / "paper", metavar="FOLDER")
    chosen = parser.parse_args(arguments)
    if min(chosen.workers, 1 if chosen.seeds is None else chosen.seeds) < 1:
        parser.error("--seeds and --workers are at least 1")
    if unknown := [name for name in chosen.domains if name not in (*domains.NAMES, TOKENS)]:
        parser.error(f"no domain {', '.join(unknown)}: {', '.join((*domains.NAMES, TOKENS))}")
    named = [name for name in chosen.domains or domains.NAMES if name != TOKENS]
    names = [method for one in named for method in domains.get(one).methods]
    if unknown := [name for name in chosen.optimizer or () if name not in names]:
        parser.error(f"no row {', '.join(unknown)}: {', '.join(dict.fromkeys(names))}")
    return chosen


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except KeyboardInterrupt:
        print("stopped; finished cells are kept, and the same command goes on", file=sys.stderr)
        sys.stderr.flush()
        os._exit(130)  # without waiting for cells that are half done
