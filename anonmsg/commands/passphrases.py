"""Asks for the passphrase of a backup; it's never an argument."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from anonmsg.security.age_files import LONGEST_PASSPHRASE, SHORTEST_PASSPHRASE

STDIN = "-"
ATTEMPTS = 2
NOT_GIVEN = (
    "No passphrase was given. Type one, name a file with --passphrase-file, or leave the secrets "
    "out with --no-passphrase."
)
DIFFERENT = "The two passphrases differ. Nothing was written."
TOO_SHORT = (
    f"A backup's passphrase needs at least {SHORTEST_PASSPHRASE} characters: whoever gets the file "
    "can try as many as they like. Five random words are good."
)
TOO_LONG = f"A passphrase has at most {LONGEST_PASSPHRASE} characters, on one line."


def chosen(file: str | None) -> str:
    """Return the passphrase for a new backup.

    Args:
        file: A file whose first line it is, "-" for standard input, or None to ask twice.

    Raises:
        click.ClickException: there's none, it's too short, or two differ.
    """
    found = _asked_twice() if file is None else _first_line_of(file)
    if len(found) < SHORTEST_PASSPHRASE:
        raise click.ClickException(TOO_SHORT)
    return found


def given(file: str | None, archive: Path) -> str:
    """Return the passphrase of a backup that's there.

    Raises:
        click.ClickException: there's none.
    """
    return _asked(f"Passphrase of {archive}") if file is None else _first_line_of(file)


def _asked_twice() -> str:
    for _attempt in range(ATTEMPTS):
        found = _asked("Passphrase for the backup")
        if _asked("Repeat the passphrase") == found:
            return found
        click.echo("They differ.", err=True)
    raise click.ClickException(DIFFERENT)


def _asked(prompt: str) -> str:
    try:
        return str(click.prompt(prompt, hide_input=True, err=True))
    except click.Abort:
        raise click.ClickException(NOT_GIVEN) from None


def _first_line_of(file: str) -> str:
    try:
        if file == STDIN:
            line = sys.stdin.buffer.readline(4 * LONGEST_PASSPHRASE)
        else:
            with Path(file).open("rb") as opened:
                line = opened.readline(4 * LONGEST_PASSPHRASE)
        found = line.decode().rstrip("\r\n")
    except OSError as error:
        raise click.ClickException(f"{file} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise click.ClickException("The passphrase isn't valid UTF-8.") from None
    if not found:
        raise click.ClickException(NOT_GIVEN)
    if len(found) > LONGEST_PASSPHRASE:
        raise click.ClickException(TOO_LONG)
    return found
