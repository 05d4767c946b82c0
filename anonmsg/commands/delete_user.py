"""`delete-user`: an account goes, with all that belongs to it."""

from __future__ import annotations

import click

from anonmsg.commands.opened import opened, whose
from anonmsg.services import deletions

LOG_IN_USE = (
    "Somebody reads the database for long, a backup perhaps, so what was deleted can still be "
    "found in its -wal file. The next purge that nobody is in the way of empties it."
)


@click.command("delete-user")
@click.argument("person", metavar="USERNAME_OR_EMAIL")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete_user(person: str, yes: bool) -> None:  # noqa: FBT001
    """Delete an account and its messages, at once and for good.

    Backups that you made still have them.
    """
    with opened() as ctx:
        account = whose(ctx, person)
        if not yes:
            _expect(account.username)
        is_all = deletions.erase(ctx, person_id=account.person_id)
        click.echo(f"{account.username} and their messages are deleted.")
        if not is_all:
            click.echo(LOG_IN_USE, err=True)


def _expect(username: str) -> None:
    typed = click.prompt(f"This cannot be undone. Type {username} to delete the account")
    if typed.strip() != username:
        raise click.ClickException("That is not the username. Nothing was deleted.")
