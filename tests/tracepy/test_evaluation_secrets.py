"""What of a project and of the machine is kept from candidates, and what is not."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.tracepy.test_evaluation_judge import MODULE, judge_of
from tracepy.errors import BaselineError, UserError
from tracepy.evaluation import probe
from tracepy.evaluation.reach import reach
from tracepy.evaluation.secrets import ENTRIES, LEVELS, MOST, of_system, secrets

KEY = "-----BEGIN PRIVATE KEY-----\nsecret\n"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\npublic\n"


def written(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def found_in(folder):
    return {Path(path).relative_to(folder).as_posix() for path in secrets(folder)}


def test_secrets_are_found_wherever_they_lie(tmp_path):
    hidden = {
        ".env": "", "deploy/.env.production": "", "a/b/c/id_ed25519": "", "tls/server.key": "",
        "tls/server.pem": KEY, "tls/both.pem": CERTIFICATE + KEY, "store.p12": "",
        "gcp/service-account.json": f'{{"private_key": "{KEY!r}"}}',
    }  # fmt: skip
    shown = {
        ".env.example": "", "id_rsa.pub": "", "tls/chain.pem": CERTIFICATE, "shop.py": "",
        "gcp/account.json": '{"name": "Ann"}', "keys.json": KEY,
    }  # fmt: skip
    assert found_in(written(tmp_path, hidden | shown)) == set(hidden)


def test_what_others_wrote_is_not_looked_into(tmp_path):
    names = (
        "node_modules/x/test.key",
        "venv/lib/test.key",
        ".env/lib/test.key",
        "site-packages/a.key",
    )
    written(tmp_path, dict.fromkeys(names, ""))
    written(tmp_path, {"venv/pyvenv.cfg": "", ".env/pyvenv.cfg": ""})
    assert found_in(tmp_path) == set()


def test_the_search_ends_at_its_bounds(tmp_path, monkeypatch):
    deep = "/".join("d" * LEVELS)
    written(tmp_path, {f"{deep}/.env": "", f"{deep}/d/.env": ""})
    assert found_in(tmp_path) == {f"{deep}/.env"}
    monkeypatch.setattr("tracepy.evaluation.secrets.ENTRIES", 3)
    assert found_in(tmp_path) == set()
    assert ENTRIES >= 50_000
    monkeypatch.setattr("tracepy.evaluation.secrets.MOST", 2)
    assert len(found_in(written(tmp_path, {f"{n}.key": "" for n in range(3)}))) == 2
    assert MOST >= 300


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("url = https://ann:word@example.com/shop.git", True),
        ("url = https://ghp_word@example.com/shop.git", True),
        ("extraheader = AUTHORIZATION: basic word", True),
        ("url = git@example.com:ann/shop.git", False),
        ("url = ssh://git@example.com/ann/shop.git", False),
        ("url = https://example.com/ann/shop.git", False),
    ],
)
@pytest.mark.parametrize("place", [".git", "part/.git", ".git/modules/part"])
def test_a_repositorys_configuration_is_hidden_where_it_holds_a_password(
    tmp_path, text, hidden, place
):
    written(tmp_path, {f"{place}/config": f'[remote "origin"]\n\t{text}\n', ".git/HEAD": ""})
    assert found_in(tmp_path) == ({f"{place}/config"} if hidden else set())


def test_that_of_the_repository_round_the_project_too(tmp_path):
    written(tmp_path, {".git/config": "token = x", "repo/worktrees/a/commondir": "../..\n"})
    written(tmp_path, {"repo/config": "token = x", "linked/.git": "gitdir: ../repo/worktrees/a\n"})
    (tmp_path / "part").mkdir()
    assert list(secrets(tmp_path / "part")) == [str(tmp_path / ".git/config")]
    assert [os.path.realpath(path) for path in secrets(tmp_path / "linked")] == [
        str(tmp_path / "repo/config")
    ]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can read what others may not")
def test_what_only_root_may_read_is_hidden_from_candidates_of_root(tmp_path):
    found = set(of_system())
    assert "/etc/shadow" in found
    assert "/etc/passwd" not in found
    assert "/etc/shadow" in reach(tmp_path, []).hidden
    assert "/etc/shadow" not in reach(tmp_path, [], ["/etc/shadow"]).hidden


def test_what_the_user_names_is_opened_with_all_that_is_in_it(tmp_path):
    files = (".env", "certs/a.key", "certs/b.key", ".aws/config", ".aws/credentials")
    shop = written(tmp_path.resolve(), dict.fromkeys(files, ""))

    def hidden(*allowed):
        found = reach(shop, [], [str(shop / name) for name in allowed]).hidden
        return {Path(path).relative_to(shop).as_posix() for path in found if str(shop) in path}

    assert hidden() == {".env", "certs/a.key", "certs/b.key", ".aws"}
    assert hidden("certs", ".env") == {".aws"}
    assert hidden(".aws/config", "certs") == {".env", ".aws/credentials"}


READING = """\
import subprocess
import shop

