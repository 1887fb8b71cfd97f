"""The tables of the run store.

Versions: 1, the first; 2, `files.before`; 3, `runs.about`, lineage, resources and whole verdicts of
evaluations, `model_calls`; 4, `answers`, `runs.process`; 5, `runs.fixes`. `migrate` brings older ones up to date.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    true,
)

SCHEMA_VERSION = 5

metadata = MetaData()

schema_version = Table("schema_version", metadata, Column("version", Integer, nullable=False))

runs = Table(
    "runs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("created", Float(53), nullable=False),  # seconds since the epoch
    Column("pid", Integer, nullable=False),  # who runs it, to tell `running` from killed
    Column("host", String(255), nullable=False),
    Column("process", String(100)),  # tells it from a later one with that pid
    Column("target", Text, nullable=False),
    Column("optimizer", String(100), nullable=False),
    Column("objective", Text, nullable=False),
    Column("settings", Text, nullable=False),  # JSON
    Column("status", String(20), nullable=False),
    Column("baseline", Float(53)),
    Column("best", Float(53)),
    Column("improved", Boolean, nullable=False),
    Column("evaluations", Integer, nullable=False),
    Column("seconds", Float(53), nullable=False),
    Column("parameters", Text, nullable=False),  # JSON
    Column("patch", LargeBinary, nullable=False),  # zlib of its bytes
    Column("graph", LargeBinary),  # zlib of JSON
    Column("applied", Boolean),
    Column("about", Text),  # JSON: where, by what, with what the run was started
    Column("fixes", Text),  # JSON: what reaches the goal, the best first
    Index("runs_created", "created"),
)

# Whole files, once each however many runs start from them; zlib.
contents = Table(
    "contents",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the bytes
    Column("data", LargeBinary, nullable=False),
)

files = Table(
    "files",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("path", String(4096), primary_key=True),
    Column("original", ForeignKey("contents.digest"), nullable=False),
    Column("new", ForeignKey("contents.digest")),  # what the best candidate makes of it
    Column("written", ForeignKey("contents.digest")),  # what `apply` or `review` wrote
    Column("before", ForeignKey("contents.digest")),  # over what, where not over the original
)

evaluations = Table(
    "evaluations",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("score", Float(53)),
    Column("status", String(20), nullable=False),
    Column("feedback", Text, nullable=False),
    Column("seconds", Float(53), nullable=False),
    Column("changes", LargeBinary),  # `delta.pack` against the run's originals
    Column("parent", Integer),
    Column("proposer", String(100), nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("cpu", Float(53), nullable=False, server_default="0"),  # seconds
    Column("memory", BigInteger, nullable=False, server_default="0"),  # bytes
    Column("complete", Boolean, nullable=False, server_default=true()),
    Column("passed", Integer),
    Column("cases", Integer),
    Column("created", Float(53), nullable=False, server_default="0"),  # seconds since the epoch
    Column("reused", String(40)),  # the run whose verdict it is, where that is another evaluation's
    Column("beat", Float(53)),  # what it had to beat
    Column("late", Boolean, nullable=False, server_default=false()),  # the time was used up
    Column("verdict", LargeBinary),  # `verdicts.pack`
    Column("known_as", String(64)),  # equal for evaluations that must come out the same
    Index("evaluations_known_as", "known_as"),
)

# What the judge said, as it came: every draw of a noisy objective, and what took long.
answers = Table(
    "answers",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # among all that it asked
    Column("digest", String(64), nullable=False),
    Column("late", Boolean, nullable=False),  # the time was used up
    Column("verdict", LargeBinary, nullable=False),  # zlib of JSON
)

model_calls = Table(
    "model_calls",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("evaluation", Integer),
    Column("model", String(255), nullable=False),
    Column("prompt", LargeBinary, nullable=False),  # zlib of UTF-8
    Column("answer", LargeBinary, nullable=False),  # zlib of UTF-8
    Column("prompt_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("cost", Float(53)),  # US dollars; NULL where it is not known
    Column("seconds", Float(53), nullable=False),
    Column("created", Float(53), nullable=False),  # seconds since the epoch
)
