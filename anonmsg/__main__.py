"""`python -m anonmsg`: what an operator does from a terminal."""

from __future__ import annotations

import logging

from anonmsg.commands import cli

if __name__ == "__main__":
    # What a library notes is for the server's log; in a terminal it would be in the way.
    logging.disable(logging.WARNING)
    cli(prog_name="python -m anonmsg")
