"""How many tokens prompts have, by a real tokenizer, and how they stay small where runs are long."""

from pathlib import Path

import pytest

from tests.tracepy.prompting import TEN, Load, recorded, task_of, tokens, verdict
from tracepy import parameters
from tracepy.evaluation.records import Evaluation
from tracepy.llm.tokens import Counter
from tracepy.optimizers.base import Task
from tracepy.optimizers.generative.hybrid import MORE
from tracepy.optimizers.generative.prompt import SYSTEM, render, view
from tracepy.target import resolve
from tracepy.transforms.source import Source


@pytest.fixture(scope="module")
def count():
    """Tokens as gpt-4 counts them; the table comes with litellm."""
    return Counter("cl100k_base")


def test_what_every_prompt_begins_with_is_short(count):
    assert count(SYSTEM) < 250
    assert count(MORE) < 80


def test_ten_nodes_take_fewer_tokens_than_the_peers(tmp_path: Path, load: Load, count) -> None:
    """OptoPrime takes 872 for a graph of ten nodes, its second version 995."""
    task = task_of(tmp_path, TEN)
    shown = view(task, {}, verdict(0.0, "Should be 7."), graph=recorded(load, TEN))
    prompt = render(shown, budget=10_000, count=count)
    for fact in (
        "A=1",
        "B=2",
        "c@5=3",
        "d@6=6",
        "e@7=4",
        "f@8=16",
        "g@9=17",
        "=14",
        "Should be 7.",
    ):
        assert fact in prompt
    assert count(SYSTEM) + count(prompt) < 500


def test_a_long_run_is_no_longer_than_a_short_one(tmp_path: Path, load: Load, count) -> None:
    text = """
    RATE = 0.5  # tracepy: train

    def step(x, n):
        if n % 2:
            return x + RATE * n
        return x - RATE

    def repeated(times):
        x = 0.0
        for n in range(times):
            x = step(x, n)
        return x

    def short():
        return repeated(5)

    def long():
        return repeated(3000)
    """
    sizes = []
    for call, times in (("short", 5), ("long", 3000)):
        graph = recorded(load, text, call)
        prompt = render(
            view(task_of(tmp_path, text), {}, verdict(), graph=graph), budget=10_000, count=count
        )
        sizes.append(count(prompt))
        # The middle of a loop is folded, its ends are there.
        assert "(float) x@11=-0.5, 0.0 ... " in prompt
        assert f"x = step(x, n)  # {times}x" in prompt
    assert sizes[1] < sizes[0] + 60


def test_several_modules_are_told_apart(tmp_path: Path, count) -> None:
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "tax.py").write_text(
        "RATE = 0.2  # tracepy: train\n\n\ndef with_tax(x):\n    return x * (1 + RATE)\n"
    )
    (package / "cart.py").write_text(
        "from shop.tax import with_tax\n\n\ndef total(xs):  # tracepy: train\n"
        "    return with_tax(sum(xs))\n"
    )
    target = resolve(str(package), tmp_path)
    sources = {str(file): Source.read(file) for file in target.modules.values()}
    task = Task(
        sources,
        {str(file): module for module, file in target.modules.items()},
        Evaluation("ok", 0.0),
        1,
        lambda changed: parameters.find(target, changed),
        lambda *_: [],
    )
    prompt = render(view(task, {}, verdict()), budget=10_000, count=tokens)
    assert "(float) shop.tax:RATE=0.2" in prompt
    assert "(code) shop.cart:total:" in prompt
    assert "# shop.tax\n4 def with_tax(x):" in prompt
    assert "[shop.cart] from shop.tax import with_tax" in prompt
    assert count(prompt) < 250
