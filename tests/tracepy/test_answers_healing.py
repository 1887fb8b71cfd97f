r"""Source that lost the second backslash of `\\n` in its strings."""

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracepy.test_answers_applying import applied
from tracepy.optimizers.generative.answers import read
from tracepy.optimizers.generative.answers.healing import rejoined

WHOLE = [
    'def f(x):\n    return "\\n".join(x)',
    "def f(x):\n    return '\\n\\n'.join(x)\n",
    'def f(x):\n    y = x.split("\\n")\n    return "a\\nb: {}\\n".format(y)',
    '    def f(x):\n        return "\\n".join(x)',
    'def f(x):\n    return f"{x}\\nand {x}"',
    'def f(x):\n    """Two\n    lines."""\n    return x + "\\n"  # so',
    'def f(x):\n    return x.replace("\\n", "")\n\n\ndef g(x):\n    return "\\n"',
]


@pytest.mark.parametrize("whole", WHOLE)
def test_what_was_broken_is_whole_again(whole):
    assert rejoined(whole) == whole
    assert rejoined(whole.replace("\\n", "\n")) == whole


@pytest.mark.parametrize(
    "broken",
    [
        'def f(x):\n    a = "abc\n    b = "def"\n    return a',
        'def f(x):\n    return "abc\n\n\ndef g(x):\n    return "',
        'def f(x):\n    return "abc',
        "def f(x):\n    return (",
        'def f(x):\n    """never ended\nreturn x',
        "def f(x):\n    return 'it's\nhere'",
        "x\0y",
    ],
)
def test_what_is_not_certain_stays_as_it_is(broken):
    assert rejoined(broken) == broken


@given(st.lists(st.sampled_from(["a", "\\n", "'", '"', " ", "x", "#", "{", "}"]), max_size=12))
def test_a_string_comes_back_as_it_was_meant(parts):
    text = "".join(parts).replace("\\n", "\n")
    whole = f"def f(x):\n    return {text!r}"
    healed = rejoined(whole.replace("\\n", "\n"))
    if "\n " not in text:
        assert ast.dump(ast.parse(healed)) == ast.dump(ast.parse(whole))


def test_an_answer_with_one_backslash_too_few_is_applied():
    source = 'def plain(x):\n    return "\\n".join(x)'
    answer = json.dumps({"suggestion": {"shop:plain": source}}).replace("\\\\n", "\\n")
    result, text = applied(read(answer, ["shop:plain"]).values)
    assert result.complete, result.problems
    assert '    return "\\n".join(x)' in text
