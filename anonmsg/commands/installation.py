"""The installation as a command finds it: ready to be worked on, or why it is not.

A command changes neither tables nor secrets that are missing: the next start
would find them made by whoever typed it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from anonmsg.config import SECRET_NAMES, BadSettings, Settings, kept_secrets, load
from anonmsg.database import inspection
from anonmsg.database.inspection import State
from anonmsg.errors import AppError, FormRefused
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import operators, peppers

NOT_YET = {
    State.MISSING: "There is no database at {address} yet. Start anonmsg once, which makes "
    "it; and look whether this is the folder that you start it in.",
    State.EMPTY: "The database at {address} has no tables yet. Start anonmsg once, which "
    "makes them.",
    State.BEHIND: "The tables in {address} are those of an older anonmsg. Make a backup and "
    "start anonmsg, which updates them.",
    State.UNKNOWN: "The tables in {address} are not of an anonmsg that this one knows; they "
    "may be of a newer one.",
}
NO_SECRETS = (
    "There are no secrets in {file} yet. Start anonmsg once, which makes them; and look whether "
    "this is the folder that you start it in."
)


def settings_found() -> Settings:
    """The settings; nothing is made that is missing.

    Raises:
        click.ClickException: something is wrong with them, with the list of what.
    """
    try:
        settings = load(secrets_are_made=False)
        is_whole = not kept_secrets.missing(settings.data_dir, SECRET_NAMES)
    except BadSettings as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"The secrets cannot be read: {_told(error)}.") from None
    except UnicodeError:
        raise click.ClickException("The secrets or .env are not text in UTF-8.") from None
    if not is_whole:
        file = kept_secrets.file_in(settings.data_dir)
        raise click.ClickException(NO_SECRETS.format(file=file))
    return settings


@contextmanager
def opened() -> Iterator[Context]:
    """A context for the use cases of one command.

    Raises:
        click.ClickException: there is nothing to work on, or the use case
            refuses; the sentence says why.
    """
    settings = settings_found()
    try:
        _expect_tables(settings)
        with inspection.trouble_told(settings.database):
            runtime = Runtime.of(settings)
            try:
                with runtime.context() as ctx:
                    peppers.check(ctx)
                    yield ctx
            finally:
                runtime.close()
    except (AppError, BadSettings) as refusal:
        raise click.ClickException(in_words(refusal)) from None
    except inspection.CannotOpen as error:
        raise click.ClickException(f"The database cannot be used: {error}.") from None
    except OSError as error:
        raise click.ClickException(f"The data folder cannot be used: {_told(error)}.") from None


def whose(ctx: Context, named: str) -> operators.Account:
    """The account that an operator named.

    Raises:
        click.ClickException: there is none.
    """
    try:
        return operators.account(ctx, named=named)
    except AppError:
        raise click.ClickException(f"Nobody has the username or address {named}.") from None


def in_words(refusal: AppError | BadSettings) -> str:
    """The sentence of a refusal; several are said with the fields they are about."""
    if isinstance(refusal, FormRefused):
        return "\n".join(f"{name}: {words}" for name, words in refusal.by_field().items())
    return refusal.sentence if isinstance(refusal, AppError) else str(refusal)


def _expect_tables(settings: Settings) -> None:
    state = inspection.look(settings.database)
    if state is not State.CURRENT:
        raise click.ClickException(
            NOT_YET[state].format(address=inspection.shown(settings.database))
        )


def _told(error: OSError) -> str:
    return f"{error.strerror} ({error.filename})"
