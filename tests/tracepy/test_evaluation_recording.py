"""What an evaluation keeps of a run that was recorded in part only."""

from __future__ import annotations

from pathlib import Path

from tracepy.evaluation.recording import Recorder
from tracepy.hook.loader import code_of


def test_a_run_that_was_not_recorded_to_its_end_has_values_but_no_graph(tmp_path: Path) -> None:
    parts = range(40)
    text = "\n".join(f"def part{n}(x):\n    y = x + {n}\n    return y" for n in parts)
    calls = " + ".join(f"part{n}(i)" for n in parts)
    text += f"\ndef run(n):\n    return sum({calls} for i in range(n))\n"
    path = str(tmp_path / "sample.py")
    space: dict[str, object] = {"__name__": "sample"}
    exec(code_of(text, path, "sample"), space)
    recorder = Recorder(events=5_000)
    with recorder.record("the run") as case:
        case.judged(space["run"](2_000), failed=False)  # type: ignore[operator]
    facts, graph, problem = recorder.close()
    assert (graph, problem) == (None, "")
    assert facts is not None
    assert facts.values[path][2]["y"][0] == "0"
