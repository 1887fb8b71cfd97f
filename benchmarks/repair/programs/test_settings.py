import settings

TEXT = """
# main
name = shop
[db]
host = local
url = a=b
"""


def test_names_before_any_section():
    assert settings.parse(TEXT)[""] == {"name": "shop"}


def test_sections():
    assert settings.parse(TEXT)["db"]["host"] == "local"


def test_only_the_first_sign_parts():
    assert settings.parse(TEXT)["db"]["url"] == "a=b"


def test_nothing():
    assert settings.parse("") == {"": {}}


def test_lookup():
    assert settings.lookup(settings.parse(TEXT), "db", "host") == "local"


def test_lookup_of_an_unknown_key():
    assert settings.lookup(settings.parse(TEXT), "db", "port", 5) == 5


def test_lookup_in_an_unknown_section():
    assert settings.lookup(settings.parse(TEXT), "web", "port") is None
