"""What can be evaluated once more without changing anything, on values of builtin types."""

from __future__ import annotations

METHODS = frozenset({
    "bit_length", "capitalize", "casefold", "center", "copy", "count", "decode", "difference",
    "encode", "endswith", "expandtabs", "find", "format", "get", "index", "intersection",
    "is_integer", "isalnum", "isalpha", "isdecimal", "isdigit", "isdisjoint", "isidentifier",
    "islower", "isnumeric", "isspace", "issubset", "issuperset", "istitle", "isupper", "items",
    "join", "keys", "ljust", "lower", "lstrip", "partition", "removeprefix", "removesuffix",
    "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split", "splitlines",
    "startswith", "strip", "swapcase", "symmetric_difference", "title", "union", "upper", "values",
    "zfill",
})  # fmt: skip
"""Methods of builtin types that change nothing, and whose results depend on nothing else."""

FUNCTIONS = frozenset({
    "abs", "all", "any", "ascii", "bool", "bytes", "callable", "chr", "dict", "divmod", "float",
    "frozenset", "int", "isinstance", "issubclass", "len", "list", "max", "min", "ord", "range",
    "repr", "round", "set", "slice", "sorted", "str", "sum", "tuple", "type",
})  # fmt: skip
"""Builtin functions of that kind, on arguments that are no iterators."""
