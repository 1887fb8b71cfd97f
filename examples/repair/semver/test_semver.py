"""Version.replace() of a subclass gives an object of that subclass."""

import pytest
from semver import Version


class Tagged(Version):
    """A version that prints with a leading v."""

    def __str__(self):
        return "v" + super().__str__()


def test_replace_keeps_the_subclass():
    assert type(Tagged(1, 2, 3).replace(minor=5)) is Tagged


def test_replaced_subclass_behaves_like_one():
    assert str(Tagged(1, 2, 3).replace(prerelease="rc.1")) == "v1.2.3-rc.1"


def test_replace_of_a_plain_version_stays_plain():
    version = Version(1, 2, 3).replace(major=2, patch=0)
    assert type(version) is Version
    assert version == Version(2, 2, 0)


def test_replace_leaves_the_original_alone():
    version = Tagged(1, 2, 3, "rc.1", "build.7")
    assert version.replace(build=None).to_tuple() == (1, 2, 3, "rc.1", None)
    assert version.to_tuple() == (1, 2, 3, "rc.1", "build.7")


def test_replace_of_an_unknown_part_is_an_error():
    with pytest.raises(TypeError, match="unknown"):
        Version(1, 2, 3).replace(unknown=1)


def test_bump_keeps_the_subclass():
    assert type(Tagged(1, 2, 3).bump_minor()) is Tagged
