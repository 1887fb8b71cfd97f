"""Prompts in the paper's experiments: TextGrad's comparison, DSPy beside, the greeting; all by rules."""

from __future__ import annotations

import importlib.util
import json
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from types import ModuleType

import pytest

import tracepy
from benchmarks.paper import bbh, bbh_online, bbh_published, bbh_tasks, student, textgrad_tasks
from benchmarks.paper.__main__ import main
from benchmarks.paper.cells import Cells
from benchmarks.paper.domain import Asked, Found, Model
from benchmarks.paper.peers import running
from benchmarks.paper.programs import instructed_metric
from tests import greeter
from tests.model_server import Failing, ModelServer

EXAMPLES = Path(__file__).parents[2] / "examples"
SORT = "Sort the following words alphabetically: List: "


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Task files as BIG-Bench Hard has them, with words to sort."""
    folder = tmp_path / "bbh"
    folder.mkdir()
    rows = [{"input": f"{SORT}pear fig {n:03}", "target": f"{n:03} fig pear"} for n in range(250)]
    for task in ("word_sorting", "object_counting"):
        (folder / f"{task}.json").write_text(json.dumps({"examples": rows}))
    monkeypatch.setenv("TRACEPY_BBH", str(folder))
    yield folder


def module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.mark.parametrize(
    ("reply", "expected", "right"),
    [
        ("Two and three are five.\nAnswer: 5", "5", 1.0),
        ("Answer: it is 5 apples", "5", 1.0),
        ("Answer: 1,200", "1200", 1.0),
        ("Answer: 15", "5", 0.0),
        ("5", "5", 1.0),
        ("I do not know", "5", 0.0),
    ],
)
def test_a_number_is_the_last_one_of_the_answer(reply: str, expected: str, right: float) -> None:
    assert instructed_metric.number(reply, expected) == right


def test_words_count_in_their_order() -> None:
    assert instructed_metric.words("Sorted.\nAnswer: Apple, fig, pear", "apple fig pear") == 1.0
    assert instructed_metric.words("Answer: fig apple pear", "apple fig pear") == 0.0


def test_splits_are_textgrads(data: Path) -> None:
    found = textgrad_tasks.split("word_sorting")
    assert [len(found[name]) for name in ("train", "validation", "test")] == [50, 100, 100]
    assert found["test"][0]["target"] == "150 fig pear"


def test_gsm8k_says_where_its_data_are_to_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACEPY_GSM8K", raising=False)
    with pytest.raises(FileNotFoundError, match="set TRACEPY_GSM8K"):
        textgrad_tasks.split("gsm8k")


def test_gsm8ks_answers_stand_behind_the_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = json.dumps({"question": "How much is it?", "answer": "600 twice.\n#### 1,200"})
    for name in ("train", "test"):
        (tmp_path / f"{name}.jsonl").write_text(f"{line}\n" * 101)
    monkeypatch.setenv("TRACEPY_GSM8K", str(tmp_path))
    found = textgrad_tasks.split("gsm8k")
    assert found["train"] == [{"input": "How much is it?", "target": "1,200"}]


def test_an_epoch_ends_after_three_batches_of_three() -> None:
    train = [{"input": str(n), "target": ""} for n in range(50)]
    found = textgrad_tasks.batches(train, seed=0)
    assert [len(batch) for batch in found] == [3] * 9
    epoch = [row["input"] for batch in found[:3] for row in batch]
    assert len(set(epoch)) == 9, "an epoch shows no example twice"
    assert found == textgrad_tasks.batches(train, seed=0)
    assert found != textgrad_tasks.batches(train, seed=1)


def test_the_server_knows_the_forms_of_dspy_and_textgrad() -> None:
    asked = f"[[ ## question ## ]]\n{SORT}b a\n\nRespond with the fields [[ ## answer ## ]]."
    assert "[[ ## answer ## ]]\nIt is a b." in student.reply([{"content": asked}], None)
    new = student.reply([{"content": "Write it between <IMPROVED_VARIABLE> tags."}], None)
    system = new.removeprefix("<IMPROVED_VARIABLE>").removesuffix("</IMPROVED_VARIABLE>")
    messages = [{"content": system}, {"content": f"Question: {SORT}b a"}]
    assert student.reply(messages, None).endswith("Answer: a b")


def test_a_peer_cannot_be_played_back() -> None:
    asked = Asked("bbh", "DSPy", 0, 1, model=Model("gpt", replay="recordings"))
    with pytest.raises(ValueError, match="no recording"):
        running.ran("bbh_dspy", running.DSPY, asked, {}, student.reply)


def test_the_papers_table_by_task_is_that_of_all_tasks() -> None:
    assert set(bbh_published.TASKS) == {*bbh.TASKS}
    assert bbh_published.of("DSPy", "snarks") == 0.8608
    assert bbh_published.of("hybrid", "snarks") is None
    algorithmic = fmean(bbh_published.TASKS[task][1] for task in bbh.ALGORITHMIC)
    assert algorithmic == pytest.approx(68.0, abs=0.05), "as in its Table 1"


def test_tasks_stand_beside_the_papers(tmp_path: Path) -> None:
    asked = Asked("bbh", "DSPy", 1, 1, model=Model("local"))
    found = Found({"all": [0.5, 0.5]}, {"task": "word_sorting"})
    Cells(asked, tmp_path).keep(asked, bbh.DOMAIN.methods["DSPy"], found, 1.0)
    rows = {row["task"]: row for row in bbh_tasks.rows(Model("local"), tmp_path)}
    assert rows["word sorting"]["DSPy"] == "50.0 / 0.0"
    assert rows["snarks"]["optoprime online"] == "- / 81.6"


def test_the_greeting_is_an_ordinary_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES / "greeting"))
    agent = module(EXAMPLES / "greeting" / "agent.py")
    assert agent.greeting("es", "Juan") == "Hola, Juan!"
    assert "tracepy." not in (EXAMPLES / "greeting" / "agent.py").read_text()
    copies = [(EXAMPLES / name / "model.py").read_text() for name in ("bbh", "greeting")]
    assert copies[0] == copies[1]


def test_a_model_that_is_busy_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    model = module(EXAMPLES / "bbh" / "model.py")
    waited: list[float] = []
    monkeypatch.setattr(model.time, "sleep", waited.append)
    with ModelServer(lambda messages, tools: str(len(messages))) as server:
        monkeypatch.setenv("STUDENT_API_BASE", server.url)
        server.next(Failing(429), Failing(503))
        assert model.ask("How many?", "Count the messages.") == "2"
        server.next(Failing(401))
        with pytest.raises(urllib.error.HTTPError):
            model.ask("How many?")
    assert waited == [2, 4]


def test_the_papers_loop_keeps_the_best_by_validation(tmp_path: Path) -> None:
    class Told:
        """Steps whose outcomes are told beforehand."""

        target = tmp_path / "program.py"
        failed = False
        outcomes = iter([(False, "first"), (True, "first"), (False, "second"), (True, "second")])
        shares = iter([0.8, 0.6])

        def step(self, number: int, batch: object) -> tuple[bool, str]:
            return next(self.outcomes)

        def share(self, name: str) -> float:
            return next(self.shares)

    Told.target.write_text("start")
    found = bbh_online.trained(Told(), [{}, {}, {}, {}])  # type: ignore[arg-type]
    assert Told.target.read_text() == "first"
    assert found == {"judged": 2, "changed": 2}


def test_a_program_that_raises_gives_way_to_the_best_one(tmp_path: Path) -> None:
    class Told:
        """Steps of which a program that holds "broken" raises; what ran is noted."""

        target = tmp_path / "program.py"
        failed = False
        outcomes = iter([(True, "good"), (False, "broken"), (False, "broken"), (True, "good")])
        ran: list[str]

        def step(self, number: int, batch: object) -> tuple[bool, str]:
            self.ran.append(self.target.read_text())
            self.failed = self.ran[-1] == "broken"
            return next(self.outcomes)

        def share(self, name: str) -> float:
            return 0.5

    told = Told()
    told.ran = []
    told.target.write_text("good")
    found = bbh_online.trained(told, [{}, {}, {}])  # type: ignore[arg-type]
    assert told.ran == ["good", "good", "broken", "good"]
    assert told.target.read_text() == "good"
    assert found == {"judged": 2, "changed": 1}


@pytest.mark.slow
def test_the_greeting_is_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in (EXAMPLES / "greeting").iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    with ModelServer(greeter.reply) as server:
        monkeypatch.setenv("STUDENT_API_BASE", server.url)
        result = tracepy.optimize(
            tmp_path / "agent.py", cwd=tmp_path, optimizer="optoprime", evaluations=10,
            model=("openai/gpt-4o-mini",), api_base=server.url,
        )  # fmt: skip
    assert (result.baseline, result.best) == (0.0, 1.0)


@pytest.mark.slow
def test_a_system_prompt_is_trained_in_steps(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--quick", "--model", "local", "--optimizer", "optoprime", "--workers", "1"]
    assert main(["word_sorting", *arguments]) == 0
    told = capsys.readouterr().out
    (row,) = (line for line in told.splitlines() if line.startswith("optoprime") and "test" in line)
    assert "0 ± 0" in row
    assert "1 ± 0" in row


@pytest.mark.slow
def test_big_bench_hard_runs_small(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ["--optimizer", "as it stands", "--optimizer", "optoprime online"]
    arguments = ["--quick", "--model", "local", "--seeds", "1", "--workers", "1", *rows]
    assert main(["bbh", *arguments]) == 0
    told = capsys.readouterr().out
    assert "needs a model" not in told
    (row,) = (line for line in told.splitlines() if line.startswith("optoprime online  all"))
    assert "1 ± 0" in row
