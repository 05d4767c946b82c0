"""The commands that an operator runs in a terminal, one function each."""

from __future__ import annotations

import click

from anonmsg.commands.accept_secrets import accept_secrets
from anonmsg.commands.backup import backup
from anonmsg.commands.check_config import check_config
from anonmsg.commands.manage import (
    create_user,
    delete_user,
    end_second_factor,
    end_sessions,
    end_two_factor,
    purge,
    reset_password,
)
from anonmsg.commands.restore import restore
from anonmsg.commands.rotate_secrets import rotate_secrets
from anonmsg.commands.seal_messages import seal_messages
from anonmsg.commands.serve import serve
from anonmsg.config.version import VERSION


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="anonmsg")
def cli() -> None:
    """Manage your anonmsg installation."""


for command in (
    serve,
    check_config,
    create_user,
    reset_password,
    end_sessions,
    end_two_factor,
    end_second_factor,
    delete_user,
    purge,
    rotate_secrets,
    accept_secrets,
    backup,
    restore,
    seal_messages,
):
    cli.add_command(command)
