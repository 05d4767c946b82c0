"""`end-sessions`: somebody is signed out everywhere."""

from __future__ import annotations

import click

from anonmsg.commands.opened import opened, whose
from anonmsg.services import operators


@click.command("end-sessions")
@click.argument("person", metavar="USERNAME_OR_EMAIL")
def end_sessions(person: str) -> None:
    """Sign somebody out of every browser.

    A tab that is open is out at its next click. The password stays as it is.
    """
    with opened() as ctx:
        account = whose(ctx, person)
        operators.end_sessions(ctx, person_id=account.person_id)
        click.echo(f"{account.username} is signed out everywhere.")
