"""Why an edit is tried, in a sentence: where it is, why there, and why this edit."""

from __future__ import annotations

from tracepy.evaluation.records import Evaluation

_FINDINGS = {
    "changes": "it changes what happens there in failing cases",
    "passes": "an edit to the same effect made a failing case pass",
    "near": "another edit of it made a failing case pass",
    "little": "it changes nothing there in some failing cases",
    "nothing": "it changes nothing there in failing cases",
    "breaks": "it raises an error there",
    "in vain": "an edit to the same effect left a failing case failing",
}


class Reasons:
    """Says of lines of one program why they are suspected.

    Args:
        evaluation: The verdict whose trace says so.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self._trace = evaluation.trace
        self._wrong = {case.name for case in evaluation.cases if case.score < 1}

    def why(self, path: str, line: int, family: str, finding: str) -> str:
        """Why an edit of a family is tried at a line.

        Args:
            path: The file.
            line: The first line of the statement.
            family: The family of the edit.
            finding: What `Guide.finding` says of it.
        """
        parts = [self._ran(path, line), self._sliced(path, line), _FINDINGS.get(finding, "")]
        told = "; ".join(part for part in parts if part)
        return f"{family}: {told}" if told else family

    def _ran(self, path: str, line: int) -> str:
        if self._trace is None or not self._trace.cases:
            return ""
        ran = {name for name, files in self._trace.cases.items() if line in files.get(path, ())}
        if not self._wrong:
            return f"line {line} ran" if ran else f"line {line} did not run"
        cases = self._trace.cases
        wrong, right = self._wrong & set(cases), set(cases) - self._wrong
        if not ran:
            return f"line {line} ran in no case"
        text = f"line {line} ran in {len(ran & wrong)} of {len(wrong)} failing"
        return f"{text} and {len(ran & right)} of {len(right)} passing cases"

    def _sliced(self, path: str, line: int) -> str:
        if self._trace is None or not self._trace.sliced:
            return ""
        inside = line in self._trace.sliced.get(path, {})
        return "what is judged depends on it" if inside else "not in the slice of what is judged"
