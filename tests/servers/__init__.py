"""Servers of Debian's that tests start on a free port of 127.0.0.1, and end."""
