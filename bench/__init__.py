"""Benchmarks: each prints a table and a JSON line, and asserts nothing."""
