"""parse.compile() has to honour `case_sensitive`."""

import parse


def test_compiled_pattern_can_be_case_sensitive():
    parser = parse.compile("Hello {name}", case_sensitive=True)
    assert parser.parse("hello world") is None


def test_compiled_pattern_still_matches_the_exact_case():
    parser = parse.compile("Hello {name}", case_sensitive=True)
    assert parser.parse("Hello world")["name"] == "world"


def test_compiled_search_can_be_case_sensitive():
    parser = parse.compile("Hello {name:w}", case_sensitive=True)
    assert parser.search("say hello you") is None
    assert parser.search("say Hello you")["name"] == "you"


def test_case_is_ignored_unless_asked_for():
    assert parse.compile("Hello {name}").parse("hello world")["name"] == "world"


def test_case_is_ignored_when_that_is_asked_for():
    parser = parse.compile("Hello {name}", case_sensitive=False)
    assert parser.parse("HELLO world")["name"] == "world"


def test_extra_types_still_reach_the_parser():
    parser = parse.compile("{n:Double}", {"Double": lambda text: 2 * int(text)})
    assert parser.parse("21")["n"] == 42
