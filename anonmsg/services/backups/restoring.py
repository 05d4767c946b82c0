"""Restoring a backup: everything is made ready beside what is there (see `taking_over`).

Nothing that is in use is touched.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from anonmsg.config import SECRET_NAMES, Settings, in_use, kept_secrets, load
from anonmsg.database import copies, inspection
from anonmsg.database.copies import CopyFailed, Stage
from anonmsg.database.engine import Database
from anonmsg.services import peppers
from anonmsg.services.backups import chosen_secrets, leftovers, making
from anonmsg.services.backups.archive import DATABASES, NEWER, SECRETS, Archive, Progress
from anonmsg.services.backups.chosen_secrets import Chosen, Present
from anonmsg.services.backups.manifest import Manifest
from anonmsg.services.backups.refused import BackupRefused
from anonmsg.services.backups.taking_over import Restore, running

OTHER_KIND = (
    "The backup is of {theirs}, and this installation uses {ours}. Set DATABASE_URL to {a} "
    "database first."
)
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
NOT_WHOLE = "The database in the backup is damaged: {reason}. Use another backup."
OTHER_PEPPER = (
    "The backup's database doesn't belong to the secrets it would get, so no password would work. "
    "Find the secrets.env that belongs to it."
)


def shown(settings: Settings) -> str:
    """Return the database's URL without its password."""
    return inspection.shown(settings.database)


def choose_secrets(
    archive: Archive, manifest: Manifest, settings: Settings, *, replace: bool
) -> Chosen:
    """Choose the secrets that the installation will have.

    Raises:
        BackupRefused: there are none, or others; or the backup is damaged.
    """
    archived = None
    if SECRETS in manifest.parts:
        content = io.BytesIO()
        archive.extract(SECRETS, manifest.parts[SECRETS], content)
        archived = kept_secrets.in_text(content.getvalue().decode())
    missing = kept_secrets.missing(settings.data_dir, SECRET_NAMES)
    names = in_use(settings)
    present = Present(
        values={name: value for name, value in names.items() if name not in missing},
        by_hand=frozenset(name for name in names if kept_secrets.is_asked(name)),
        file=str(kept_secrets.file_in(settings.data_dir)),
    )
    return chosen_secrets.choose(present, archived, replace=replace)


@contextmanager
def workplace(settings: Settings) -> Iterator[Path]:
    """Make a folder for a restore, on the file system of a SQLite database.

    Raises:
        BackupRefused: another backup or restore is under way.
        OSError: it can't be made.
    """
    beside = copies.folder_of(settings.database) or settings.data_dir
    with making.workplace(beside / leftovers.RESTORE, settings) as made:
        yield made


@contextmanager
def prepared(
    archive: Archive,
    manifest: Manifest,
    settings: Settings,
    chosen: Chosen,
    *,
    folder: Path,
    progress: Progress,
) -> Iterator[Restore]:
    """Restore a backup beside what is there, and check it.

    Args:
        archive: The backup, unlocked.
        manifest: What it holds.
        settings: The installation.
        chosen: The secrets it will have.
        folder: Where the restored database waits; for SQLite, beside the one in use.
        progress: Told a name and how many bytes of it are done.

    Raises:
        BackupRefused: it can't be restored here.
        BadArchive: it's damaged.
        CopyFailed: the database can't be restored.
        OSError: a file can't be written.
    """
    _expect_kind(manifest, settings)
    name, copy = DATABASES[manifest.database], folder / "copy"
    copy.touch(mode=0o600)
    with copy.open("r+b") as to:
        archive.extract(name, manifest.parts[name], to, progress)
    stage = copies.stage(settings.database, folder)
    try:
        stage.fill(copy)
        staged = _settings_of(stage, folder, chosen)
        _expect_known(stage, manifest)
        _migrate(staged, stage)
        _expect_pepper(staged)
        yield Restore(settings, stage, chosen, staged)
    finally:
        stage.close()


def _expect_kind(manifest: Manifest, settings: Settings) -> None:
    ours = copies.kind_of(settings.database)
    if manifest.database != ours:
        theirs = NAMES[manifest.database]
        raise BackupRefused(OTHER_KIND.format(theirs=theirs, ours=NAMES[ours], a=f"a {theirs}"))


def _expect_known(stage: Stage, manifest: Manifest) -> None:
    """Check that this version knows the tables, and that every row has come back."""
    try:
        state = inspection.look(stage.url)
    except inspection.CannotOpen as error:
        raise BackupRefused(NOT_WHOLE.format(reason=error)) from None
    if state is inspection.State.UNKNOWN:
        raise BackupRefused(NEWER.format(file="The backup"))
    database = Database(stage.url, connections=1)
    try:
        with database.engine.connect() as connection:
            for table in copies.COUNTED:
                query = text(f"SELECT count(*) FROM {table}")  # noqa: S608  (the names are ours)
                if connection.execute(query).scalar_one() != manifest.counts.get(table):
                    raise BackupRefused(NOT_WHOLE.format(reason=f"it lacks {table}"))
    except DBAPIError as error:
        reason = str(error.orig).partition("\n")[0]
        raise BackupRefused(NOT_WHOLE.format(reason=reason)) from None
    finally:
        database.close()


def _migrate(staged: Settings, stage: Stage) -> None:
    database = Database(staged.database, connections=1)
    try:
        database.migrate()
    except DBAPIError as error:
        raise CopyFailed(str(error.orig).partition("\n")[0]) from None
    finally:
        database.close()
    try:
        stage.expect_whole()
    except CopyFailed as error:
        raise BackupRefused(NOT_WHOLE.format(reason=error)) from None


def _expect_pepper(staged: Settings) -> None:
    with running(staged) as runtime, runtime.context() as ctx, ctx.reading():
        if peppers.problems(ctx):
            raise BackupRefused(OTHER_PEPPER)


def _settings_of(stage: Stage, folder: Path, chosen: Chosen) -> Settings:
    """Return settings for the restored database alone: its folder holds nothing else."""
    secrets = {name.lower(): value for name, value in chosen.values.items()}
    return load(
        secrets_are_made=False,
        data_dir=folder,
        database_url=stage.url,
        redis_url="",
        workers=1,
        instances="one",
        limits={},
        mail_transport="outbox",
        **secrets,
    )
