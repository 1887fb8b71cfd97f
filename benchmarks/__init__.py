"""Every figure that the README states, each by one command: `python -m benchmarks.NAME`."""
