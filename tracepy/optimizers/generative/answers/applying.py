"""From a suggestion to a program, or to sentences that say why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tracepy.optimizers.base import Task
from tracepy.optimizers.generative.answers.draft import Draft, Wish
from tracepy.optimizers.generative.answers.names import meant, resolve, shown
from tracepy.optimizers.generative.answers.placing import source_of
from tracepy.optimizers.generative.answers.records import Applied, Suggestion
from tracepy.parameters import Parameter
from tracepy.transforms.edit import Edit


def apply(
    task: Task,
    sources: Mapping[str, str],
    parameters: Sequence[Parameter],
    suggestion: Suggestion,
) -> Applied:
    """The program with a suggestion, all of it or none.

    Args:
        task: What the run improves.
        sources: The program: texts of the files that differ from the originals.
        parameters: Its parameters, as `task.find(sources)` gives them.
        suggestion: What to change.

    Returns:
        The new program. Where anything was refused the suggestion does not count as applied;
        what was valid of it is there, marked as `partial`.
    """
    draft = Draft(task, sources, parameters)
    wanted = _wanted(draft, suggestion)
    functions = [p for p in parameters if p.kind == "function"]
    literals = [p for p in parameters if p.kind != "function"]
    # What holds another goes first; what is within it is then looked for in its new text.
    for parameter in sorted(functions, key=lambda p: (p.path, p.start)):
        if parameter.name in wanted:
            draft.attempt(lambda name=parameter.name: draft.function(name, wanted))  # type: ignore[misc]
    for parameter in literals:
        if parameter.name in wanted:
            draft.attempt(lambda name=parameter.name: draft.literal(name, wanted[name]))  # type: ignore[misc]
    return draft.applied(bool(suggestion))


def _wanted(draft: Draft, suggestion: Suggestion) -> dict[str, Wish]:
    wishes: dict[str, Wish] = {}
    names = list(draft.parameters)
    for written, given in suggestion.values.items():
        name = resolve(written, names)
        if name is None:
            draft.problems.append(
                f"There is no parameter `{shown(written)}`: {meant(written, names)}"
                + ("" if meant(written, names).endswith("?") else ".")
            )
        elif name in wishes:
            draft.problems.append(f"`{name}` is given twice: give it once.")
        else:
            wishes[name] = Wish(given)
    placed_edits: dict[str, list[Edit]] = {}
    for edit in suggestion.edits:
        name = resolve(edit.name_or_path, names) if edit.name_or_path else None
        if name is not None and name in wishes and not wishes[name].edits:
            draft.problems.append(f"`{name}` is given anew and edited too: do one of them.")
        elif name is not None:
            wish = wishes.get(name, Wish())
            wishes[name] = replace(wish, edits=(*wish.edits, edit))
        else:
            draft.attempt(lambda edit=edit: draft.place(edit, placed_edits))  # type: ignore[misc]
    for name, edits in placed_edits.items():
        if name in wishes:
            draft.problems.append(f"`{name}` is changed in two ways: change it in one.")
            continue
        parameter = draft.parameters[name]
        try:
            new = source_of(*draft.unix(parameter), edits)
        except ValueError:
            draft.problems.append(f"Two edits of `{name}` overlap: make one of them.")
            continue
        wishes[name] = Wish(new)
    return wishes
