"""Late binding: a lambda made in a loop keeps the loop's variable as it was, `lambda x, n=n: …`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.places import loads
from tracepy.transforms.mutate.survey import parameters

_LOOPS = (ast.For, ast.AsyncFor)


def closures(site: Site) -> Iterator[Draft]:
    """A default argument for each loop variable that a lambda reads."""
    looped = [node.target for node in site.parents if isinstance(node, _LOOPS)]
    looped += [n.target for n in ast.walk(site.statement) if isinstance(n, ast.comprehension)]
    variables = {
        node.id for target in looped for node in ast.walk(target) if isinstance(node, ast.Name)
    }
    for place in loads(site):
        node = place.node
        if not isinstance(node, ast.Lambda) or node.args.vararg or node.args.kwonlyargs:
            continue
        own = {argument.arg for argument in parameters(node)}
        free = {n.id for n in ast.walk(node.body) if isinstance(n, ast.Name)} - own
        for name in sorted(free & variables):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.defaults]
            if arguments:
                at, text = max(site.source.span(item)[1] for item in arguments), f", {name}={name}"
            else:
                at, text = place.start + len("lambda"), f" {name}={name}"
            yield Draft("closure", (Edit(at, at, text),), 1.0, f"keep `{name}` as it is")
