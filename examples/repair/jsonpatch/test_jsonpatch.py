"""A `replace` one past the end of a list is a conflict, like any other bad index."""

import jsonpatch
import pytest


def replace(document, path, value):
    return jsonpatch.apply_patch(document, [{"op": "replace", "path": path, "value": value}])


def test_replace_just_past_the_end_is_a_conflict():
    with pytest.raises(jsonpatch.JsonPatchConflict):
        replace({"tags": ["a", "b"]}, "/tags/2", "c")


def test_replace_in_an_empty_list_is_a_conflict():
    with pytest.raises(jsonpatch.JsonPatchConflict):
        replace([], "/0", "c")


def test_replace_far_past_the_end_is_a_conflict():
    with pytest.raises(jsonpatch.JsonPatchConflict):
        replace(["a", "b"], "/7", "c")


def test_replace_first_item():
    assert replace(["a", "b", "c"], "/0", "x") == ["x", "b", "c"]


def test_replace_last_item():
    assert replace(["a", "b", "c"], "/2", "x") == ["a", "b", "x"]


def test_replace_the_only_item():
    assert replace({"tags": ["a"]}, "/tags/0", "x") == {"tags": ["x"]}


def test_add_may_go_just_past_the_end():
    patch = [{"op": "add", "path": "/2", "value": "c"}]
    assert jsonpatch.apply_patch(["a", "b"], patch) == ["a", "b", "c"]


def test_remove_past_the_end_is_a_conflict():
    with pytest.raises(jsonpatch.JsonPatchConflict):
        jsonpatch.apply_patch(["a"], [{"op": "remove", "path": "/1"}])


def test_add_far_past_the_end_is_a_conflict():
    with pytest.raises(jsonpatch.JsonPatchConflict):
        jsonpatch.apply_patch(["a"], [{"op": "add", "path": "/2", "value": "c"}])


def test_move_within_a_list():
    patch = [{"op": "move", "from": "/0", "path": "/1"}]
    assert jsonpatch.apply_patch(["a", "b"], patch) == ["b", "a"]
