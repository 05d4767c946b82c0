"""`rotate-secrets`: new secrets, and nobody is signed out or locked out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from anonmsg.commands.installation import settings_found
from anonmsg.config import (
    OF_A_ROTATION,
    PEPPER,
    PREVIOUS_PEPPERS,
    ROTATED_AT,
    ROTATED_NAMES,
    kept_secrets,
)
from anonmsg.runtime.runtime import time_now

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
PEPPER_SET_BY_HAND = """\
{names} set by the environment or .env, and this command only changes {file}.
To replace the PEPPER by hand:
  1. Stop anonmsg.
  2. Set PREVIOUS_PEPPERS to a JSON list with what PEPPER is now in front of what
     the list has already: PREVIOUS_PEPPERS='["..."]'
  3. Set PEPPER to a new one, made with
     python3 -c "import secrets; print(secrets.token_hex(32))"
  4. Start anonmsg. `check-config` says when the list may go."""
NOTHING_KEPT = "{names} not in {file}: nothing to rotate."
DONE = """\
{file} has new secrets for the sign-in tokens.
Start anonmsg again now: a server that runs takes them at its next start, and
who signs in until then has to do so once more.
Tokens made before this moment are accepted until they expire, seven days at
most. If a secret leaked, run this once more: then they are refused, and
everybody signs in again. The PEPPER stays as it is."""
PEPPER_DONE = """\
{file} has a new PEPPER; the one before is in PREVIOUS_PEPPERS beside it.
Start anonmsg again now: a server that runs takes it at its next start, and
does not know what was made by it until then.
Nobody is signed out or locked out: each password is hashed anew when its
person signs in. `check-config` says how many still need PREVIOUS_PEPPERS; back
the file up with the database, as before."""


@click.command("rotate-secrets")
@click.option("--pepper", is_flag=True, help="Replace the PEPPER, and leave the other two.")
def rotate_secrets(*, pepper: bool) -> None:
    """Make new secrets for the sign-in tokens; those who are signed in stay so.

    It changes ACCESS_TOKEN_SECRET and REFRESH_TOKEN_SECRET in secrets.env, in
    the data folder. The ones before stay beside them, for the tokens that they
    signed, until those expire; of an earlier rotation nothing stays.

    The PEPPER is changed by --pepper alone. All those before it stay beside it,
    because each password waits for its person to sign in.
    """
    if pepper:
        _rotate((PEPPER,), (PREVIOUS_PEPPERS,), _replace_pepper, PEPPER_SET_BY_HAND, PEPPER_DONE)
    else:
        _rotate(tuple(ROTATED_NAMES), OF_A_ROTATION, _replace_token_secrets, SET_BY_HAND, DONE)


def _rotate(
    names: tuple[str, ...],
    kept_beside: tuple[str, ...],
    replace: Callable[[Path], None],
    by_hand: str,
    done: str,
) -> None:
    folder = settings_found().data_dir
    file = kept_secrets.file_in(folder)
    by_operator = [name for name in (*names, *kept_beside) if kept_secrets.asked(name)]
    if by_operator:
        now = time_now().isoformat(timespec="seconds")
        said = by_hand.format(names=_and(by_operator), file=file, rotated_at=ROTATED_AT, now=now)
        raise click.ClickException(said)
    try:
        replace(folder)
    except kept_secrets.NothingKept:
        raise click.ClickException(NOTHING_KEPT.format(names=_and(names), file=file)) from None
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from None
    click.echo(done.format(file=file))


def _replace_token_secrets(folder: Path) -> None:
    kept_secrets.rotate(folder, ROTATED_NAMES, at=time_now(), at_name=ROTATED_AT)


def _replace_pepper(folder: Path) -> None:
    kept_secrets.replace_pepper(folder, name=PEPPER, previous_name=PREVIOUS_PEPPERS)


def _and(names: tuple[str, ...] | list[str]) -> str:
    return f"{' and '.join(names)} {'are' if len(names) > 1 else 'is'}"
