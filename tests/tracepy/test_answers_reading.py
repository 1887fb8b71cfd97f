"""What is read from answers, however they are written, and what is said of those that cannot be."""

import json
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracepy.optimizers.generative.answers import Replacement, Suggestion, Unreadable, read
from tracepy.optimizers.generative.answers.depth import deeper

NAMES = ("m:RATE", "m:PROMPT", "m:f", "m:Policy.act", "m:f.<depth>")
F = "def f(x):\n    return x + 1"

# Each answer with the values that are read from it.
READ = {
    "the contract's JSON": (
        '{"reasoning": "r", "answer": "a", "suggestion": {"m:RATE": 0.3}}',
        {"m:RATE": 0.3},
    ),
    "an empty suggestion": ('{"reasoning": "fine", "suggestion": {}}', {}),
    "no change, in the paper's word": ("TERMINATE", {}),
    "the word in a sentence": ("The output is right, so TERMINATE.", {}),
    "the word as the suggestion": ('{"reasoning": "ok", "suggestion": "TERMINATE"}', {}),
    "fenced": ('```json\n{"suggestion": {"m:RATE": 1}}\n```', {"m:RATE": 1}),
    "fenced with tildes": ('~~~\n{"suggestion": {"m:RATE": 1}}\n~~~', {"m:RATE": 1}),
    "prose before and after": (
        'Sure, here {it} is:\n{"suggestion": {"m:RATE": 1}}\nI hope that {this} helps!',
        {"m:RATE": 1},
    ),
    "after thoughts": (
        '<think>maybe {"suggestion": {"m:RATE": 9}}?</think>\n{"suggestion": {"m:RATE": 1}}',
        {"m:RATE": 1},
    ),
    "after thoughts whose beginning is gone": (
        'maybe {"suggestion": {"m:RATE": 9\n</think>\n{"suggestion": {"m:RATE": 1}}',
        {"m:RATE": 1},
    ),
    "thoughts that speak of no change": (
        '<think>I could say TERMINATE</think>{"suggestion": {"m:RATE": 1}}',
        {"m:RATE": 1},
    ),
    "tags of thought in a value": (
        '{"suggestion": {"m:PROMPT": "Use <think> and </think>."}}',
        {"m:PROMPT": "Use <think> and </think>."},
    ),
    "two objects": (
        '{"suggestion": {"m:RATE": 1}}\nNo, better:\n{"suggestion": {"m:RATE": 2}}',
        {"m:RATE": 2},
    ),
    "an object that is none, last": (
        '{"suggestion": {"m:RATE": 1}} as in {"score": 3}',
        {"m:RATE": 1},
    ),
    "reasoning in an object of its own": (
        '{"reasoning": "r"}\n{"m:RATE": 2}',
        {"m:RATE": 2},
    ),
    "the suggestion alone": ('{"m:RATE": 2, "f": "def f(x): pass"}',
        {"m:RATE": 2, "f": "def f(x): pass"}),
    "single quotes": ("{'reasoning': 'r', 'suggestion': {'m:RATE': 0.3}}", {"m:RATE": 0.3}),
    "single quotes, an apostrophe": (
        "{'reasoning': 'it doesn't', 'suggestion': {'m:RATE': 0.3}}",
        {"m:RATE": 0.3},
    ),
    "a Python dict": (
        "{'reasoning': None, 'suggestion': {'m:RATE': -1, 'm:f': True, 'm:PROMPT': ('a' 'b'),}}",
        {"m:RATE": -1, "m:f": True, "m:PROMPT": "ab"},
    ),
    "a tuple and a set": (
        '{"suggestion": {"m:RATE": (1, 2), "m:f": {1, 2}}, // why\n}',
        {"m:RATE": (1, 2), "m:f": {1, 2}},
    ),
    "trailing commas": ('{"suggestion": {"m:RATE": [1, 2,],},}', {"m:RATE": [1, 2]}),
    "comments": (
        '{\n  // first\n  "suggestion": {\n    "m:RATE": 1, # was 2\n    /* and */ "m:f": 2\n  }\n}',
        {"m:RATE": 1, "m:f": 2},
    ),
    "a comma that is missing": (
        '{"reasoning": "r"\n "suggestion": {"m:RATE": 1\n "m:f": 2}}',
        {"m:RATE": 1, "m:f": 2},
    ),
    "keys without quotes": ('{reasoning: "r", suggestion: {"m:RATE": 1}}', {"m:RATE": 1}),
    "curly quotes": ("{“suggestion”: {“m:PROMPT”: “Be brief.”}}", {"m:PROMPT": "Be brief."}),
    "real line ends and tabs": (
        '{"suggestion": {"m:f": "def f(x):\n\treturn x + 1"}}',
        {"m:f": "def f(x):\n\treturn x + 1"},
    ),
    "real line ends, escapes of the source": (
        "{\"suggestion\": {'m:f': 'def f(x):\n    return x.split(\"\\n\")'}}",
        {"m:f": 'def f(x):\n    return x.split("\\n")'},
    ),
    "unescaped quotes": (
        '{"suggestion": {"m:f": "def f(x):\\n    return x["a"], x["b"]", "m:RATE": 1}}',
        {"m:f": 'def f(x):\n    return x["a"], x["b"]', "m:RATE": 1},
    ),
    "unescaped quotes, a dict": (
        '{"suggestion": {"m:f": "def f(x):\\n    return {"a": "b", "c": 1}"}}',
        {"m:f": 'def f(x):\n    return {"a": "b", "c": 1}'},
    ),
    "unescaped quotes in prose": (
        '{"reasoning": "it says "no", "never" and "stop".", "suggestion": {"m:RATE": 1}}',
        {"m:RATE": 1},
    ),
    "escapes that JSON does not know": (
        r'{"suggestion": {"m:PROMPT": "\d+ isn\'t \w"}}',
        {"m:PROMPT": r"\d+ isn't \w"},
    ),
    "triple quotes": (
        f'{{"reasoning": "r", "suggestion": {{"m:f": """{F}"""}}}}',
        {"m:f": F},
    ),
    "triple quotes with a docstring in them": (
        '{"suggestion": {"m:f": """def f(x):\n    """Doc."""\n    return x""", }}  // done',
        {"m:f": 'def f(x):\n    """Doc."""\n    return x'},
    ),
    "backticks": (f'{{"suggestion": {{"m:f": `{F}`}}}}', {"m:f": F}),
    "a fence as the value": (
        f'{{"suggestion": {{"m:f": ```python\n{F}\n```}}}}',
        {"m:f": F + "\n"},
    ),
    "a suggestion that is a string of JSON": (
        json.dumps({"suggestion": json.dumps({"m:RATE": 3})}),
        {"m:RATE": 3},
    ),
    "a list of names and values": (
        '{"suggestion": [{"name": "m:RATE", "value": 3}, {"m:f": "x"}]}',
        {"m:RATE": 3, "m:f": "x"},
    ),
    "a suggestion that is code": (json.dumps({"suggestion": F}), {"m:f": F}),
    "a brace that is missing": ('{"reasoning": "r", "suggestion": {"m:RATE": 0.3}', {"m:RATE": 0.3}),
    "cut off after a value": (
        '{"reasoning": "r", "suggestion": {"m:RATE": 0.3, "m:f": "def f(x):\\n    retu',
        {"m:RATE": 0.3},
    ),
    "tags": (
        f"<reasoning>because</reasoning>\n<variable>\n<name>m:f</name>\n<value>\n{F}\n</value>\n"
        "</variable>\n<variable><name>m:RATE</name><value>3</value></variable>",
        {"m:f": F, "m:RATE": "3"},
    ),
    "tags with attributes": (
        '<variable name="m:f.<depth>" type="int">4</variable>',
        {"m:f.<depth>": "4"},
    ),
    "tags with entities": (
        "<variable><name>m:PROMPT</name><value>a &lt;b&gt; &amp;amp; c</value></variable>",
        {"m:PROMPT": "a <b> &amp; c"},
    ),
    "tags with CDATA": (
        "<variable><name>m:f</name><value><![CDATA[\ndef f(x):\n    return x < 1\n]]></value>"
        "</variable>",
        {"m:f": "def f(x):\n    return x < 1"},
    ),
    "a block of code": (f"I would write\n```python\n{F}\n```\nsince …", {"m:f": F}),
    "code without a fence": (F, {"m:f": F}),
    "code with its import": (
        "```\nimport math\n\ndef f(x):\n    return math.sin(x)\n```",
        {"m:f": "import math\ndef f(x):\n    return math.sin(x)"},
    ),
    "a method in its class, and a constant": (
        "```python\nRATE = 0.5\nclass Policy:\n    @property\n    def act(self):\n        return 1\n```",
        {"m:RATE": "0.5", "m:Policy.act": "    @property\n    def act(self):\n        return 1"},
    ),
    "code beside an object without a suggestion": (
        f'{{"reasoning": "r", "answer": "see below"}}\n```python\n{F}\n```',
        {"m:f": F},
    ),
    "a byte order mark and Windows' line ends": (
        '\ufeff{\r\n"suggestion":\r\n{"m:RATE": 1}}\r\n',
        {"m:RATE": 1},
    ),
}  # fmt: skip

