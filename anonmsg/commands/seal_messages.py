"""`seal-messages`: seals the messages from before messages were sealed, with its progress."""

from __future__ import annotations

import click

from anonmsg.commands.installation import opened
from anonmsg.commands.manage import LOG_IN_USE
from anonmsg.services import peppers
from anonmsg.services.inbox import sealing


@click.command("seal-messages")
def seal_messages() -> None:
    """Seal the messages that an older version stored in the clear.

    A running server does this by itself, a few at a time. This command is faster
    and shows its progress. The server can keep running. Stop the command whenever
    you like: the next run goes on where it stopped.
    """
    with opened() as ctx:
        peppers.renew(ctx)
        total, sealed, after = sealing.left(ctx), 0, ("", "")
        with click.progressbar(length=total, label="Sealing messages") as bar:
            is_over = total == 0
            while not is_over:
                batch = sealing.seal_next(ctx, after=after)
                bar.update(batch.sealed)
                sealed += batch.sealed
                after, is_over = batch.after, batch.is_last
        is_all = sealing.finish(ctx)
        click.echo(f"{sealed} messages were sealed. {sealing.left(ctx)} are left.")
        if not is_all:
            click.echo(LOG_IN_USE, err=True)
