"""`purge`: what is kept for a time only goes now."""

from __future__ import annotations

import click

from anonmsg.commands.opened import opened
from anonmsg.services import deletions, purges


@click.command("purge")
def purge() -> None:
    """Delete what is kept for a time only and whose time is over.

    A server that runs does so by itself every quarter of an hour: sign-ups
    that nobody verified, ended sign-ins, the keys of messages sent, and the accounts whose
    owners asked for their deletion and did not come back.
    """
    with opened() as ctx:
        purges.purge(ctx)
        deletions.erase_due(ctx)
        click.echo("Everything whose time is over is deleted.")
