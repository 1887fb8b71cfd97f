"""The historical bugs: which release had which, and which blocks of lines mended it."""

from __future__ import annotations

from benchmarks.search.history import Historical

RELEASES = (
    Historical("parse", "1.8.4", "1.9.0", "parse.py", ("test_parse.py",), (5,)),
    Historical("parse", "1.11.1", "1.12.0", "parse.py", ("test_parse.py",), (3,)),
    Historical("parse", "1.12.1", "1.13.0", "parse.py", ("test_parse.py",), (5,)),
)