def read(path):
    try:
        return open(path).read()
    except OSError:
        return ""

def score():
    git = subprocess.run(["git", "describe", "--always"], cwd={0!r}, capture_output=True, text=True)
    return 1.0, repr([[read(path) for path in {1!r}], git.stdout, git.stderr])
"""


@pytest.fixture(params=["bwrap", "landlock", "landlock alone"])
def mode(request, monkeypatch):
    """A mode of isolation that this machine offers."""
    name, _, alone = request.param.partition(" ")
    if alone:
        monkeypatch.setattr("tracepy.evaluation.isolation._spaces", lambda: False)
    try:
        probe(name)
    except UserError as error:
        pytest.skip(str(error))
    return name


def test_many_secrets_are_hidden_and_git_still_works(tmp_path, monkeypatch, mode, request):
    shop = written(tmp_path / "home/shop", {f"keys/{n}/{n}.key": "secret" for n in range(300)})
    written(shop, {"shop.py": MODULE, "deploy/.env": "secret", "deploy/plain.txt": "plain"})
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for words in (["init", "-q"], ["remote", "add", "origin", "https://a:b@example.com/x"]):
        subprocess.run(["git", *words], cwd=shop, check=True)
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
    subprocess.run(["git", *who, "commit", "-qm", "x", "--allow-empty"], cwd=shop, check=True)
    names = ("deploy/.env", "keys/299/299.key", ".git/config", "deploy/plain.txt")
    paths = [str(shop / name) for name in names]
    written(shop, {"bench.py": READING.format(str(shop), paths)})
    with judge_of(shop, sandbox=mode) as judge:
        told = judge.baseline().feedback
    assert told.startswith("[['', '', '', 'plain'], '"), told
    # Without namespaces it is refused, not shown empty, which `git` does not forgive.
    assert ("fatal" in told) == ("alone" in request.node.name), told


def test_a_program_that_needs_a_hidden_file_is_told_how_to_open_it(tmp_path, monkeypatch):
    if probe().mode == "limits":
        pytest.skip("this machine offers no isolation")
    written(tmp_path, {"shop.py": MODULE, "deploy/app.key": "secret"})
    written(
        tmp_path,
        {
            "bench.py": READING.format(".", [])
            + "\nassert read('deploy/app.key'), 'app.key is empty'\n"
        },
    )
    monkeypatch.setenv("HOME", str(tmp_path.parent))
    opens = r"deploy/app\.key is kept .* --allow-read"
    with judge_of(tmp_path) as judge, pytest.raises(BaselineError, match=opens):
        judge.baseline()
    with judge_of(tmp_path, cwd=tmp_path, readable=[str(tmp_path / "deploy/app.key")]) as judge:
        assert judge.baseline().score == 1.0
