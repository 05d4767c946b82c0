"""`restore`: checks a backup, and puts it in the place of what is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click

from anonmsg.commands import passphrases
from anonmsg.commands.backup import counted, described
from anonmsg.commands.installation import settings_as_they_are
from anonmsg.commands.progress import ProgressLine
from anonmsg.config import BadSettings, Settings
from anonmsg.runtime.runtime import time_now
from anonmsg.services.accounts.erasures import KEPT_FOR
from anonmsg.services.backups import leftovers, restoring
from anonmsg.services.backups.archive import Archive
from anonmsg.services.backups.chosen_secrets import Chosen
from anonmsg.services.backups.manifest import Manifest
from anonmsg.services.backups.refused import BackupRefused, in_sentences
from anonmsg.services.backups.taking_over import Restore

CHECKED = "It can be restored: checksums, tables and PEPPER are right. Nothing was changed."
WARNING = (
    "This replaces the database at {address}. Whatever came after the backup is lost: messages "
    "and accounts since then are gone, messages deleted since then are back, and passwords, "
    "names and settings are as they were. Everyone has to sign in again."
)
OLD = (
    "The backup is more than {days} days old. Accounts that were deleted before {day} and are in "
    "it come back, because nothing here knows of them any more. Delete them again with "
    "`delete-user`."
)
UNREAD = (
    "The database that was there couldn't be read, so only erasures.log said which accounts had "
    "been deleted since the backup."
)
UNKNOWN = (
    "There was neither a database nor an erasures.log here, so accounts that were deleted since "
    "the backup are back. If you have a copy of erasures.log, put it into {folder}, and run the "
    "restore again."
)
KEPT = (
    "What it replaced is kept: {kept}\n"
    "Delete that once you've seen that everything is right. People who delete their account stay "
    "in it."
)
KEPT_SECRETS = "The secrets that it replaced are kept: {kept}"


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Only check the backup. Nothing is changed.")
@click.option(
    "--passphrase-file",
    metavar="PATH",
    help="Read the passphrase from the first line of this file, or of standard input if it's -.",
)
@click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
@click.option(
    "--replace-secrets",
    is_flag=True,
    help="Use the backup's secrets even if secrets.env has others.",
)
@click.option("--discard", is_flag=True, help="Delete the replaced database instead of keeping it.")
def restore(
    file: Path,
    passphrase_file: str | None,
    *,
    check: bool,
    yes: bool,
    replace_secrets: bool,
    discard: bool,
) -> None:
    """Restore the database and missing secrets from a backup FILE.

    Stop anonmsg first. The backup is restored beside the database that's there,
    updated and checked, and takes its place only then. Accounts that were deleted
    since the backup are deleted again.
    """
    settings = settings_as_they_are()
    try:
        with in_sentences(f"{file} can't be read"):
            archive = Archive(file)
        with archive, in_sentences("The backup can't be restored"):
            if archive.is_encrypted:
                archive.unlock(passphrases.given(passphrase_file, file))
            manifest = archive.manifest()
            click.echo(f"{file} has {described(manifest)}, made by anonmsg {manifest.anonmsg}.")
            chosen = restoring.choose_secrets(archive, manifest, settings, replace=replace_secrets)
            with _prepared(archive, manifest, settings, chosen, is_check=check) as ready:
                if check:
                    _tell_check(ready, manifest)
                else:
                    _take_over(ready, manifest, settings, is_sure=yes, discard=discard)
    except (BackupRefused, BadSettings) as refusal:
        raise click.ClickException(str(refusal)) from None


@contextmanager
def _prepared(
    archive: Archive, manifest: Manifest, settings: Settings, chosen: Chosen, *, is_check: bool
) -> Iterator[Restore]:
    """Restore it beside what's there; a check does so elsewhere, where that's possible."""
    line = ProgressLine()
    with (
        leftovers.checkplace() if is_check else restoring.workplace(settings) as folder,
        restoring.prepared(
            archive, manifest, settings, chosen, folder=folder, progress=line
        ) as ready,
    ):
        line.end()
        yield ready


def _tell_check(ready: Restore, manifest: Manifest) -> None:
    ready.settle()
    _tell_age(manifest)
    click.echo(CHECKED)
    if ready.erased:
        click.echo(f"Accounts deleted since then, which stay deleted: {ready.erased}")


def _take_over(
    ready: Restore, manifest: Manifest, settings: Settings, *, is_sure: bool, discard: bool
) -> None:
    ready.expect_unused()
    _tell_age(manifest)
    if ready.is_replacing:
        click.echo(WARNING.format(address=restoring.shown(settings)), err=True)
    if not is_sure and not _is_confirmed():
        raise BackupRefused("Nothing was changed. Add --yes if nobody can be asked.")
    outcome = ready.take_over(at=time_now(), discard=discard)
    click.echo(f"Restored: {counted(ready.counts)}.")
    click.echo(f"Accounts deleted since the backup, and now deleted again: {ready.erased}")
    if not ready.is_present_read:
        click.echo(UNREAD, err=True)
    if not ready.is_anything_known:
        click.echo(UNKNOWN.format(folder=settings.data_dir), err=True)
    if outcome.kept_secrets:
        click.echo(KEPT_SECRETS.format(kept=outcome.kept_secrets))
    if outcome.kept:
        click.echo(KEPT.format(kept=outcome.kept))
    click.echo("Start anonmsg now.")


def _is_confirmed() -> bool:
    try:
        return click.confirm("Restore it?", err=True)
    except click.Abort:
        return False


def _tell_age(manifest: Manifest) -> None:
    known_since = time_now() - KEPT_FOR
    if manifest.made_at < known_since - timedelta(days=1):
        click.echo(OLD.format(days=KEPT_FOR.days, day=f"{known_since:%Y-%m-%d}"), err=True)
