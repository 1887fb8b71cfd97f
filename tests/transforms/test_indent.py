"""Blocks move left and right; the insides of their strings do not."""

import pytest

from tracepy.transforms.indent import dedent, indent, string_rows

BLOCK = 'def f():\n    """Doc\n  in."""\n\n    x = f"""{\n  1}\n"""\n    return (1 +\n  2)\n'
MOVED = (
    '\tdef f():\n\t    """Doc\n  in."""\n\n\t    x = f"""{\n  1}\n"""\n\t    return (1 +\n\t  2)\n'
)


def test_indent_and_dedent_undo_each_other():
    assert indent(BLOCK, "\t") == MOVED
    assert dedent(MOVED, "\t") == BLOCK
    assert indent(BLOCK, "") == dedent(BLOCK, "") == BLOCK


def test_lines_that_begin_inside_a_string_are_known():
    assert string_rows(BLOCK) == {3, 6, 7}
    assert string_rows("x = 'a\\\nb'\n") == {2}


def test_form_feeds_do_not_end_a_line():
    assert indent("a = 1\n\x0cb = 2\n", "  ") == "  a = 1\n  \x0cb = 2\n"


def test_a_block_that_cannot_be_read_is_a_syntax_error():
    with pytest.raises(SyntaxError):
        indent("x = '''a\n", "  ")