EDITS = {
    "search and replace": (
        "m:f\n```\n<<<<<<< SEARCH\nreturn x\n=======\nreturn x + 1\n>>>>>>> REPLACE\n```",
        [("m:f", "return x", "return x + 1")],
    ),
    "two of them, without a name": (
        "<<<<<<< SEARCH\na\n=======\n>>>>>>> REPLACE\n\n<<<<<<< SEARCH\nb\n=======\nc\n>>>>>>> REPLACE",
        [("", "a", ""), ("", "b", "c")],
    ),
    "in a value": (
        json.dumps({"suggestion": {"m:f": "<<<<<<< SEARCH\n  a\n=======\n  b\n>>>>>>> REPLACE\n"}}),
        [("m:f", "  a", "  b")],
    ),
    "beside an empty suggestion": (
        '{"suggestion": {}}\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE',
        [("", "a", "b")],
    ),
    "a diff": (
        "```diff\n--- a/pkg/m.py\n+++ b/pkg/m.py\n@@ -1,3 +1,3 @@\n def f(x):\n-    return x\n"
        "+    return x + 1\n```",
        [("pkg/m.py", "def f(x):\n    return x", "def f(x):\n    return x + 1")],
    ),
    "a diff with wrong numbers and two hunks": (
        "--- m.py\n+++ m.py\n@@ -9,9 +9,9 @@\n-a\n+b\n@@ @@\n\n-c\n+d\n",
        [("m.py", "a", "b"), ("m.py", "\nc", "\nd")],
    ),
    "a diff in a value": (
        json.dumps({"suggestion": {"m:f": "@@ -1 +1 @@\n-    return x\n+    return 1"}}),
        [("m:f", "    return x", "    return 1")],
    ),
}

