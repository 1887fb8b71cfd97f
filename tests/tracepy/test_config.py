"""Configuration: the table in pyproject.toml, and the command line that wins over it."""

import pytest

from tracepy.config import load, parse_duration, parse_size, settings_from
from tracepy.errors import UserError
from tracepy.settings import Settings


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("60s", 60), ("2m", 120), ("1.5h", 5400), ("250ms", 0.25), ("10", 10), (" 3 s ", 3),
     (2.5, 2.5), ("1d", 86400), (".5s", 0.5), ("5min", 300)],
)  # fmt: skip
def test_durations(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [("2GiB", 2 * 1024**3), ("512MB", 512 * 10**6), ("1.5k", 1536), ("10", 10), (4096, 4096),
     ("3 B", 3), ("1kB", 1000), ("1TiB", 1024**4), ("2g", 2 * 1024**3)],
)  # fmt: skip
def test_sizes(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "fast", "-1s", "1 2", "1y", "s", True, None, float("nan")])
def test_what_is_no_duration(text):
    with pytest.raises(UserError, match="is not a duration"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["", "big", "-1MB", "1XB", "1GiX", "1s", -5])
def test_what_is_no_size(text):
    with pytest.raises(UserError, match="is not a size"):
        parse_size(text)


@pytest.fixture
def project(tmp_path):
    def make(table: str, head: str = "[tool.tracepy]\n"):
        (tmp_path / "pyproject.toml").write_text(head + table)
        return tmp_path

    return make


class TestLoad:
    def test_every_setting_under_its_long_name(self, project):
        found = load(
            project(
                'instrument = ["mypkg.*"]\npytest = ["tests/test_a.py"]\ntrain = "m:*"\n'
                'time = "2m"\ntimeout = 5\nmemory-limit = "1GiB"\nworkers = 2\nminimize = true\n'
                "goal = 1\n"
            )
        )
        assert found == {
            "instrument": ("mypkg.*",), "pytest": ("tests/test_a.py",), "train": ("m:*",),
            "time": 120.0, "timeout": 5.0, "memory_limit": 1024**3, "workers": 2,
            "minimize": True, "goal": 1.0,
        }  # fmt: skip

    def test_underscores_do_as_well(self, project):
        assert load(project('memory_limit = "1kB"\n')) == {"memory_limit": 1000}

    def test_no_file_and_no_table_are_empty(self, tmp_path, project):
        assert load(tmp_path) == {}
        assert load(project("", "[project]\nname = 'x'\n")) == {}

    @pytest.mark.parametrize(
        ("table", "message"),
        [
            ("tran = 'x'", r"no such key: tran; did you mean train"),
            ("memory-limt = 1", r"no such key: memory-limt; did you mean memory-limit"),
            ("evaluations = '5'", r"evaluations must be a whole number, not '5'"),
            ("evaluations = true", r"evaluations must be a whole number, not True"),
            ("goal = 'high'", r"goal must be a number"),
            ("pytest = [1]", r"pytest must be a list of texts"),
            ("minimize = 'yes'", r"minimize must be true or false"),
            ("objective = ''", r"objective must be a text"),
            ("time = 'soon'", r"time: 'soon' is not a duration"),
            ("memory-limit = 1\nmemory_limit = 2", r"given twice"),
            ("x = = 1", r"is not TOML"),
        ],
    )
    def test_mistakes_name_the_file_and_the_key(self, project, table, message):
        with pytest.raises(UserError, match=message) as caught:
            load(project(table))
        assert "pyproject.toml" in str(caught.value)

    def test_the_table_must_be_one(self, project):
        with pytest.raises(UserError, match=r"tool\.tracepy must be a table"):
            load(project("tracepy = 3\n", "[tool]\n"))


class TestSettings:
    def test_nothing_given_is_the_defaults(self):
        assert settings_from({}, {"objective": None, "pytest": (), "minimize": False}) == Settings()

    def test_the_command_line_wins_option_by_option(self):
        settings = settings_from(
            {"seed": 1, "workers": 2, "train": ("a",)},
            {"workers": 3, "train": ("b",), "seed": None},
        )
        assert (settings.seed, settings.workers, settings.train) == (1, 3, ("b",))
        assert settings_from({"seed": 1}, {"seed": 0}).seed == 0

    def test_texts_of_the_command_line_are_read(self):
        settings = settings_from({}, {"time": "2m", "timeout": "500ms", "memory_limit": "1GiB"})
        assert (settings.time, settings.timeout, settings.memory_limit) == (120, 0.5, 1024**3)

    def test_an_objective_given_replaces_the_file_s_of_any_kind(self):
        file = {"dataset": "d.jsonl", "call": "m:f", "metric": "close"}
        settings = settings_from(file, {"pytest": ("tests",)})
        assert (settings.dataset, settings.call, settings.pytest) == (None, None, ("tests",))
        assert settings.metric == "exact"

    def test_another_data_set_is_called_as_the_file_says(self):
        file = {"dataset": "a.jsonl", "call": "m:f", "metric": "close"}
        settings = settings_from(file, {"dataset": "b.jsonl"})
        assert (settings.dataset, settings.call, settings.metric) == ("b.jsonl", "m:f", "close")

    def test_the_direction_given_replaces_the_file_s(self):
        assert not settings_from({"minimize": True}, {"maximize": True}).minimize
        assert settings_from({"maximize": True}, {"minimize": True}).minimize

    def test_options_of_other_commands_are_passed_over(self):
        assert settings_from({"instrument": ("a",), "json": True}, {"patch": "x"}) == Settings()

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"objective": "m:f", "command": "make"}, "--objective and --command were given"),
            ({"pytest": ("a",), "dataset": "d", "call": "m:f"}, "one objective at a time"),
            ({"call": "m:f"}, "--call needs --dataset"),
            ({"dataset": "d.jsonl"}, "--dataset needs --call"),
            ({"metric": "close"}, "--metric needs --dataset"),
            ({"evaluations": -1}, "--evaluations must be at least 1, not -1"),
            ({"iterations": 0}, "--iterations must be at least 1"),
            ({"workers": 0}, "--workers must be at least 1"),
            ({"time": "0s"}, "--time must be above 0"),
            ({"timeout": 0}, "--timeout must be above 0"),
            ({"memory_limit": "0"}, "--memory-limit must be above 0"),
            ({"goal": float("nan")}, "--goal must be a finite number"),
            ({"timeout": "soon"}, "--timeout: 'soon' is not a duration"),
            ({"minimize": True, "maximize": True}, "contradict"),
        ],
    )
    def test_mistakes(self, given, message):
        with pytest.raises(UserError, match=message):
            settings_from({}, given)
