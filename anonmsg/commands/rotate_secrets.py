"""`rotate-secrets`: replaces the secrets without signing or locking anyone out."""

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
{names} set in the environment or .env, but this command only changes {file}.
To rotate by hand:
  1. Stop anonmsg.
  2. Set PREVIOUS_ACCESS_TOKEN_SECRET and PREVIOUS_REFRESH_TOKEN_SECRET to the
     current values of ACCESS_TOKEN_SECRET and REFRESH_TOKEN_SECRET.
  3. Set {rotated_at}={now}
  4. Set ACCESS_TOKEN_SECRET and REFRESH_TOKEN_SECRET to new values, each made with
     python3 -c "import secrets; print(secrets.token_hex(32))"
  5. Start anonmsg. After seven days you can remove the settings from steps 2 and 3."""
PEPPER_SET_BY_HAND = """\
{names} set in the environment or .env, but this command only changes {file}.
To replace the PEPPER by hand:
  1. Stop anonmsg.
  2. Add the current PEPPER to the front of the JSON list PREVIOUS_PEPPERS:
     PREVIOUS_PEPPERS='["..."]'
  3. Set PEPPER to a new value, made with
     python3 -c "import secrets; print(secrets.token_hex(32))"
  4. Start anonmsg. `check-config` says when you can remove the list."""
NOTHING_KEPT = "{names} not in {file}, so there's nothing to rotate."
DONE = """\
{file} has new secrets for the sign-in tokens.
Restart anonmsg now: a running server only picks them up when it restarts, and
anyone who signs in before then has to sign in again.
Existing tokens are accepted until they expire, within seven days. If a secret
leaked, run this again after the restart, and restart once more: existing tokens
are then refused, and everyone has to sign in again. The PEPPER doesn't change."""
PEPPER_DONE = """\
{file} has a new PEPPER. The previous one is now in PREVIOUS_PEPPERS.
Restart anonmsg now: a running server only picks up the PEPPER when it restarts,
and can't check anything made with it before then.
Nobody is signed out or locked out: each password is rehashed when its owner
signs in. `check-config` says how many still need PREVIOUS_PEPPERS. Keep backing
up the file with the database."""


@click.command("rotate-secrets")
@click.option("--pepper", is_flag=True, help="Replace the PEPPER instead of the other two.")
def rotate_secrets(*, pepper: bool) -> None:
    """Create new secrets for the sign-in tokens without signing anyone out.

    Changes ACCESS_TOKEN_SECRET and REFRESH_TOKEN_SECRET in secrets.env, in the
    data folder. The previous ones are kept until the tokens they signed expire;
    those of any earlier rotation are dropped.

    Only --pepper changes the PEPPER. All previous peppers are kept, because a
    password can only be rehashed when its owner signs in.
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
        message = by_hand.format(
            names=_listed(by_operator), file=file, rotated_at=ROTATED_AT, now=now
        )
        raise click.ClickException(message)
    try:
        replace(folder)
    except kept_secrets.NothingKept:
        raise click.ClickException(NOTHING_KEPT.format(names=_listed(names), file=file)) from None
    except OSError as error:
        raise click.ClickException(f"{file} can't be written: {error.strerror}.") from None
    click.echo(done.format(file=file))


def _replace_token_secrets(folder: Path) -> None:
    kept_secrets.rotate(folder, ROTATED_NAMES, at=time_now(), at_name=ROTATED_AT)


def _replace_pepper(folder: Path) -> None:
    kept_secrets.replace_pepper(folder, name=PEPPER, previous_name=PREVIOUS_PEPPERS)


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return f"{' and '.join(names)} {'are' if len(names) > 1 else 'is'}"
