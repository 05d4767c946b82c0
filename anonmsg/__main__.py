"""Runs `python -m anonmsg`, the operator's command line."""

from __future__ import annotations

import logging

from anonmsg.commands import cli

if __name__ == "__main__":
    # Libraries log for the server; in a terminal their lines would get in the way.
    logging.disable(logging.WARNING)
    cli(prog_name="python -m anonmsg")
