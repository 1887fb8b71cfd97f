"""Code that is compiled once for many processes is that of the file, or none."""

import os

from tracepy.hook.compiled import Codes


def test_the_code_of_a_file_is_what_its_import_would_run(tmp_path):
    file = tmp_path / "shop.py"
    file.write_text("PRICE = 2\n")
    code = Codes([str(file)]).get(str(file))
    names: dict = {}
    exec(code, names)
    assert (names["PRICE"], code.co_filename) == (2, str(file))


def test_a_file_that_has_changed_or_gone_has_none(tmp_path):
    file = tmp_path / "shop.py"
    file.write_text("PRICE = 2\n")
    codes = Codes([str(file)])
    status = file.stat()
    file.write_text("PRICE = 3\n")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert codes.get(str(file)) is None
    file.unlink()
    assert codes.get(str(file)) is None


def test_a_file_that_does_not_compile_is_left_to_who_imports_it(tmp_path):
    (tmp_path / "broken.py").write_text("def price(:")
    (tmp_path / "odd.py").write_bytes(b"# coding: no-such-encoding\n")
    files = [str(tmp_path / name) for name in ("broken.py", "odd.py", "missing.py")]
    codes = Codes(files)
    assert [codes.get(file) for file in files] == [None, None, None]


def test_a_file_in_its_place_with_the_same_size_and_time_has_none(tmp_path):
    file, other = tmp_path / "shop.py", tmp_path / "other.py"
    file.write_text("PRICE = 2\n")
    codes = Codes([str(file)])
    status = file.stat()
    other.write_text("PRICE = 3\n")
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(file)
    assert codes.get(str(file)) is None
