"""The run store: what was asked, what was tried, what came of it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tracepy.closing import Closing
from tracepy.store import answers, contents, ids, runs
from tracepy.store import calls as model_calls
from tracepy.store import place as places
from tracepy.store.answers import Answer
from tracepy.store.codec import patch_bytes, storable
from tracepy.store.database import Database
from tracepy.store.evaluations import BATCH, Evaluations
from tracepy.store.records import EvaluationRow, ModelCall, Run, RunStatus, Spent
from tracepy.store.removal import remove
from tracepy.store.verdicts import Recorded, Verdict


class Store(Closing):
    """A live handle on the runs of one project.

    Every method is one transaction, on disk when it returns: what was stored before
    a `kill -9` is there after it. Several processes may use one store at a time. All methods
    raise `UserError` where the database cannot be read or written.
    """

    def __init__(self, place: places.Place) -> None:
        self._database = Database(place)
        self._evaluations = Evaluations(self._database)
        self._graph: tuple[str, str] | None = None

    @classmethod
    def open(cls, project: Path) -> Store:
        """The store in which runs of `project` are kept; made where there is none.

        Raises:
            UserError: it can neither be opened nor made.
        """
        return cls(places.writable(project))

    @classmethod
    def covering(cls, folder: Path) -> Store | None:
        """The store of `folder` or of the nearest folder above that has one."""
        place = places.existing(folder)
        return None if place is None else cls(place)

    @property
    def label(self) -> str:
        """Where it is, for people to read."""
        return self._database.place.label

    @property
    def place(self) -> places.Place:
        """Where it is, to open it again: `Store(place)`."""
        return self._database.place

    @property
    def note(self) -> str:
        """Why it is not where one would look first; empty where it is."""
        return self._database.place.note

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def create(
        self,
        *,
        target: str,
        optimizer: str,
        settings: Mapping[str, Any],
        objective: str,
        files: Mapping[str, bytes],
        about: Mapping[str, Any] | None = None,
        graph: str | None = None,
    ) -> str:
        """A new run that starts from `files` (absolute path -> bytes); its id.

        Args:
            about: The fields of `Run` from `base` on.
            graph: The execution graph of the program as it stands, as JSON text.
        """
        with self._database.writing() as connection:
            run_id = runs.begin(
                connection,
                target=target,
                optimizer=optimizer,
                settings=settings,
                objective=objective,
                files=files,
                about=about or {},
            )
            if graph is not None:
                runs.change(connection, run_id, self._new_graph(run_id, graph))
        return run_id

    def leave(self, run_id: str) -> None:
        """Say that nobody runs a run any more that has not come to its end."""
        with self._database.writing() as connection:
            if runs.row_of(connection, run_id).status == "running":
                runs.change(connection, run_id, {"status": "interrupted"})

    def reopen(self, run_id: str) -> None:
        """Take a run up again that was interrupted: it is this process's now.

        Raises:
            UserError: it is finished, or another process runs it.
        """
        with self._database.writing() as connection:
            runs.take_up(connection, run_id)

    def add(
        self,
        run_id: str,
        rows: Sequence[EvaluationRow],
        whole: Sequence[Verdict] = (),
        *,
        seconds: float | None = None,
        calls: Mapping[int, int] | None = None,
    ) -> None:
        """Keep evaluations: all that one call gives, or none of them.

        Args:
            run_id: Whose they are.
            rows: The evaluations.
            whole: The whole verdict on each of them, where the run may be gone on with.
            seconds: Wall-clock time of the run so far.
            calls: Which came of model calls: number of the call -> number of the evaluation.
        """
        self._evaluations.add(run_id, rows, whole, seconds, calls or {})

    def add_calls(self, run_id: str, calls: Sequence[ModelCall]) -> None:
        """Keep model calls. They cost money, so they are written at once.

        One that was asked again, since it had come to no answer, takes the place of the first.
        """
        if calls:
            with self._database.writing() as connection:
                model_calls.keep(connection, run_id, calls)

    def calls(self, run_id: str, evaluations: Iterable[int] | None = None) -> list[ModelCall]:
        """The model calls of a run, in order: all, or those that these evaluations came of."""
        with self._database.reading() as connection:
            return model_calls.read(connection, run_id, evaluations)

    def came_of_calls(self, run_id: str) -> dict[int, int]:
        """Which evaluations came of model calls: number of the evaluation -> of its last call."""
        with self._database.reading() as connection:
            return model_calls.results(connection, run_id)

    def spent(self, run_id: str) -> Spent:
        """What the model calls of a run took, all in all."""
        return sum(self.spent_on(run_id).values(), Spent())

    def spent_on(self, run_id: str) -> dict[str, Spent]:
        """What each model's calls took, by its name, in the order of their first calls."""
        with self._database.reading() as connection:
            return model_calls.spent(connection, run_id)

    def known(self, keys: Sequence[str]) -> dict[str, Recorded]:
        """Verdicts by what they are known as (`Verdict.known_as`), of whatever run."""
        return self._evaluations.known(keys)

    def recorded(self, run_id: str, start: int = 0, limit: int = BATCH) -> list[Recorded]:
        """Whole verdicts of a run from a number on, so many at most."""
        return self._evaluations.recorded(run_id, start, limit)

    def answer(self, run_id: str, given: Sequence[Answer], *, seconds: float) -> None:
        """Keep what the judge said, as it came, and the wall-clock time of the run so far."""
        with self._database.writing() as connection:
            answers.keep(connection, run_id, given)
            runs.change(connection, run_id, {"seconds": seconds})

    def answers(self, run_id: str, start: int = 0, limit: int = BATCH) -> list[Answer]:
        """What the judge said from a place on, in order, so many at most."""
        with self._database.reading() as connection:
            return answers.read(connection, run_id, start, limit)

    def finish(
        self,
        run_id: str,
        *,
        status: RunStatus,
        baseline: float | None,
        best: float | None,
        improved: bool,
        evaluations: int,
        seconds: float,
        new: Mapping[str, bytes],
        parameters: Sequence[Mapping[str, Any]],
        patch: str,
        graph: str | None = None,
        fixes: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """How a run ended; with the status `running`, the best so far of one that goes on.

        That is what a Ctrl-C or a kill leaves behind.

        Args:
            new: Absolute path to bytes of the files that the winner changes.
            fixes: What reaches the goal, the best first, as `Fix.to_dict` gives it.
        """
        values: dict[str, Any] = {
            "status": status,
            "baseline": baseline,
            "best": best,
            "improved": improved,
            "evaluations": evaluations,
            "seconds": seconds,
            "parameters": json.dumps([dict(item) for item in parameters]),
            "patch": patch_bytes(patch),
            "fixes": json.dumps([dict(item) for item in fixes]),
        }
        values |= self._new_graph(run_id, graph)
        with self._database.writing() as connection:
            runs.change(connection, run_id, values)
            contents.keep_new(connection, run_id, new)

    def _new_graph(self, run_id: str, graph: str | None) -> dict[str, Any]:
        """The column of a graph that is not stored yet: it is the same for each new best."""
        if graph is None or self._graph == (run_id, graph):
            return {}
        self._graph = run_id, graph
        return {"graph": zlib.compress(storable(graph).encode())}

    def about_to_write(
        self, run_id: str, written: Mapping[str, bytes], before: Mapping[str, bytes]
    ) -> None:
        """Keep what files will hold and what they hold now (absolute path -> bytes).

        Done before the first of them is changed, so that a killed `apply` can be ended or taken
        back. `mark` says that it came to its end.
        """
        with self._database.writing() as connection:
            contents.keep_written(connection, run_id, written, before)

    def mark(self, run_id: str, applied: bool | None) -> None:
        """Whether what was `about_to_write` now stands in the files; None where it never did."""
        with self._database.writing() as connection:
            runs.change(connection, run_id, {"applied": applied})
            if not applied:
                contents.drop_written(connection, run_id)

    def remove(self, run_ids: Sequence[str]) -> None:
        """Drop runs with all that was tried, and give the space back.

        Raises:
            UserError: one of them is running; none is dropped then.
        """
        with self._database.writing() as connection:
            remove(connection, run_ids)
        self._database.compact()

    def sizes(self) -> dict[str, int]:
        """Bytes that each run's own rows take; files that runs share are not counted.

        Their sum is less than the file's size: indexes and pages have a share of their own.
        """
        with self._database.reading() as connection:
            return runs.sizes(connection)

    def disk(self) -> int | None:
        """Bytes of the store's files; None where it is no file."""
        return self._database.disk()

    def runs(self) -> list[Run]:
        """All runs, the newest last."""
        with self._database.reading() as connection:
            return [runs.run_of(connection, row) for row in runs.all_rows(connection)]

    def ids(self) -> list[str]:
        """The ids of all runs, the newest last."""
        with self._database.reading() as connection:
            return ids.all_ids(connection)

    def find(self, text: str) -> Run:
        """The run that `text` names: an id, a prefix of just one, or `last`.

        Raises:
            UserError: no run or several match; near misses are named.
        """
        with self._database.reading() as connection:
            run_id = ids.chosen(text, ids.all_ids(connection), self.label)
            return runs.run_of(connection, runs.row_of(connection, run_id))

    def evaluations(self, run_id: str, *, sources: bool = True) -> list[EvaluationRow]:
        """All that was tried in a run, in order, with the changed files' texts if `sources`."""
        return self._evaluations.all(run_id, sources=sources)

    def each(self, run_id: str) -> Iterator[EvaluationRow]:
        """As `evaluations`, some at a time: the texts of all candidates need not be held at once."""
        return self._evaluations.each(run_id)

    def evaluation(self, run_id: str, number: int) -> EvaluationRow:
        """One candidate of a run. Raises UserError where there is none of this number."""
        return self._evaluations.one(run_id, number)

    def graph(self, run_id: str) -> str | None:
        """The execution graph that was kept with a run, as JSON text."""
        with self._database.reading() as connection:
            return runs.graph_of(connection, run_id)
