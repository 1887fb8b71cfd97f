"""Splits a task of BIG-Bench Hard into data sets: 15 examples to train on, 5 to choose by, the rest to test.

    python prepare.py TASK.json [FOLDER]

TASK.json is a file of https://github.com/suzgunmirac/BIG-Bench-Hard (MIT), folder `bbh`. Writes
train.jsonl, validation.jsonl and test.jsonl.
"""

import json
import sys
from pathlib import Path

TRAIN, VALIDATION = 15, 5


def split(examples: list[dict]) -> dict[str, list[dict]]:
    """The examples of each data set, by its name."""
    middle = TRAIN + VALIDATION
    return {
        "train": examples[:TRAIN],
        "validation": examples[TRAIN:middle],
        "test": examples[middle:],
    }


def main(task: Path, folder: Path) -> None:
    """Write the three files."""
    examples = json.loads(task.read_text("utf-8"))["examples"]
    for name, rows in split(examples).items():
        lines = [json.dumps({"input": row["input"], "expected": row["target"]}) for row in rows]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{name}.jsonl: {len(rows)} examples")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "."))
