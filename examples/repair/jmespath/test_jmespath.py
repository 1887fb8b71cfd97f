"""The parser keeps its last expressions; it has to survive being asked for many."""

import jmespath
import pytest
from jmespath.parser import Parser


@pytest.fixture(autouse=True)
def empty_cache():
    Parser.purge()
    yield
    Parser.purge()


def test_more_expressions_than_the_cache_holds():
    for number in range(300):
        assert jmespath.search(f"key{number}", {f"key{number}": number}) == number
    assert 0 < len(Parser._CACHE) <= Parser._MAX_SIZE


def test_half_of_a_full_cache_is_kept():
    for number in range(Parser._MAX_SIZE + 1):
        jmespath.compile(f"key{number}")
    assert len(Parser._CACHE) == Parser._MAX_SIZE // 2 + 1


def test_an_expression_is_parsed_once():
    parser = Parser()
    assert parser.parse("a.b[0]") is parser.parse("a.b[0]")


def test_a_few_expressions_are_all_kept():
    for expression in ("a", "a.b", "a[0]"):
        jmespath.compile(expression)
    assert sorted(Parser._CACHE) == ["a", "a.b", "a[0]"]


def test_parse_errors_are_not_kept():
    with pytest.raises(jmespath.exceptions.ParseError):
        jmespath.compile("a.[")
    assert not Parser._CACHE
