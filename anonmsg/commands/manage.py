"""The commands that manage accounts, and `purge`."""

from __future__ import annotations

import sys
from copy import copy

import click

from anonmsg import addresses
from anonmsg.commands.installation import opened, whose
from anonmsg.services import operators, purge_clock, purges
from anonmsg.services.accounts import deletions

LOG_IN_USE = (
    "Something is still reading the database, such as a backup, so the deleted data may remain in "
    "its -wal file. The next purge that runs undisturbed empties that file."
)


@click.command("create-user")
@click.argument("username")
@click.argument("email")
@click.option(
    "--password-stdin",
    is_flag=True,
    help="Read the password from the first line of standard input instead of asking.",
)
def create_user(username: str, email: str, password_stdin: bool) -> None:  # noqa: FBT001
    """Create a verified account without sending an email.

    EMAIL counts as verified. The rules of the sign-up page apply. You're asked
    for the password twice; it's never an argument, because other users of this
    machine could read it.
    """
    with opened() as ctx:
        password = _first_line() if password_stdin else _asked_twice()
        shown = operators.create_user(ctx, username=username, email=email, password=password)
        page = addresses.public_link(ctx.settings.site, shown)
        click.echo(f"{shown} can sign in now. Their page is {page}")


def _first_line() -> str:
    try:
        return sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise click.ClickException("The password isn't valid UTF-8.") from None


def _asked_twice() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt="Repeat password"))


@click.command("reset-password")
@click.argument("person", metavar="USERNAME_OR_EMAIL")
def reset_password(person: str) -> None:
    """Print a link for setting a new password.

    It works once, for 30 minutes. No email is sent. Pass the link on privately:
    anyone who opens it can take over the account.
    """
    with opened() as ctx:
        account = whose(ctx, person)
        click.echo(operators.reset_link(ctx, person_id=account.person_id))
        click.echo(f"This link for {account.username} works once, for 30 minutes.", err=True)


@click.command("end-sessions")
@click.argument("person", metavar="USERNAME_OR_EMAIL")
def end_sessions(person: str) -> None:
    """Sign someone out of every browser.

    Open tabs are signed out at the next click. The password doesn't change.
    """
    with opened() as ctx:
        account = whose(ctx, person)
        operators.end_sessions(ctx, person_id=account.person_id)
        click.echo(f"{account.username} is signed out everywhere.")


@click.command("end-two-factor")
@click.argument("person", metavar="USERNAME_OR_EMAIL")
def end_two_factor(person: str) -> None:
    """Turn off two-factor sign-in for someone who has lost their phone and recovery codes.

    First make sure that it's really them asking. They're told by email, and can
    turn it back on in the settings. The password doesn't change, and nobody is
    signed out.
    """
    with opened() as ctx:
        account = whose(ctx, person)
        if not operators.end_two_factor(ctx, person_id=account.person_id):
            raise click.ClickException(f"{account.username} doesn't use two-factor sign-in.")
        click.echo(f"{account.username} now signs in with just a password.")


# The command's former name, which scripts may still use.
end_second_factor = copy(end_two_factor)
end_second_factor.name, end_second_factor.hidden = "end-second-factor", True


@click.command("delete-user")
@click.argument("person", metavar="USERNAME_OR_EMAIL")
@click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
def delete_user(person: str, yes: bool) -> None:  # noqa: FBT001
    """Permanently delete an account and its messages, right away.

    Your backups still contain them.
    """
    with opened() as ctx:
        account = whose(ctx, person)
        if not yes:
            _expect(account.username)
        is_all = deletions.erase(ctx, person_id=account.person_id)
        click.echo(f"{account.username} and their messages have been deleted.")
        if not is_all:
            click.echo(LOG_IN_USE, err=True)


def _expect(username: str) -> None:
    typed = click.prompt(f"This can't be undone. Type {username} to delete the account")
    if typed.strip() != username:
        raise click.ClickException("That's not the username. Nothing was deleted.")


@click.command("purge")
@click.option(
    "--now",
    "is_now",
    is_flag=True,
    help="Delete even if the clock has leaped, or nothing was deleted for more than a day.",
)
def purge(is_now: bool) -> None:  # noqa: FBT001
    """Delete all expired data.

    A running server does this every 15 minutes. Expired data is unverified
    sign-ups, ended sessions, the retry keys of sent messages, and accounts whose
    owners asked for deletion and didn't come back.
    """
    with opened() as ctx:
        if is_now:
            purge_clock.trust(ctx)
        elif waits_until := purge_clock.look(ctx):
            raise click.ClickException(purge_clock.sentence("The clock may be wrong.", waits_until))
        purges.purge(ctx)
        deletions.erase_due(ctx)
        click.echo("All expired data has been deleted.")
