"""`rotate-secrets`: new secrets for the sign-in tokens, and nobody is signed out."""

from __future__ import annotations

import click

from anonmsg.commands.opened import settings_found
from anonmsg.config import OF_A_ROTATION, ROTATED_AT, ROTATED_NAMES, Settings, kept_secrets
from anonmsg.context import time_now

SET_BY_HAND = """\
{names} set by the environment or .env, and this command only changes {file}.
To rotate by hand:
  1. Stop anonmsg.
  2. Set PREVIOUS_ACCESS_TOKEN_SECRET and PREVIOUS_REFRESH_TOKEN_SECRET to what
     ACCESS_TOKEN_SECRET and REFRESH_TOKEN_SECRET are now.
  3. Set {rotated_at}={now}
  4. Set ACCESS_TOKEN_SECRET and REFRESH_TOKEN_SECRET to new ones, each made with
     python3 -c "import secrets; print(secrets.token_hex(32))"
  5. Start anonmsg. After seven days the settings of 2 and 3 may go."""
NOTHING_KEPT = "ACCESS_TOKEN_SECRET and REFRESH_TOKEN_SECRET are not in {file}: nothing to rotate."
DONE = """\
{file} has new secrets for the sign-in tokens.
Start anonmsg again now: a server that runs takes them at its next start, and
who signs in until then has to do so once more.
Tokens made before this moment are accepted until they expire, seven days at
most. If a secret leaked, run this once more: then they are refused, and
everybody signs in again. The PEPPER stays as it is."""


@click.command("rotate-secrets")
def rotate_secrets() -> None:
    """Make new secrets for the sign-in tokens; those who are signed in stay so.

    It changes ACCESS_TOKEN_SECRET and REFRESH_TOKEN_SECRET in secrets.env, in
    the data folder. The ones before stay beside them, for the tokens that they
    signed, until those expire; of an earlier rotation nothing stays. The
    PEPPER is not changed: every password and every mail that waits needs it.
    """
    settings = settings_found()
    file = kept_secrets.file_in(settings.data_dir)
    _expect_nothing_set(settings)
    try:
        kept_secrets.rotate(settings.data_dir, ROTATED_NAMES, at=time_now(), at_name=ROTATED_AT)
    except kept_secrets.NothingKept:
        raise click.ClickException(NOTHING_KEPT.format(file=file)) from None
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from None
    click.echo(DONE.format(file=file))


def _expect_nothing_set(settings: Settings) -> None:
    names = [name for name in (*ROTATED_NAMES, *OF_A_ROTATION) if kept_secrets.asked(name)]
    if names:
        words = SET_BY_HAND.format(
            names=f"{' and '.join(names)} {'are' if len(names) > 1 else 'is'}",
            file=kept_secrets.file_in(settings.data_dir),
            rotated_at=ROTATED_AT,
            now=time_now().isoformat(timespec="seconds"),
        )
        raise click.ClickException(words)
