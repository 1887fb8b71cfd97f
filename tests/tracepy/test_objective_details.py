"""Feedback that is more than text: tables, records, exceptions, pictures."""

from __future__ import annotations

import base64
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracepy import Feedback
from tracepy.evaluation.records import Evaluation, Picture, kind_of
from tracepy.evaluation.verdict import check
from tracepy.objective.details import text_of
from tracepy.objective.pictures import LARGEST, pictures
from tracepy.objective.scores import ScoreError, read
from tracepy.objective.shell import verdict


def png(side: int = 1) -> bytes:
    """A black picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return len(data).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)

    head = side.to_bytes(4) * 2 + b"\x08\x00\x00\x00\x00"
    rows = zlib.compress((b"\x00" * (side + 1)) * side, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_list_of_records_is_a_table() -> None:
    rows = [
        {"city": "Oslo", "error": 0.25},
        {"city": "Bergen", "error": 1 / 3, "note": "late\nbus"},
    ]
    assert text_of(rows) == ("city | error | note\nOslo | 0.25 | \nBergen | 0.333333 | late bus")


def test_a_long_table_is_folded_in_its_middle() -> None:
    text = text_of([{"n": n} for n in range(1000)])
    assert len(text.splitlines()) < 60
    assert "rows left out" in text and text.endswith("999")


def test_a_mapping_has_a_line_a_key_and_an_exception_its_frames() -> None:
    try:
        {}["missing"]
    except KeyError as error:
        text = text_of({"phase": "load", "why": error})
    assert text.startswith("phase: load\nwhy: \n  KeyError: 'missing'\n")
    assert "test_objective_details.py" in text


@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(
    st.text(), x), max_leaves=20))  # fmt: skip
def test_any_plain_data_is_text(value: Any) -> None:
    assert isinstance(text_of(value), str)


def test_feedback_carries_details_cases_and_pictures(tmp_path: Path) -> None:
    file = tmp_path / "plot.png"
    file.write_bytes(png())
    found = read(
        Feedback(
            0.5, "half", images=[file, png(2)], details={"missed": 3}, cases={"a": (0.0, "no")}
        ),
        "the objective",
    )
    assert found.text == "half\nmissed: 3"
    assert (found.cases[0].name, found.cases[0].score, found.cases[0].text) == ("a", 0.0, "no")
    assert [one.kind for one in found.images] == ["image/png", "image/png"]
    assert base64.b64decode(found.images[0].data) == png()


class Figure:
    """Looks like a figure of matplotlib."""

    def savefig(self, into: Any, format: str) -> None:
        assert format == "png"
        into.write(png())


class Broken:
    def savefig(self, into: Any, format: str) -> None:
        raise RuntimeError("no backend")


def test_what_is_no_picture_is_left_out_and_said() -> None:
    found, left_out = pictures(
        [Figure(), b"<svg/>", "missing.png", 3, Broken(), png() + b"x" * LARGEST]
    )
    assert len(found) == 1
    assert [text.split(":")[0] for text in left_out] == [
        "image 2 is neither PNG, JPEG, GIF nor WebP",
        "image 3 cannot be read",
        "image 4 cannot be read",
        "image 5 cannot be read",
        "image 6 is left out, it has 1.0 MiB",
    ]
    assert len(pictures([png()] * 9)[0]) == 4


def test_details_that_cannot_be_shown_are_an_error_of_the_objective() -> None:
    class Odd:
        def __str__(self) -> str:
            raise ValueError("odd")

    with pytest.raises(ScoreError, match="cannot be shown: odd"):
        read(Feedback(1.0, details=Odd()), "the objective")


def test_a_command_names_pictures_and_tables(tmp_path: Path) -> None:
    (tmp_path / "plot.png").write_bytes(png())
    line = '{"score": 0.5, "feedback": [{"a": 1}], "images": ["plot.png", "none.png"]}'
    found = verdict(0, f"working\n{line}\n", "the command", tmp_path)
    assert found.score == 0.5
    assert found.feedback.startswith("a\n1\nimage 2 cannot be read")
    assert len(found.images) == 1


@pytest.mark.parametrize(
    "picture",
    [
        Picture("image/svg+xml", base64.b64encode(b"<svg/>").decode()),
        Picture("image/png", base64.b64encode(b"<script>").decode()),
        Picture("image/jpeg", base64.b64encode(png()).decode()),
        Picture("image/png", "no base64!"),
    ],
)
def test_a_forged_picture_is_no_verdict(picture: Picture) -> None:
    with pytest.raises(ValueError):
        check(Evaluation("ok", 1.0, images=(picture,)))


def test_pictures_cross_process_borders() -> None:
    one = Evaluation("ok", 1.0, images=(Picture("image/png", "aGk="),))
    assert Evaluation.from_dict(one.to_dict()) == one
    assert kind_of(b"GIF89a") == "image/gif"
    assert kind_of(b"RIFF0000WEBP") == "image/webp"
    assert kind_of(b"\xff\xd8\xff\xe0") == "image/jpeg"
