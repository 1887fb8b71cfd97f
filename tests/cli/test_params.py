"""`tracepy params`: the list that people and programs read."""

import json

import pytest

from tracepy.cli.main import main

SHOP = """\
RATE = 0.2  # tracepy: train in [0, 1]
# tracepy: train "at most 80 words"
PROMPT = "{long}"
TAGS = {{"a"}}  # tracepy: train

class Cart:
    @property  # tracepy: train
    def total(self):
        return 1
""".format(long="word " * 30)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.py").write_text(SHOP)
    return tmp_path


def test_plain_text_is_aligned(shop, capsys):
    assert main(["params", "shop.py"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        "name", "shop:RATE", "shop:PROMPT", "shop:TAGS", "shop:Cart.total",
    ]  # fmt: skip
    column = lines[0].index("constraint")
    assert lines[1][column:].startswith("in [0, 1] ")
    assert lines[2][column:].startswith('"at most 80 words" ')
    assert lines[2].endswith("…")
    assert lines[4].endswith("shop.py:7  def total(self): (3 lines)")


def test_json_is_a_list_and_nothing_else(shop, capsys):
    assert main(["params", "shop.py", "--json"]) == 0
    records = json.loads(capsys.readouterr().out)
    assert records[0] == {
        "name": "shop:RATE", "kind": "number", "constraint": "in [0, 1]", "file": "shop.py",
        "line": 1, "value": 0.2,
    }  # fmt: skip
    assert records[1]["value"] == "word " * 30
    assert records[2]["value"] == "{'a'}"
    assert records[3]["value"].startswith("@property")


def test_train_and_freeze_come_from_the_command_line_or_the_project(shop, capsys):
    assert main(["params", "shop.py", "--freeze", "*:Cart.*", "--freeze", "[PT]*", "--json"]) == 0
    assert [item["name"] for item in json.loads(capsys.readouterr().out)] == ["shop:RATE"]
    (shop / "pyproject.toml").write_text('[tool.tracepy]\nfreeze = ["RATE"]\n')
    assert main(["params", "shop.py", "--json"]) == 0
    assert "shop:RATE" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["shp.py"], "did you mean shop.py?"),
        (["shop.py", "--train", "RTE"], "--train RTE matches no parameter of shop.py"),
        (["shop:Crt"], "no function, class or literal of that name"),
    ],
)
def test_mistakes_are_one_message_and_exit_status_2(shop, capsys, arguments, message):
    assert main(["params", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
