"""What an operator does to an account, and the purge: one short command each."""

from __future__ import annotations

import sys

import click

from anonmsg import addresses
from anonmsg.commands.installation import opened, whose
from anonmsg.services import operators, purges
from anonmsg.services.accounts import deletions

LOG_IN_USE = (
    "Somebody reads the database for long, a backup perhaps, so what was deleted can still be "
    "found in its -wal file. The next purge that nobody is in the way of empties it."
)


@click.command("create-user")
@click.argument("username")
@click.argument("email")
@click.option(
    "--password-stdin",
    is_flag=True,
    help="Read the password from the first line of the input, and ask nothing.",
)
def create_user(username: str, email: str, password_stdin: bool) -> None:  # noqa: FBT001
    """Make a verified account: EMAIL is believed, and no mail is sent.

    The same rules hold as on the sign-up page. The password is asked for
    twice, and never taken from the command line, which others could read.
    """
    with opened() as ctx:
        password = _first_line() if password_stdin else _asked_twice()
        shown = operators.create_user(ctx, username=username, email=email, password=password)
        page = addresses.link_of_person(ctx.settings.site, shown)
        click.echo(f"{shown} may sign in now. Their page is {page}")


def _first_line() -> str:
    try:
        return sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise click.ClickException("The password in the input is not UTF-8.") from None


def _asked_twice() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt="Once more"))


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


@click.command("end-second-factor")
@click.argument("person", metavar="USERNAME_OR_EMAIL")
def end_two_factor(person: str) -> None:
    """Turn somebody's two-step sign-in off, who has lost phone and recovery codes.

    Make sure that it is they who ask. They are told by mail, and can turn it on
    again in the settings. The password stays as it is, and so does who is
    signed in.
    """
    with opened() as ctx:
        account = whose(ctx, person)
        if not operators.end_two_factor(ctx, person_id=account.person_id):
            raise click.ClickException(f"{account.username} has no two-step sign-in.")
        click.echo(f"{account.username} signs in by the password alone from now on.")


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
