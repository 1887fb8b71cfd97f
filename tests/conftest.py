"""Settings for all tests."""

from hypothesis import settings

# The same examples on every run: a test that fails for somebody fails for everybody.
settings.register_profile("tracepy", derandomize=True, deadline=None)
settings.load_profile("tracepy")
