"""match_file() answers with a bool, whether or not a pattern is about the file."""

import pytest
from pathspec import PathSpec


@pytest.fixture
def spec():
    return PathSpec.from_lines("gitwildmatch", ["*.pyc", "!keep.pyc", "build/"])


def test_a_file_that_no_pattern_is_about(spec):
    assert spec.match_file("main.py") is False


def test_an_empty_spec_matches_nothing():
    assert PathSpec.from_lines("gitwildmatch", []).match_file("main.py") is False


def test_a_matching_file(spec):
    assert spec.match_file("pkg/main.pyc") is True


def test_an_excluded_file(spec):
    assert spec.match_file("keep.pyc") is False


def test_a_folder(spec):
    assert spec.match_file("build/lib/x.py") is True


def test_match_files(spec):
    files = ["main.py", "main.pyc", "keep.pyc", "build/x"]
    assert sorted(spec.match_files(files)) == ["build/x", "main.pyc"]


def test_check_file_says_which_pattern_decided(spec):
    assert spec.check_file("keep.pyc").index == 1
    assert spec.check_file("main.py").include is None
