"""The own test suites of real packages, with and without the package instrumented.

    python -m benchmarks.suites [PACKAGE...] [--python PYTHON] [--recorded] [--folder FOLDER]

Each package comes from its source distribution and runs in a virtual environment of its own:
once plain, once under `tracepy run --instrument PACKAGE`. Every test, subtests and parametrised
ones one by one, and every warning, must come out the same.
"""
