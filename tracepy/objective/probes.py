"""Single calls of functions as the objective: what comes of each, told as data, judged by nobody.

It tells programs apart that the run's own objective takes for equally good. Each call's arguments
are made anew from literals, so that one call cannot spoil the next.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import re
from itertools import islice
from typing import Any

from tracepy.evaluation.records import Case, Evaluation
from tracepy.objective.callables import call, load
from tracepy.objective.context import Context
from tracepy.objective.limits import TookTooLong, limited
from tracepy.objective.record import Objective
from tracepy.objective.values import encode

_SHOWN = 120  # characters of an outcome
_ITEMS = 200  # of a generator, which may never end
# Of calls that never end, so many are waited for; what comes after them is not tried.
_PATIENCE = 2
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def run(objective: Objective, context: Context) -> Evaluation:
    """Make the calls; a case for each, whose text is the outcome as `[shown, digest]`."""
    seconds, most = objective.spec["seconds"], objective.spec.get("shown", _SHOWN)
    cases: list[Case] = []
    late = 0
    for number, (module, function, arguments) in enumerate(objective.spec["calls"]):
        if late >= _PATIENCE:
            break
        try:
            with limited(seconds):
                shown, whole = _outcome(module, function, arguments, most)
        except TookTooLong:
            late += 1
            shown, whole = "takes too long", ""
        except (Exception, SystemExit) as error:
            shown, whole = f"raises {type(error).__name__}"[:_SHOWN], ""
        digest = hashlib.sha256(whole.encode(errors="replace")).hexdigest()[:16]
        cases.append(Case(str(number), 0.0, json.dumps([shown, digest])))
    return Evaluation("ok", 0.0, "", tuple(cases))


def _outcome(module: str, function: str, arguments: dict[str, str], most: int) -> tuple[str, str]:
    """The result as a reader sees it, and all that tells it from another one."""
    given = {name: ast.literal_eval(text) for name, text in arguments.items()}
    code = load(module, function)
    args, kwargs = _bound(code, given)
    result = call(code, *args, **kwargs)
    if inspect.isgenerator(result):
        result = list(islice(result, _ITEMS))
    tree, rough = encode(result)
    # A function may do its work on its arguments.
    whole = json.dumps([tree, rough, encode([args, kwargs])[0]])
    if not rough:
        shown = repr(result)
    else:
        shown = str(tree["object"][1]) if _is_object(tree) else f"<{rough}>"
    return _ADDRESS.sub("", shown)[:most], _ADDRESS.sub("", whole)


def _is_object(tree: Any) -> bool:
    return isinstance(tree, dict) and "object" in tree


def _bound(function: Any, given: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Positional and keyword arguments, of values by parameter. What is new has its default."""
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if name not in given:
            continue
        if parameter.kind is parameter.VAR_POSITIONAL:
            args += given[name]
        elif parameter.kind is parameter.VAR_KEYWORD:
            kwargs |= given[name]
        elif parameter.kind is parameter.KEYWORD_ONLY:
            kwargs[name] = given[name]
        else:
            args.append(given[name])
    return args, kwargs
