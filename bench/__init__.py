"""Benchmarks: each hot path beside the conventional way of doing the same, in the same run. `python -m bench`."""
