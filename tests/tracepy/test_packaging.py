"""What is installed is what is here."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Folders that are installed inside the package.
INSIDE = {"cli": "tracepy.cli", "transforms": "tracepy.transforms", "tracepy": "tracepy"}


def test_every_package_is_installed() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    found = {
        ".".join([name, *init.parent.relative_to(ROOT / folder).parts])
        for folder, name in INSIDE.items()
        for init in (ROOT / folder).rglob("__init__.py")
    }
    assert found == set(settings["packages"])
