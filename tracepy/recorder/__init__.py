"""Recording: `with record() as trace:` and what instrumented code reports to."""

from tracepy.recorder.trace import Trace, record

__all__ = ["Trace", "record"]
