"""`end-second-factor`: somebody signs in by the password alone again."""

from __future__ import annotations

import click

from anonmsg.commands.opened import opened, whose
from anonmsg.services import operators


@click.command("end-second-factor")
@click.argument("person", metavar="USERNAME_OR_EMAIL")
def end_second_factor(person: str) -> None:
    """Turn somebody's two-step sign-in off, who has lost phone and recovery codes.

    Make sure that it is they who ask. They are told by mail, and can turn it on
    again in the settings. The password stays as it is, and so does who is
    signed in.
    """
    with opened() as ctx:
        account = whose(ctx, person)
        if not operators.end_second_factor(ctx, person_id=account.person_id):
            raise click.ClickException(f"{account.username} has no two-step sign-in.")
        click.echo(f"{account.username} signs in by the password alone from now on.")
