"""`reset-password`: a link for somebody whose mail does not arrive."""

from __future__ import annotations

import click

from anonmsg.commands.opened import opened, whose
from anonmsg.services import operators


@click.command("reset-password")
@click.argument("person", metavar="USERNAME_OR_EMAIL")
def reset_password(person: str) -> None:
    """Print a link that lets its holder choose a new password.

    It works once, for 30 minutes. Nothing is sent: hand it over by a way that
    nobody else can read, because whoever opens it first has the account.
    """
    with opened() as ctx:
        account = whose(ctx, person)
        click.echo(operators.reset_link(ctx, person_id=account.person_id))
        click.echo(f"For {account.username}: it works once, for 30 minutes.", err=True)
