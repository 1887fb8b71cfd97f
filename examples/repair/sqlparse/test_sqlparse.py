"""Formatting returns text; it does not write to standard output."""

import sqlparse

QUERY = "select a, b from t where a = 1 and b = 2"


def test_reindent_prints_nothing(capsys):
    sqlparse.format(QUERY, reindent=True)
    assert capsys.readouterr().out == ""


def test_reindent_of_two_statements_prints_nothing(capsys):
    sqlparse.format(f"{QUERY}; {QUERY};", reindent=True)
    assert capsys.readouterr().out == ""


def test_where_starts_a_line_and_its_conditions_are_indented():
    lines = sqlparse.format(QUERY, reindent=True).splitlines()
    assert lines == ["select a,", "       b", "from t", "where a = 1", "  and b = 2"]


def test_nested_where_is_indented_with_its_query():
    query = "select a from (select a from t where a = 1 and c = 3) where a = 2"
    assert sqlparse.format(query, reindent=True).splitlines() == [
        "select a",
        "from",
        "  (select a",
        "   from t",
        "   where a = 1",
        "     and c = 3)",
        "where a = 2",
    ]


def test_without_where_nothing_changes(capsys):
    assert sqlparse.format("select a from t", reindent=True) == "select a\nfrom t"
    assert capsys.readouterr().out == ""


def test_order_and_limit_start_lines():
    assert sqlparse.format("select a from t order by a limit 3", reindent=True).splitlines() == [
        "select a",
        "from t",
        "order by a",
        "limit 3",
    ]


def test_join_starts_a_line():
    query = "select a from t join u on t.a = u.a"
    assert sqlparse.format(query, reindent=True) == "select a\nfrom t\njoin u on t.a = u.a"


def test_cases_are_aligned():
    query = "select case when a = 1 then 2 else 3 end from t"
    assert sqlparse.format(query, reindent=True).splitlines() == [
        "select case",
        "           when a = 1 then 2",
        "           else 3",
        "       end",
        "from t",
    ]


def test_without_reindent_the_text_stays():
    assert sqlparse.format(QUERY) == QUERY
