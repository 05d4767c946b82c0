"""Faults: what happens to the messages, to others and to the log when something goes wrong.

Each module is one command, bounded in time and count, that starts its own server on
127.0.0.1, and prints a table and a JSON line.
"""
