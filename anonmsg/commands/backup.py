"""`backup`: everything an installation can't do without, in one file, while it runs."""

from __future__ import annotations

from pathlib import Path

import click

from anonmsg.commands import passphrases
from anonmsg.commands.installation import NOT_YET, settings_found
from anonmsg.commands.progress import ProgressLine
from anonmsg.config import BadSettings, Settings
from anonmsg.database import inspection
from anonmsg.database.inspection import State
from anonmsg.runtime.runtime import Runtime, time_now
from anonmsg.services import peppers
from anonmsg.services.backups import making
from anonmsg.services.backups.manifest import Manifest
from anonmsg.services.backups.refused import BackupRefused

ENCRYPTED = (
    "It's encrypted, and holds the secrets too. Keep the passphrase somewhere other than the file: "
    "nobody can restore it without."
)
CLEAR = (
    "It isn't encrypted: anyone who gets the file can read every message and email address.\n"
    "The secrets are NOT in it, and without the PEPPER no password works. Keep {secrets} as well, "
    "somewhere else."
)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--passphrase-file",
    metavar="PATH",
    help="Read the passphrase from the first line of this file, or of standard input if it's -.",
)
@click.option("--no-passphrase", is_flag=True, help="Don't encrypt, and leave the secrets out.")
@click.option("--replace", is_flag=True, help="Replace FILE if it's there.")
def backup(
    file: Path,
    passphrase_file: str | None,
    no_passphrase: bool,  # noqa: FBT001
    replace: bool,  # noqa: FBT001
) -> None:
    """Back up the database and the secrets into one encrypted FILE.

    It can run while the site does, and is one moment's state. You're asked for a
    passphrase twice. The outbox folder and your .env aren't in it.
    """
    if passphrase_file is not None and no_passphrase:
        raise click.ClickException("Use either --passphrase-file or --no-passphrase.")
    settings = settings_found()
    _expect_ready(settings)
    line = ProgressLine()
    try:
        making.expect_new(file, replace=replace)
        passphrase = None if no_passphrase else passphrases.chosen(passphrase_file)
        made = making.make(
            settings,
            file,
            passphrase=passphrase,
            replace=replace,
            now=time_now(),
            progress=line,
        )
    except BackupRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    finally:
        line.end()
    click.echo(f"{file} has {described(made)}.")
    click.echo(ENCRYPTED if passphrase else CLEAR.format(secrets=_where(settings)), err=True)


def described(manifest: Manifest) -> str:
    """Return what a backup holds, in words."""
    return f"{counted(manifest.counts)}, as of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC"


def counted(counts: dict[str, int]) -> str:
    """Return how many accounts and messages there are, in words."""
    people, messages = counts.get("people", 0), counts.get("messages", 0)
    accounts = "1 account" if people == 1 else f"{people:,} accounts"
    texts = "1 message" if messages == 1 else f"{messages:,} messages"
    return f"{accounts} and {texts}"


def _expect_ready(settings: Settings) -> None:
    """Check that there are tables this version knows, and that the PEPPER is theirs."""
    try:
        state = inspection.look(settings.database)
        if state not in {State.CURRENT, State.BEHIND}:
            shown = inspection.shown(settings.database)
            raise click.ClickException(NOT_YET[state].format(address=shown))
        if state is State.CURRENT:
            _expect_pepper(settings)
    except inspection.CannotOpen as error:
        raise click.ClickException(f"The database can't be used: {error}.") from None
    except BadSettings as error:
        raise click.ClickException(str(error)) from None


def _expect_pepper(settings: Settings) -> None:
    runtime = Runtime.of(settings.model_copy(update={"limits": {}, "redis_url": ""}))
    try:
        with (
            inspection.errors_reported(settings.database),
            runtime.context() as ctx,
            ctx.reading(),
        ):
            if found := peppers.problems(ctx):
                raise BadSettings(found)
    finally:
        runtime.close()


def _where(settings: Settings) -> str:
    return str(settings.data_dir / "secrets.env")
