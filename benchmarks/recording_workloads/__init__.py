"""The programs that `benchmarks/recording.py` runs: each a plain module with `run(size)`.

`SIZE` makes a run of 20 to 100 ms in plain Python; `SMALL` is for peers that are hundreds of times
slower. `run` gives a value that depends on all of its work, and asserts nothing.
"""
