"""What an operator does from a terminal, one module a command."""

from __future__ import annotations

import click

from anonmsg.commands.check_config import check_config


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Look after an anonmsg of your own."""


cli.add_command(check_config)
