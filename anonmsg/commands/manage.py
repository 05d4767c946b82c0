"""`create-user`: an account without the detour through a mail."""

from __future__ import annotations

import sys

import click

from anonmsg.commands.opened import opened
from anonmsg.services import operators


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
        click.echo(f"{shown} may sign in now. Their page is {ctx.settings.site}/u/{shown}")


def _first_line() -> str:
    try:
        return sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise click.ClickException("The password in the input is not UTF-8.") from None


def _asked_twice() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt="Once more"))
