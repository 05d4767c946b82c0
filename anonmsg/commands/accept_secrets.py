"""`accept-secrets`: says that the secrets of the sign-in tokens were replaced on purpose."""

from __future__ import annotations

import click

from anonmsg.commands.installation import opened
from anonmsg.services import token_secrets


@click.command("accept-secrets")
def accept_secrets() -> None:
    """Let anonmsg start with other secrets for the sign-in tokens.

    anonmsg refuses to start if ACCESS_TOKEN_SECRET or REFRESH_TOKEN_SECRET isn't
    the one that the database's sign-ins were made with: two hosts with different
    ones would sign people out at random. Run this after you replaced them on
    purpose. Everyone has to sign in again. The PEPPER can't be replaced this way.
    """
    with opened() as ctx:
        token_secrets.accept(ctx)
        click.echo("These secrets sign people in from now on. Give every host the same ones.")
