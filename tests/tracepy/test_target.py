"""Targets: what TARGET may be, and what is said where it is nothing."""

import textwrap

import pytest

from tracepy.errors import UserError
from tracepy.target import resolve


@pytest.fixture
def tree(tmp_path):
    def make(**files):
        for name, text in files.items():
            file = tmp_path / name.replace("__", "/").replace("/init", "/__init__")
            file = file.with_suffix(".py")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text))
        return tmp_path.resolve()

    return make


def names(target):
    return list(target.modules)


def test_a_file(tree):
    root = tree(shop="x = 1\n")
    target = resolve("shop.py", root)
    assert target.modules == {"shop": root / "shop.py"}
    assert (target.root, target.project, target.qualname) == (root, root, None)
    assert target.label == "shop.py"


def test_a_file_with_a_name_in_it(tree):
    root = tree(shop="def pay(): pass\n")
    assert resolve("shop.py:pay", root).qualname == "pay"
    assert resolve(f"{root}/shop.py:Cart.pay", root).qualname == "Cart.pay"


def test_a_file_in_a_package_gets_its_dotted_name(tree):
    root = tree(src__shop__init="", src__shop__api__init="", src__shop__api__cart="x = 1\n")
    target = resolve("src/shop/api/cart.py", root)
    assert names(target) == ["shop.api.cart"]
    assert target.root == root / "src"
    assert names(resolve("src/shop/__init__.py", root)) == ["shop"]


def test_a_package_folder_takes_its_modules_but_not_its_tests(tree):
    root = tree(
        shop__init="", shop__cart="", shop__sub__init="", shop__sub__deep="", shop__test_cart="",
        shop__tests__init="", shop__tests__x="", shop__data__not_a_package="", shop__conftest="",
    )  # fmt: skip
    target = resolve("shop", root)
    assert names(target) == ["shop", "shop.cart", "shop.sub", "shop.sub.deep"]
    assert target.root == root
    assert names(resolve("shop/", root)) == names(target)


def test_a_plain_folder_takes_its_scripts(tree):
    root = tree(jobs__a="", jobs__b="", jobs__pkg__init="", jobs__pkg__c="")
    target = resolve("jobs", root)
    assert names(target) == ["a", "b", "pkg", "pkg.c"]
    assert target.root == root / "jobs"


@pytest.mark.parametrize("folder", ["", "src__"])
def test_a_dotted_name(tree, folder):
    root = tree(**{f"{folder}shop__init": "", f"{folder}shop__cart": "def pay(): pass\n"})
    target = resolve("shop.cart:pay", root)
    assert (names(target), target.qualname) == (["shop.cart"], "pay")
    assert names(resolve("shop", root / folder.strip("_"))) == ["shop", "shop.cart"]


def test_a_dotted_name_without_init_files(tree):
    root = tree(space__inner__cart="x = 1\n")
    target = resolve("space.inner.cart", root)
    assert (names(target), target.root) == (["space.inner.cart"], root)


def test_an_installed_module_is_found_without_importing_it(tree):
    target = resolve("json.decoder:JSONDecoder", tree())
    assert names(target) == ["json.decoder"]
    assert (target.root / "json" / "decoder.py").exists()


def test_the_project_is_the_nearest_pyproject_else_git(tree):
    root = tree(a__b__m="")
    (root / "a" / ".git").mkdir()
    assert resolve("a/b/m.py", root).project == root / "a"
    (root / "pyproject.toml").write_text("")
    assert resolve("a/b/m.py", root).project == root


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("shp.py", r"no such file: shp\.py; did you mean shop\.py\?"),
        ("nowhere/shop.py", r"no such file: nowhere/shop\.py \(there is no folder nowhere\)"),
        ("notes.txt", r"notes\.txt is not a Python file"),
        ("empty", r"empty/ holds no Python module"),
        ("shopp", r"no module shopp: shopp not found; did you mean shop\?"),
        ("pkg.carts", r"no module pkg\.carts: carts not found in pkg; did you mean cart\?"),
        ("sys", r"module sys has no Python source"),
        ("shop.py:", r"is not a target"),
        (":pay", r"is not a target"),
        ("", r"is not a target"),
        ("a b", r"no such file or module: a b"),
    ],
)
def test_what_is_no_target(tree, text, message):
    root = tree(shop="", pkg__init="", pkg__cart="")
    (root / "notes.txt").write_text("")
    (root / "empty").mkdir()
    with pytest.raises(UserError, match=message):
        resolve(text, root)


def test_a_syntax_error_is_shown_with_its_line(tree):
    root = tree(shop="x = 1\ndef pay(:\n    pass\n")
    with pytest.raises(UserError) as caught:
        resolve("shop.py", root)
    first, line, mark = str(caught.value).splitlines()
    assert first.startswith("shop.py:2: syntax error: ")
    assert line == "    def pay(:"
    assert mark.index("^") == line.index("(:") + 1


@pytest.mark.parametrize("data", [b"x = '\xe9'\n", b"# coding: nonsense\n", b"x = 1\0\n"])
def test_bytes_that_are_not_python_are_named(tmp_path, data):
    (tmp_path / "bad.py").write_bytes(data)
    with pytest.raises(UserError, match=r"bad\.py"):
        resolve("bad.py", tmp_path.resolve())


def test_a_symbolic_link_is_followed(tree):
    root = tree(real__shop="x = 1\n")
    (root / "link.py").symlink_to(root / "real" / "shop.py")
    assert resolve("link.py", root).modules == {"shop": root / "real" / "shop.py"}
