"""Inputs that may tell fixes apart."""

from tracepy.fixes.inputs import MOST, inputs

TEXT = "def price(n, off=0, *more, unit='kg', **named): ...\n\n\ndef name(s): ...\n"


def made(*recorded: dict[str, str], function: str = "price"):
    return inputs(
        {"m.py": {function: recorded}}, {"m.py": "m"}, {"m.py": TEXT}, {"m.py": {function}}
    )


def texts(*recorded: dict[str, str], function: str = "price") -> list[str]:
    return [one.text for one in made(*recorded, function=function)]


def test_recorded_calls_come_first_and_without_their_defaults():
    found = made({"n": "5", "off": "0"}, {"n": "7", "off": "2"})
    assert [one.text for one in found[:2]] == ["price(5)", "price(7, 2)"]
    assert [one.recorded for one in found[:3]] == [True, True, False]


def test_numbers_go_up_down_to_nothing_and_below():
    assert {"price(6)", "price(4)", "price(0)", "price(-5)"} <= set(texts({"n": "5"}))


def test_texts_become_empty_longer_and_turned():
    found = texts({"s": "'ab'"}, function="name")
    assert {"name('')", "name('abb')", "name('ba')", "name('AB')"} <= set(found)


def test_lists_lose_gain_and_change_items():
    found = texts({"s": "[3, 1]"}, function="name")
    assert {"name([])", "name([3])", "name([1, 3])", "name([3, 1, 1])", "name([4, 1])"} <= set(
        found
    )


def test_what_another_call_had_is_tried_none_too():
    assert "price(None, 2)" in texts({"n": "5", "off": "2"}, {"n": "None", "off": "1"})


def test_other_kinds_of_parameters():
    found = texts({"n": "5", "off": "1", "more": "(8,)", "unit": "'g'", "named": "{'a': 1}"})
    assert found[0] == "price(5, 1, 8, unit='g', a=1)"


def test_no_input_twice_and_not_too_many():
    recorded = [{"n": str(i), "off": str(i * i)} for i in range(40)]
    found = made(*recorded)
    assert len(found) == MOST
    assert len({tuple(one.arguments.values()) for one in found}) == MOST
