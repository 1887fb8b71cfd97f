"""Table A.1 of the paper: right answers of the test set in percent, by task.

Counting every example once, its columns give the paper's Table 1 within 0.2, but for Trace
without reasoning: 68.0 of all, 77.8 of language, 60.9 of algorithms; Table 1 has 59.5, 70.9, 51.1.
"""

from __future__ import annotations

ROWS = (
    "DSPy", "DSPy reasoning", "DSPy COPRO", "DSPy COPRO reasoning",
    "optoprime online", "optoprime online reasoning",
)  # fmt: skip
"""The rows of our table that its columns stand beside; each column is of GPT-4-0125-Preview."""
TASKS = {
    "boolean_expressions": (0.0, 98.26, 64.35, 98.26, 88.7, 96.5),
    "causal_judgement": (7.78, 70.66, 74.25, 70.66, 70.1, 54.5),
    "date_understanding": (69.13, 85.65, 69.13, 85.65, 70.4, 85.7),
    "disambiguation_qa": (67.83, 66.09, 73.91, 66.09, 75.7, 59.1),
    "dyck_languages": (0.0, 8.7, 7.83, 8.7, 26.5, 9.6),
    "formal_fallacies": (1.74, 81.3, 62.17, 81.3, 73.5, 67.8),
    "geometric_shapes": (50.43, 62.17, 59.13, 60.43, 49.6, 62.2),
    "hyperbaton": (74.78, 86.52, 74.78, 88.26, 78.3, 91.7),
    "logical_deduction_five_objects": (70.0, 80.43, 70.0, 74.78, 48.7, 75.7),
    "logical_deduction_seven_objects": (68.7, 64.78, 68.7, 64.78, 45.7, 69.6),
    "logical_deduction_three_objects": (85.22, 97.39, 85.22, 97.83, 91.7, 97.0),
    "movie_recommendation": (83.48, 76.09, 83.48, 76.09, 81.3, 75.7),
    "multistep_arithmetic_two": (0.0, 93.04, 0.0, 93.04, 94.8, 88.7),
    "navigate": (0.0, 95.65, 0.0, 97.39, 59.6, 92.6),
    "object_counting": (0.0, 40.0, 0.0, 74.35, 42.2, 80.4),
    "penguins_in_a_table": (69.84, 92.86, 97.62, 92.86, 81.7, 91.3),
    "reasoning_about_colored_objects": (53.04, 91.3, 89.13, 91.3, 91.3, 95.7),
    "ruin_names": (84.35, 87.83, 84.35, 87.83, 87.8, 90.0),
    "salient_translation_error_detection": (51.3, 70.87, 51.3, 69.57, 63.0, 70.0),
    "snarks": (86.08, 87.34, 86.08, 87.97, 81.6, 87.3),
    "sports_understanding": (0.0, 0.0, 0.0, 0.0, 79.6, 45.7),
    "temporal_sequences": (99.57, 99.13, 97.39, 99.13, 97.8, 98.3),
    "tracking_shuffled_objects_five_objects": (37.83, 96.09, 37.83, 96.09, 58.3, 88.7),
    "tracking_shuffled_objects_seven_objects": (37.39, 90.0, 90.43, 90.43, 37.8, 87.8),
    "tracking_shuffled_objects_three_objects": (39.13, 94.35, 97.39, 93.91, 38.7, 96.5),
    "web_of_lies": (0.0, 0.0, 0.0, 0.0, 49.6, 90.4),
    "word_sorting": (0.0, 0.0, 0.0, 0.43, 84.3, 74.3),
}


def of(method: str, task: str) -> float | None:
    """The share that the paper has for a row and a task; None where it has none."""
    return TASKS[task][ROWS.index(method)] / 100 if method in ROWS else None
