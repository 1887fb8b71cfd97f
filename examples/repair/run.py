"""Repair a released package that has a known bug, and compare with what upstream did.

    python examples/repair/run.py parse           one case
    python examples/repair/run.py --all           all of them, with a table at the end
    python examples/repair/run.py parse --keep    leave the scratch folder (and the run store) behind

Each case is a folder with `case.toml` (which package, which versions, what is wrong) and a regression
test of ours. The package itself is installed from the package index into `<case>/scratch`.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHOWN_LINES = 40


@dataclass(frozen=True)
class Case:
    """One historical bug: `case.toml`, as it is read."""

    slug: str
    package: str
    broken: str
    fixed: str
    requires: list[str]
    module: str
    what: str
    upstream: str
    documented: str

    @property
    def folder(self) -> Path:
        return HERE / self.slug

    @property
    def scratch(self) -> Path:
        return self.folder / "scratch"

    @property
    def test(self) -> Path:
        return self.scratch / f"test_{self.slug}.py"


@dataclass(frozen=True)
class Outcome:
    """What came out of one case; `report` is the object of `tracepy optimize --json`."""

    case: Case
    status: int
    report: dict[str, object]
    fixed_passes: bool

    @property
    def repaired(self) -> bool:
        return self.report.get("best") == 1.0


def load(slug: str) -> Case:
    """Read a case by its folder's name; exits with a message if there is none."""
    path = HERE / slug / "case.toml"
    if not path.is_file():
        raise SystemExit(f"no case named {slug!r}; there are: {', '.join(slugs())}")
    return Case(slug=slug, **tomllib.loads(path.read_text(encoding="utf-8")))


def slugs() -> list[str]:
    """The names of all cases."""
    return sorted(path.parent.name for path in HERE.glob("*/case.toml"))


def install(case: Case, version: str, target: Path) -> None:
    """Put one version of the package, and what it imports, into a folder of its own."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--target", str(target), f"{case.package}=={version}", *case.requires]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"could not install {case.package} {version}:\n{done.stderr.strip()}")


def environment(site: Path) -> dict[str, str]:
    """Our environment with `site` first on the import path."""
    return {**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}


def passes(case: Case, site: Path) -> bool:
    """Whether the regression test passes with the package in `site`."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(case.test)]
    done = subprocess.run(command, cwd=case.scratch, env=environment(site), capture_output=True)
    return done.returncode == 0


def prepare(case: Case) -> None:
    """A fresh scratch folder: the broken version, the fixed one beside it, and the test."""
    shutil.rmtree(case.scratch, ignore_errors=True)
    case.scratch.mkdir()
    # A project of its own, so that no configuration further up is read.
    (case.scratch / "pyproject.toml").write_text("[tool.pytest.ini_options]\n", encoding="utf-8")
    shutil.copy(case.folder / case.test.name, case.test)
    install(case, case.broken, case.scratch / "site")
    install(case, case.fixed, case.scratch / "upstream")


def optimize(case: Case, evaluations: int, limit: str) -> tuple[int, dict[str, object], str]:
    """Run `tracepy optimize` on the broken module: exit status, its JSON, its messages."""
    site = case.scratch / "site"
    command = [sys.executable, "-m", "tracepy", "optimize", str(site / case.module)]
    command += ["--pytest", str(case.test), "--json"]
    command += ["--evaluations", str(evaluations), "--time", limit]
    done = subprocess.run(
        command, cwd=case.scratch, env=environment(site), capture_output=True, text=True
    )
    report = json.loads(done.stdout) if done.stdout.strip() else {}
    return done.returncode, report, done.stderr


def upstream_diff(case: Case, near: set[int]) -> str:
    """Upstream's change of the module: the hunks around the lines `near`, else all but version notes."""
    old, new = (
        (case.scratch / side / case.module).read_text(encoding="utf-8").splitlines()
        for side in ("site", "upstream")
    )
    lines = list(difflib.unified_diff(old, new, case.broken, case.fixed, n=3, lineterm=""))
    hunks: list[list[str]] = []
    for line in lines[2:]:
        if line.startswith("@@"):
            hunks.append([])
        hunks[-1].append(line)
    telling = [hunk for hunk in hunks if not any(case.fixed in line for line in hunk)]
    chosen = [hunk for hunk in hunks if touched(hunk[0]) & near] or telling or hunks
    return bounded("\n".join(line for hunk in chosen for line in hunk))