# Each answer with what its sentence says.
UNREADABLE = {
    "": "is empty",
    "   \n": "is empty",
    "<think>so it was": "cut off while you thought",
    "I cannot help with that.": "no JSON object",
    '{"reasoning": "x", "answer": "y"}': 'no "suggestion"',
    '{"reasoning": "and then': "cut off",
    '{"reasoning": "r", "suggestion": {"m:f": "def f(x):\\n    ret': "cut off",
    '{"reasoning": "r", "suggestion": {"m:RATE": 0.3': "cut off",
    '{"reasoning": "r", "suggestion": {"m:RATE"': "cut off",
    '```json\n{"reasoning": "r", ': "cut off",
    "```python\ndef f(x):\n    return": "cut off",
    '{"suggestion": 5}': "must be an object",
    '{"suggestion": ["m:RATE", 5]}': "must be an object",
    '{"suggestion": "make it faster"}': "must be an object",
    "<IMPROVED_VARIABLE>x</IMPROVED_VARIABLE>": "which parameter",
    "<<<<<<< SEARCH\na\n=======\nb": "cut off",
    "```python\ndef g(x):\n    return 1\n```": "JSON",
    "{'a': {}}": "No suggestion",
}  # fmt: skip


@pytest.mark.parametrize("case", READ)
def test_what_is_read(case):
    text, values = READ[case]
    found = read(text, NAMES)
    assert (dict(found.values), found.edits) == (values, ())
    assert bool(found) == bool(values)
    assert found.cut == (case in ("a brace that is missing", "cut off after a value"))


@pytest.mark.parametrize("case", EDITS)
def test_edits_that_are_read(case):
    text, edits = EDITS[case]
    found = read(text, NAMES)
    assert (dict(found.values), found.edits) == ({}, tuple(Replacement(*edit) for edit in edits))


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_cannot_be_read_is_said_in_a_sentence(text):
    with pytest.raises(Unreadable, match=UNREADABLE[text]) as raised:
        read(text, NAMES)
    assert_sentence(str(raised.value))


def test_reasoning_and_answer_are_kept():
    found = read('{"Reasoning": "why", "answer": 42, "Suggestion": {"m:RATE": 1}}', NAMES)
    assert found == Suggestion("why", "42", {"m:RATE": 1})
    found = read(
        "<reasoning>\nwhy\n</reasoning><variable><name>m:f</name><value>1</value></variable>", NAMES
    )
    assert found.reasoning == "why"


def test_an_improved_variable_is_the_only_parameter():
    found = read("So: <IMPROVED_VARIABLE>\nBe brief.\n</IMPROVED_VARIABLE>", ["m:PROMPT"])
    assert found.values == {"m:PROMPT": "Be brief."}


