"""Source: exact text, and positions that agree with `ast`."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracepy.transforms.source import Source


@pytest.mark.parametrize(
    ("data", "encoding", "bom"),
    [
        (b"x = 1\r\ny = 2", "utf-8", False),
        (b"\xef\xbb\xbfx = '\xc3\xa9'\n", "utf-8", True),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "iso-8859-1", False),
        (b"#!/bin/python\n# coding: cp1252\nx = '\x80'\n", "cp1252", False),
        (b"# coding: latin-1\rx = '\xe9'\r", "iso-8859-1", False),
        (b"", "utf-8", False),
        (b"\x0cx = 1\r\ty = 2\x0b\n", "utf-8", False),
    ],
)
def test_decoding_and_encoding_keep_every_byte(data, encoding, bom):
    source = Source.decode(data, "m.py")
    assert (source.encoding, source.bom) == (encoding, bom)
    assert source.encode(source.text) == data


@pytest.mark.parametrize("data", [b"x = '\xe9'\n", b"# coding: no-such\n"])
def test_bytes_that_lie_are_syntax_errors(data):
    with pytest.raises(SyntaxError):
        Source.decode(data, "m.py")


def test_the_line_end_is_that_of_the_first_line():
    assert [Source(text).newline for text in ("a\r\nb\n", "a\rb", "a\n", "a")] == [
        "\r\n", "\r", "\n", "\n",
    ]  # fmt: skip


@given(st.lists(st.sampled_from(["é", "😀", "a", "\f", "\x0b", "\x85", "\u2028", " "]), max_size=6),
       st.sampled_from(["\n", "\r\n", "\r"]))  # fmt: skip
def test_segments_are_what_ast_points_at(letters, end):
    comment, text = "".join(letters), "".join(x for x in letters if x.isprintable())
    code = end.join(["\f", f"# {comment}", f"x = '{text}', 12; y = '''{text}", "''', [3]", ""])
    source = Source(code)
    segments = {
        source.segment(node): ast.literal_eval(node)
        for node in ast.walk(source.tree)
        if isinstance(node, (ast.Constant, ast.List))
    }
    assert segments["12"] == 12
    assert segments["[3]"] == [3]
    assert all(ast.literal_eval(segment) == value for segment, value in segments.items())
    assert source.line_at(code.index("[3]")) == 4
    assert source.line(4) == f"''', [3]{end}"
