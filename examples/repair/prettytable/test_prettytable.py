"""A table whose columns were never named can hold a cell that reads None."""

from prettytable import PrettyTable


def cells(table):
    """The text of the cells, row by row, heading first."""
    lines = [line for line in table.get_string().splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_none_in_a_table_without_field_names():
    table = PrettyTable()
    table.add_row(["a", None])
    assert cells(table) == [["Field 1", "Field 2"], ["a", "None"]]


def test_the_word_none_in_a_table_without_field_names():
    table = PrettyTable()
    table.add_row(["None", 1])
    table.add_row(["b", 2])
    assert cells(table)[1:] == [["None", "1"], ["b", "2"]]


def test_none_in_a_table_with_field_names():
    table = PrettyTable(["x", "y"])
    table.add_row(["a", None])
    assert cells(table) == [["x", "y"], ["a", "None"]]


def test_none_is_replaced_where_a_text_is_given():
    table = PrettyTable(["x", "y"], none_format="-")
    table.add_row([None, "a"])
    table.add_row([1, None])
    assert cells(table)[1:] == [["-", "a"], ["1", "-"]]


def test_none_is_replaced_in_one_column_only():
    table = PrettyTable(["x", "y"])
    table.none_format["y"] = "?"
    table.add_row([None, None])
    assert cells(table)[1:] == [["None", "?"]]


def test_other_cells_without_field_names():
    table = PrettyTable()
    table.add_row(["a", 1])
    assert cells(table)[1:] == [["a", "1"]]