HUGE = {
    "braces": "{" * 450_000,
    "objects that begin": '{"a":' * 90_000,
    "quotes": '{"' * 225_000,
    "suggestions that begin": '{"suggestion": {"m:f": "' * 19_000,
    "escaped quotes": '{"suggestion": {"m:f": "' + '\\"' * 225_000,
    "comments after quotes": '{"suggestion": {"m:f": "' + '"#' * 225_000,
    "quotes and commas": '{"suggestion": {"m:f": "' + '",' * 225_000,
    "keys": '{"suggestion": {"m:f": "' + '", "m:f": "' * 40_000,
    "spaces": '{"suggestion": {"m:f": "' + '"   \n\n' * 75_000,
    "lists": '{"suggestion": ' + "[" * 450_000,
    "parentheses": "{'suggestion': " + "(" * 450_000,
    "minus signs": "{'suggestion': " + "-" * 225_000 + "1}",
    "a sum": "{'suggestion': 1" + "+1" * 200_000 + "}",
    "fences": "```\n" * 110_000,
    "tags": "<variable>" * 45_000,
    "open angles": "<variable" * 45_000,
    "search blocks": "<<<<<<< SEARCH\n" * 30_000,
    "hunks": "@@\n-a\n" * 75_000,
    "headers": "--- a\n+++ b\n" * 40_000,
    "attributes": "x." * 225_000 + "x",
    "definitions": "def f(x): pass\n" * 30_000,
    "thoughts": "</think>\n" * 50_000,
    "more than is read": "x" * 10_000_000,
    "nested": '{"suggestion":' * 30_000 + "{}" + "}" * 30_000,
}


def test_depth_is_bounded_where_a_program_raised_the_recursion_limit():
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    try:
        for case in ("nested", "lists", "braces", "parentheses"):
            with pytest.raises(Unreadable, match="nested too deeply"):
                read(HUGE[case], NAMES)
    finally:
        sys.setrecursionlimit(limit)
    assert not deeper("(" * 400 + ")" * 400) and deeper("(" * 401)
    assert not deeper(")(" * 1000)


@pytest.mark.parametrize("case", HUGE)
def test_no_answer_is_too_large_or_too_deep(case):
    try:
        read(HUGE[case], NAMES)
    except Unreadable as error:
        assert_sentence(str(error))


PIECES = st.sampled_from(
    ['{', '}', '"', "'", '"""', "[", "]", "(", ")", ",", ":", "\\", "\n", "```", "```python\n",
     "<think>", "</think>", "suggestion", '"suggestion": ', "m:RATE", '"m:f": ', "def f(x):", "//",
     "#", "<<<<<<< SEARCH\n", "=======\n", ">>>>>>> REPLACE\n", "@@ -1 +1 @@\n", "--- a\n+++ b\n",
     "<variable>", "<name>", "</name>", "<value>", "</value>", "</variable>", "TERMINATE", "1e999",
     "NaN", "True", "\ud800", "\0", "“", "r'", "-", "+", " "]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join))
@example("{" + "1" * 5000 + "}")
@example('{"suggestion": {"m:RATE": ' + "9" * 5000 + "}}")
def test_any_text_is_read_or_refused(text):
    try:
        found = read(text, NAMES)
    except Unreadable as error:
        assert_sentence(str(error))
    else:
        assert isinstance(found, Suggestion)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_cut_answer_never_gives_what_was_not_said(data):
    values = {"m:RATE": 12.5, "m:f": F, "m:PROMPT": 'say "no", or "m:f": {never}'}
    text = json.dumps({"reasoning": "as I said", "suggestion": values})
    try:
        found = read(text[: data.draw(st.integers(0, len(text)))], NAMES)
    except Unreadable:
        return
    assert dict(found.values).items() <= values.items()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\r")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=6,
)  # fmt: skip
STYLES = {
    "json": json.dumps,
    "indented": lambda value: json.dumps(value, indent=2, ensure_ascii=False),
    "python": repr,
    "fenced": lambda value: f"Here:\n```json\n{json.dumps(value)}\n```\n",
    "prose": lambda value: f"I {{think}} that\n{json.dumps(value)}\nis it.",
    "trailing comma": lambda value: json.dumps(value)[:-1] + ",}",
    "comment": lambda value: "{ // so\n" + json.dumps(value)[1:],
    "thoughts": lambda value: f"<think>{json.dumps(value)[:-1]}</think>{json.dumps(value)}",
}


@settings(max_examples=300, deadline=None)
@example({"m:RATE": "\U00010000"}, "trailing comma")
@given(st.dictionaries(st.sampled_from(NAMES), VALUES, min_size=1), st.sampled_from(sorted(STYLES)))
def test_a_suggestion_reads_back_in_any_style(values, style):
    text = STYLES[style]({"reasoning": "so", "answer": "", "suggestion": values})
    assert dict(read(text, NAMES).values) == values


def assert_sentence(text):
    assert text[0].isupper() or text[0] == "`"
    assert text.endswith((".", "?"))
    assert "\n" not in text
    assert len(text.split()) < 60
    assert len(text) < 600