def touched(header: str) -> set[int]:
    """The old lines that a hunk's header covers."""
    found = re.match(r"@@ -(\d+)(?:,(\d+))? ", header)
    if not found:
        return set()
    start, count = int(found[1]), int(found[2] or 1)
    return set(range(start, start + count))


def bounded(text: str) -> str:
    """At most SHOWN_LINES lines, saying how many are left out."""
    lines = text.splitlines()
    if len(lines) <= SHOWN_LINES:
        return text
    return "\n".join([*lines[:SHOWN_LINES], f"... {len(lines) - SHOWN_LINES} more lines"])


def run(case: Case, evaluations: int, limit: str, keep: bool) -> Outcome:
    """One case from installation to comparison, printed as it goes."""
    print(f"== {case.package} {case.broken}: {case.what}", flush=True)
    prepare(case)
    if passes(case, case.scratch / "site"):
        raise SystemExit(f"the test passes with {case.package} {case.broken}; nothing to repair")
    fixed_passes = passes(case, case.scratch / "upstream")
    status, report, messages = optimize(case, evaluations, limit)
    outcome = Outcome(case, status, report, fixed_passes)
    if not report:
        print(f"tracepy optimize failed with status {status}:\n{bounded(messages.strip())}\n")
    else:
        compare(outcome)
    if not keep:
        shutil.rmtree(case.scratch)
    return outcome


def compare(outcome: Outcome) -> None:
    """Print our change next to upstream's."""
    case, report = outcome.case, outcome.report
    patch = str(report.get("patch") or "")
    print(
        f"score {score(report['baseline'])} -> {score(report['best'])}, "
        f"{report['evaluations']} evaluations, {float(str(report['seconds'])):.1f} s"
    )
    print(f"-- ours\n{bounded(patch.rstrip()) or '(no change)'}")
    near: set[int] = set()
    for header in re.findall(r"^@@.*", patch, flags=re.MULTILINE):
        near |= touched(header)
    verdict = "passes" if outcome.fixed_passes else "FAILS"
    print(f"-- upstream, {case.fixed} ({verdict} the same test): {case.upstream}")
    print(f"   {case.documented}\n{upstream_diff(case, near)}\n")


def score(value: object) -> str:
    """A score for the eye; a missing one is a dash."""
    return f"{value:.2f}" if isinstance(value, (int, float)) else "-"


def table(outcomes: list[Outcome], seconds: float) -> str:
    """One line a case."""
    lines = [f"{'case':<24}{'before':>8}{'after':>8}{'evaluations':>13}{'seconds':>9}  result"]
    for outcome in outcomes:
        report, case = outcome.report, outcome.case
        took = report.get("seconds")
        lines.append(
            f"{case.package + ' ' + case.broken:<24}{score(report.get('baseline')):>8}"
            f"{score(report.get('best')):>8}{report.get('evaluations', '-'):>13}"
            f"{f'{took:.1f}' if isinstance(took, (int, float)) else '-':>9}"
            f"  {'repaired' if outcome.repaired else 'not repaired'}"
        )
    repaired = sum(outcome.repaired for outcome in outcomes)
    lines.append(f"{repaired} of {len(outcomes)} repaired, {seconds:.0f} s with installation")
    return "\n".join(lines)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Repair a released package that has a known bug.")
    parser.add_argument("slug", nargs="*", help=f"which case: {', '.join(slugs())}")
    parser.add_argument("--all", action="store_true", help="all cases, and a table")
    parser.add_argument("--keep", action="store_true", help="keep the scratch folder")
    parser.add_argument("--evaluations", type=int, default=2000, help="most candidates to judge")
    parser.add_argument("--time", default="300s", help="most time to search")
    options = parser.parse_args()
    chosen = slugs() if options.all else options.slug
    if not chosen:
        parser.error("name a case or give --all")
    started = time.monotonic()
    outcomes = [run(load(slug), options.evaluations, options.time, options.keep) for slug in chosen]
    if len(outcomes) > 1:
        print(table(outcomes, time.monotonic() - started))
    return 0 if all(outcome.repaired for outcome in outcomes) else 1


if __name__ == "__main__":
    raise SystemExit(main())
