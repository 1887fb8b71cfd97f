"""The historical bugs: which release had which, and which blocks of lines mended it.

They were looked for in the neighbouring releases of eight packages whose source distributions
have tests: blocks of at most three lines, in releases that changed little else in the module, that
mend something, and without which a test of the fixed release fails. All that were found this way
are here, but for those whose like is here already; whether `search` repairs one had no say.
"""

from __future__ import annotations

from benchmarks.search.history import Historical as Bug

_PARSE = ("parse.py", ("test_parse.py",))
_PATCH = ("jsonpatch.py", ("tests.py",))
_MORE = ("more_itertools/more.py", ("tests/test_more.py",))
_POINTER = ("jsonpointer==2.4",)


def _sqlparse(broken: str, fixed: str, module: str, test: str, *blocks: int, mark: str = "") -> Bug:
    return Bug("sqlparse", broken, fixed, f"sqlparse/{module}.py", (f"tests/test_{test}.py",), blocks, mark=mark)  # fmt: skip


RELEASES = (
    Bug("parse", "1.8.4", "1.9.0", *_PARSE, (5,)),
    Bug("parse", "1.11.1", "1.12.0", *_PARSE, (3,)),
    Bug("parse", "1.12.1", "1.13.0", *_PARSE, (4,), mark="a"),
    Bug("parse", "1.12.1", "1.13.0", *_PARSE, (5,), mark="b"),
    Bug("jsonpatch", "1.20", "1.21", *_PATCH, (1,), _POINTER),
    Bug("jsonpatch", "1.23", "1.24", *_PATCH, (3,), _POINTER),
    Bug("jsonpatch", "1.24", "1.25", *_PATCH, (1,), _POINTER),
    Bug("jmespath", "0.9.0", "0.9.1", "jmespath/lexer.py", ("tests/test_parser.py",), (1,)),
    Bug("jmespath", "1.0.0", "1.0.1", "jmespath/parser.py", ("tests/test_parser.py",), (0,)),
    Bug("cachetools", "4.1.0", "4.1.1", "cachetools/lfu.py", ("tests/test_lfu.py",), (0,)),
    Bug("cachetools", "4.2.0", "4.2.1", "cachetools/lru.py", ("tests/test_lru.py",), (0,)),
    Bug("more-itertools", "8.1.0", "8.2.0", *_MORE, (5,)),
    Bug("more-itertools", "8.7.0", "8.8.0", *_MORE, (1,)),
    Bug("more-itertools", "8.8.0", "8.9.0", *_MORE, (5,)),
    Bug("more-itertools", "9.0.0", "9.1.0", *_MORE, (3,)),
    Bug("boltons", "23.0.0", "23.1.0", "boltons/cacheutils.py", ("tests/test_cacheutils.py",), (0, 1), mark="a"),
    Bug("boltons", "23.0.0", "23.1.0", "boltons/funcutils.py", ("tests/test_funcutils_fb_py3.py",), (0,), mark="b"),
    Bug("boltons", "23.0.0", "23.1.0", "boltons/tbutils.py", ("tests/test_tbutils_parsed_exc.py",), (1,), mark="c"),
    Bug("tabulate", "0.8.9", "0.8.10", "tabulate.py", ("test/test_internal.py",), (6,)),
    _sqlparse("0.3.0", "0.3.1", "keywords", "grouping", 4),
    _sqlparse("0.3.1", "0.4.0", "engine/statement_splitter", "split", 3, mark="a"),
    _sqlparse("0.3.1", "0.4.0", "engine/statement_splitter", "split", 4, mark="b"),
    _sqlparse("0.3.1", "0.4.0", "filters/others", "format", 6, mark="c"),
    _sqlparse("0.3.1", "0.4.0", "filters/reindent", "regressions", 6, mark="d"),
    _sqlparse("0.3.1", "0.4.0", "filters/reindent", "regressions", 8, mark="e"),
    _sqlparse("0.4.1", "0.4.2", "keywords", "parse", 0, mark="a"),
    _sqlparse("0.4.1", "0.4.2", "keywords", "regressions", 1, mark="b"),
    _sqlparse("0.4.2", "0.4.3", "engine/grouping", "grouping", 4, mark="a"),
    _sqlparse("0.4.2", "0.4.3", "engine/grouping", "grouping", 3, 6, mark="b"),
    _sqlparse("0.4.4", "0.5.0", "engine/grouping", "format", 1),
    _sqlparse("0.5.0", "0.5.1", "engine/grouping", "format", 0),
)  # fmt: skip
