"""What is known of functions that programs call but do not define: their like, their arguments."""

from __future__ import annotations

_ALIKE = (
    ("strip", "lstrip", "rstrip"), ("find", "rfind", "index", "rindex"), ("split", "rsplit"),
    ("split", "splitlines", "partition"), ("partition", "rpartition"), ("append", "extend", "add"),
    ("append", "appendleft", "insert"), ("pop", "popleft"), ("sort", "sorted", "reverse"),
    ("min", "max", "sum"), ("any", "all"), ("startswith", "endswith"), ("ljust", "rjust", "center"),
    ("lower", "casefold", "upper"), ("title", "capitalize"), ("keys", "items", "values"),
    ("update", "add", "extend"), ("remove", "discard", "pop"), ("get", "pop", "setdefault"),
    ("union", "intersection", "difference"), ("isdigit", "isnumeric", "isdecimal", "isalnum"),
    ("isalpha", "isalnum", "isidentifier"), ("read", "readline", "readlines"),
    ("match", "search", "fullmatch"), ("findall", "finditer"), ("round", "int", "floor", "ceil"),
    ("removeprefix", "lstrip"), ("removesuffix", "rstrip"), ("encode", "decode"),
    ("int", "float", "str"), ("list", "tuple", "set", "sorted"), ("copy", "deepcopy"),
    ("str", "repr"), ("isinstance", "issubclass"), ("bisect_left", "bisect_right"),
    ("dirname", "basename"), ("dump", "dumps"), ("load", "loads"), ("format", "join"),
    ("heappush", "heappop"), ("reversed", "sorted"), ("issubset", "issuperset"),
    ("permutations", "combinations"), ("abs", "round"), ("floor", "ceil", "trunc"),
    ("write", "writelines"), ("getattr", "hasattr"), ("range", "len"), ("sin", "cos"),
    ("len", "sum", "max", "min"), ("group", "groups", "groupdict"), ("start", "end", "span"),
    ("islower", "isupper", "isalpha", "isdigit", "isspace"), ("get", "setdefault"),
    ("chr", "ord"), ("zip", "zip_longest"), ("map", "filter"),
)  # fmt: skip
SIBLINGS: dict[str, dict[str, None]] = {}
for _group in _ALIKE:
    for _one in _group:
        SIBLINGS.setdefault(_one, {}).update(dict.fromkeys(o for o in _group if o != _one))
"""Functions and methods that are taken for each other."""

USUAL: dict[str, tuple[str, ...]] = {
    "get": ("0", "''", "None", "[]", "{}", "False", "1", "float('inf')", "()", "set()", "0.0"),
    "pop": ("0", "-1", "None"),
    "getattr": ("None",),
    "next": ("None",),
    "split": ("','", "' '", "None, 1", "1"),
    "sum": ("0", "[]", "start=0"),
    "sorted": ("reverse=True", "key=len", "key=str"),
    "sort": ("reverse=True", "key=len", "key=str"),
    "max": ("default=0", "default=None", "0", "1", "key=len"),
    "min": ("default=0", "default=None", "0", "key=len"),
    "round": ("2", "1"),
    "range": ("1", "0"),
    "enumerate": ("1",),
    "zip": ("strict=True",),
    "int": ("10", "16", "2"),
    "open": ("encoding='utf-8'", "'rb'", "'w'"),
    "replace": ("1",),
    "pow": ("-1",),
}
"""Arguments that functions are often given besides."""

METHODS: dict[str, tuple[str, ...]] = {
    "str": ("split", "join", "strip", "startswith", "endswith", "replace", "lower", "format", "upper",
            "encode", "find", "rstrip", "lstrip", "isdigit", "splitlines", "count", "rsplit",
            "partition", "title", "index", "rfind", "zfill", "isalpha", "isspace", "isalnum",
            "capitalize", "rpartition", "casefold", "isupper", "islower", "ljust", "rjust",
            "translate", "removeprefix", "removesuffix", "isidentifier", "center", "expandtabs",
            "swapcase"),
    "bytes": ("decode", "split", "join", "strip", "startswith", "endswith", "replace", "find", "hex",
              "rstrip", "lstrip", "lower", "upper", "splitlines", "count", "partition"),
    "list": ("append", "extend", "pop", "insert", "remove", "sort", "index", "reverse", "copy",
             "count", "clear"),
    "dict": ("get", "items", "keys", "values", "update", "pop", "setdefault", "copy", "clear",
             "popitem"),
    "set": ("add", "update", "remove", "discard", "union", "difference", "intersection", "pop", "copy",
            "issubset", "issuperset", "clear", "difference_update", "symmetric_difference"),
    "tuple": ("index", "count"),
    "deque": ("append", "popleft", "pop", "appendleft", "extend", "clear", "rotate"),
}  # fmt: skip
"""Methods of built-in types, roughly by how often programs call them."""

KEYWORDS: dict[str, tuple[str, ...]] = {
    "max": ("key", "default"),
    "min": ("key", "default"),
    "sorted": ("key", "reverse"),
    "sort": ("key", "reverse"),
    "sum": ("start",),
    "enumerate": ("start",),
    "print": ("sep", "end", "file", "flush"),
    "open": ("mode", "encoding", "newline", "errors", "buffering"),
    "int": ("base",),
    "zip": ("strict",),
    "split": ("sep", "maxsplit"),
    "rsplit": ("sep", "maxsplit"),
    "splitlines": ("keepends",),
    "encode": ("encoding", "errors"),
    "decode": ("encoding", "errors"),
    "dumps": ("indent", "sort_keys", "default", "separators", "ensure_ascii", "cls"),
    "dump": ("indent", "sort_keys", "default", "separators", "ensure_ascii", "cls"),
    "get_close_matches": ("n", "cutoff"),
    "field": ("default", "default_factory", "repr", "compare", "init", "hash"),
    "dataclass": ("frozen", "slots", "order", "eq"),
    "accumulate": ("func", "initial"),
    "zip_longest": ("fillvalue",),
    "groupby": ("key",),
    "product": ("repeat",),
    "bisect_left": ("lo", "hi", "key"),
    "bisect_right": ("lo", "hi", "key"),
    "nlargest": ("key",),
    "nsmallest": ("key",),
    "makedirs": ("mode", "exist_ok"),
    "mkdir": ("parents", "exist_ok", "mode"),
}
"""Keyword arguments of functions that no module defines itself."""
