"""Open the installation for a command, or explain why it isn't ready.

A command never creates missing tables or secrets: they would belong to the
user who typed the command, not to the one who runs the server.
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
from anonmsg.runtime.shared.redis_link import RedisAway
from anonmsg.services import operators, peppers
from anonmsg.services.backups import unfinished

NOT_YET = {
    State.MISSING: "There's no database at {address} yet. Start anonmsg once to create it, and "
    "check that this is the folder you start it in.",
    State.EMPTY: "The database at {address} has no tables yet. Start anonmsg once to create them.",
    State.BEHIND: "The tables in {address} come from an older version of anonmsg. Make a backup, "
    "then start anonmsg to update them.",
    State.UNKNOWN: "This version of anonmsg doesn't recognise the tables in {address}. They may "
    "come from a newer one.",
}
NO_SECRETS = (
    "There are no secrets in {file} yet. Start anonmsg once to create them, and check that this "
    "is the folder you start it in."
)


def settings_found() -> Settings:
    """Load the settings of an installation that is whole, without creating anything.

    Raises:
        click.ClickException: the settings have problems, or a restore is unfinished; the
            message says which.
    """
    settings = settings_as_they_are()
    if found := unfinished.problems(settings.data_dir):
        raise click.ClickException(found[0])
    if kept_secrets.missing(settings.data_dir, SECRET_NAMES):
        file = kept_secrets.file_in(settings.data_dir)
        raise click.ClickException(NO_SECRETS.format(file=file))
    return settings


def settings_as_they_are() -> Settings:
    """Load the settings, with random secrets in place of those that are missing.

    Raises:
        click.ClickException: the settings have problems; the message lists them.
    """
    try:
        return load(secrets_are_made=False)
    except BadSettings as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"The secrets can't be read: {_described(error)}.") from None
    except UnicodeError:
        raise click.ClickException("The secrets or .env aren't valid UTF-8.") from None


@contextmanager
def opened() -> Iterator[Context]:
    """Provide a context for one command's use cases.

    Raises:
        click.ClickException: the installation isn't ready, or the use case
            refuses; the message says why.
    """
    settings = settings_found()
    try:
        _expect_tables(settings)
        with inspection.errors_reported(settings.database):
            runtime = Runtime.of(settings)
            try:
                with runtime.context() as ctx:
                    peppers.check(ctx)
                    try:
                        yield ctx
                    finally:
                        _publish(runtime, ctx)
            finally:
                runtime.close()
    except (AppError, BadSettings) as refusal:
        raise click.ClickException(in_words(refusal)) from None
    except inspection.CannotOpen as error:
        raise click.ClickException(f"The database can't be used: {error}.") from None
    except OSError as error:
        raise click.ClickException(f"The data folder can't be used: {_described(error)}.") from None


def whose(ctx: Context, named: str) -> operators.Account:
    """Return the account that the operator named.

    Raises:
        click.ClickException: there is no such account.
    """
    try:
        return operators.account(ctx, named=named)
    except AppError:
        raise click.ClickException(f"No account has the username or email {named}.") from None


def in_words(refusal: AppError | BadSettings) -> str:
    """Return a refusal's sentence, or one line per field if it has several."""
    if isinstance(refusal, FormRefused):
        return "\n".join(f"{name}: {words}" for name, words in refusal.by_field().items())
    return refusal.sentence if isinstance(refusal, AppError) else str(refusal)


def _expect_tables(settings: Settings) -> None:
    state = inspection.look(settings.database)
    if state is not State.CURRENT:
        raise click.ClickException(
            NOT_YET[state].format(address=inspection.shown(settings.database))
        )


def _publish(runtime: Runtime, ctx: Context) -> None:
    """Tell the open tabs of a running server, which only Redis can reach from here."""
    if runtime.shared is None or not ctx.announced:
        return
    try:
        runtime.shared.bus.publish_now(ctx.announced)
    except RedisAway:
        click.echo("Redis can't be reached, so open tabs notice at their next click.", err=True)


def _described(error: OSError) -> str:
    return f"{error.strerror} ({error.filename})"
