"""What is learnt of edits before and while they are tried."""

from __future__ import annotations

from tracepy.evaluation.records import Case, Evaluation, TraceFacts
from tracepy.optimizers.base import Outcome, Proposal
from tracepy.optimizers.search.guide import Guide
from tracepy.optimizers.search.inquiry import answered, inquire, proposal
from tracepy.optimizers.search.reasons import Reasons
from tracepy.recorder import infection
from tracepy.recorder.infection import BROKEN, SAME
from tracepy.transforms.mutate import Mutation, Site, sites
from tracepy.transforms.source import Source

PROGRAM = """def fee(age, member):
    if age < 18:
        return 5
    return 10 if member else 20
"""
PATH = "/code/fees.py"
BASE = Evaluation("ok", 0.5, "", (Case("a", 0.0), Case("b", 0.0), Case("c", 1.0)))


def statement(line: int) -> Site:
    (site,) = sites(Source(PROGRAM, PATH), lines={line})
    return site


def verdict(guide: Guide, site: Site, mutation: Mutation, *cases: Case) -> None:
    """Try an edit with this outcome."""
    tried = Proposal({PATH: mutation.note}, mutation.note)
    guide.propose(tried.digest(), PATH, site, mutation)
    guide.observe(Outcome(tried, Evaluation("ok", 0.5, "", cases), 0.5))


def test_what_changes_nothing_in_failing_cases_comes_last() -> None:
    site, guide = statement(2), Guide(BASE)
    one, two, three, four, *_ = guide.mutations(PATH, site)
    guide.learn(PATH, one, {"a": "1", "b": "1"})
    guide.learn(PATH, two, {"a": "1", "b": SAME})
    guide.learn(PATH, three, {"a": "1", "b": BROKEN})
    guide.learn(PATH, four, {"a": SAME, "b": SAME})
    factors = [guide.factor(PATH, site, edit)[0] for edit in (one, two, three, four)]
    assert factors == sorted(factors, reverse=True)
    assert factors[0] == 1.0
    assert factors[-1] < 0.05


def test_an_edit_speaks_for_those_that_yield_the_same() -> None:
    site, guide = statement(2), Guide(BASE)
    one, two, three, *_ = guide.mutations(PATH, site)
    guide.learn(PATH, one, {"a": "1"})
    guide.learn(PATH, two, {"a": "1"})
    guide.learn(PATH, three, {"a": "2"})
    version = guide.version
    verdict(guide, site, one, Case("a", 0.0))
    assert guide.version > version
    assert guide.finding(PATH, site, two) == "in vain"
    assert guide.finding(PATH, site, three) == "changes"


def test_a_failing_case_that_passes_says_that_the_fault_is_near() -> None:
    site, guide = statement(2), Guide(BASE)
    one, two, three, *_ = guide.mutations(PATH, site)
    guide.learn(PATH, one, {"a": "1"})
    guide.learn(PATH, two, {"a": "1"})
    verdict(guide, site, one, Case("a", 1.0), Case("c", 0.0))
    assert guide.finding(PATH, site, two) == "passes"
    assert guide.finding(PATH, site, three) == "near"
    once = guide.factor(PATH, site, three)
    assert once[0] > 1.0
    verdict(guide, site, three, Case("a", 0.0))
    assert guide.factor(PATH, site, guide.mutations(PATH, site)[3]) < once
    elsewhere = statement(4)
    assert guide.factor(PATH, elsewhere, guide.mutations(PATH, elsewhere)[0]) == (1.0, 0.0)


def test_one_run_answers_for_the_edits_of_all_statements() -> None:
    source, guide = Source(PROGRAM, PATH), Guide(BASE)
    inquiry = inquire(guide, [(PATH, site) for site in sites(source)], {PATH: source})
    assert inquiry is not None
    space: dict[str, object] = {}
    before = infection._case
    infection._case = type(before)()
    try:
        exec(inquiry.sources[PATH], space)
        infection.begin("a")
        assert space["fee"](18, True) == 10  # type: ignore[operator]
        trace = TraceFacts(infected=infection.answers())
    finally:
        infection._case = before
    answered(inquiry, Evaluation("ok", 0.5, "", BASE.cases, trace=trace), guide)
    condition = statement(2)
    found = {
        edit.note: guide.finding(PATH, condition, edit) for edit in guide.mutations(PATH, condition)
    }
    assert found["`<=` for `<`"] == "changes"
    assert found["`==` for `<`"] == "changes"
    assert found["17 for 18"] == "nothing"
    assert proposal(inquiry, {}, 0).probe


def test_a_reason_says_where_and_why() -> None:
    trace = TraceFacts({"a": {PATH: [2, 4]}, "c": {PATH: [2, 3]}}, {PATH: {2: 1.0}})
    reasons = Reasons(Evaluation("ok", 0.5, "", BASE.cases, trace=trace))
    assert reasons.why(PATH, 2, "operators", "changes") == (
        "operators: line 2 ran in 1 of 1 failing and 1 of 1 passing cases; what is judged depends "
        "on it; it changes what happens there in failing cases"
    )
    assert reasons.why(PATH, 9, "names", "") == (
        "names: line 9 ran in no case; not in the slice of what is judged"
    )
