"""The archive: a ZIP of the database, its secrets and a manifest, each in the age format.

Without a passphrase the files are clear, and there are no secrets among them. The whole
can be opened by hand: `unzip`, then `age -d -i key.age manifest.json.age`.
"""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from anonmsg.security.age_files import PIECE, AgeKey, CannotDecrypt
from anonmsg.services.backups.manifest import Manifest, NewerFormat, NoManifest, Part
from anonmsg.services.backups.refused import BackupRefused
from anonmsg.services.backups.tallies import Bounded, TooLong, Watched

KEY = "key.age"
MANIFEST = "manifest.json"
SECRETS = "secrets.env"
DATABASES = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
# No manifest is longer than that, so a forged one fills no memory.
MOST_IN_MEMORY = 2**20

NOT_A_BACKUP = "{file} isn't a backup of anonmsg."
DAMAGED = "{file} is cut off or damaged, so it can't be restored. Use another backup."
NEWER = "{file} was made by a newer version of anonmsg. Update anonmsg first."
ANOTHER = "That's not the passphrase of {file}."

# Told the name of a file, how many bytes of it have passed, and how many there are.
Progress = Callable[[str, int, int], object]


def _unwatched(_name: str, _done: int, _total: int) -> None:
    """Tell nobody."""


class BadArchive(BackupRefused):
    """Raised when an archive can't be used."""


class ArchiveWriter:
    """Writes an archive; the manifest comes last, because it holds the checksums."""

    def __init__(self, to: BinaryIO, passphrase: str | None, progress: Progress) -> None:
        """Begin an archive.

        Args:
            to: A file that can be sought in.
            passphrase: What protects it, or None if nothing does.
            progress: Told of every piece.
        """
        self._zip = zipfile.ZipFile(to, "w", zipfile.ZIP_STORED)
        self._key = AgeKey.new() if passphrase is not None else None
        self._progress = progress
        self.parts: dict[str, Part] = {}
        if self._key is not None and passphrase is not None:
            self._zip.writestr(KEY, self._key.sealed(passphrase))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Where writing has failed, closing fails as well, and the file goes.
        with suppress(OSError) if error else nullcontext():
            self._zip.close()

    def add(self, name: str, source: BinaryIO) -> None:
        """Add a file.

        Raises:
            OSError: it can't be read, or the archive can't be written.
        """
        total = source.seek(0, os.SEEK_END)
        source.seek(0)
        watched = Watched(source, lambda done: self._progress(name, done, total))
        shown = name if self._key is None else f"{name}.age"
        with self._zip.open(shown, "w", force_zip64=True) as to:
            if self._key is None:
                while piece := watched.read(PIECE):
                    to.write(piece)
            else:
                self._key.encrypt(watched, to)  # type: ignore[arg-type]
        self.parts[name] = Part(watched.size, watched.sha256)

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest, with which the archive is complete once it's closed.

        Raises:
            OSError: it can't be written.
        """
        self.add(MANIFEST, io.BytesIO(manifest.to_json()))


class Archive:
    """Reads an archive, and trusts nothing in it before its checksum is right."""

    def __init__(self, file: Path) -> None:
        """Open an archive.

        Raises:
            BadArchive: it isn't one.
            OSError: the file can't be read.
        """
        self._file = file
        self._opened = file.open("rb")
        self._key: AgeKey | None = None
        try:
            self._zip = self._unzipped()
            self.is_encrypted = self._has_key()
        except BaseException:
            self._opened.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._zip.close()
        self._opened.close()

    def unlock(self, passphrase: str) -> None:
        """Open what a passphrase protects.

        Raises:
            BadArchive: it's another passphrase, or the archive is damaged.
        """
        sealed = self._bytes_of(KEY)
        try:
            self._key = AgeKey.opened(sealed, passphrase)
        except CannotDecrypt:
            raise BadArchive(ANOTHER.format(file=self._file)) from None

    def manifest(self) -> Manifest:
        """Read the manifest.

        Raises:
            BadArchive: it's damaged, or a newer version wrote it.
        """
        content = io.BytesIO()
        self._copy(MANIFEST, content, most=MOST_IN_MEMORY)
        try:
            found = Manifest.from_json(content.getvalue())
        except NewerFormat:
            raise BadArchive(NEWER.format(file=self._file)) from None
        except NoManifest:
            raise self._damaged() from None
        if DATABASES.get(found.database) not in found.parts:
            raise self._damaged()
        return found

    def extract(self, name: str, part: Part, to: BinaryIO, progress: Progress = _unwatched) -> None:
        """Write a file of the archive elsewhere, and compare its checksum.

        Raises:
            BadArchive: it's damaged.
            OSError: it can't be written.
        """
        found = self._copy(name, to, most=part.size, progress=progress)
        if found != part:
            raise self._damaged()

    def _copy(
        self,
        name: str,
        to: BinaryIO,
        *,
        most: int,
        progress: Progress = _unwatched,
    ) -> Part:
        """Copy a file of the archive, decrypted.

        Raises:
            BadArchive: it's damaged, or longer than `most` bytes.
        """
        into = Bounded(to, most, lambda done: progress(name, done, most))
        try:
            with self._zip.open(name if self._key is None else f"{name}.age") as source:
                if self._key is None:
                    while piece := source.read(PIECE):
                        into.write(piece)
                else:
                    self._key.decrypt(source, into)  # type: ignore[arg-type]
        except (zipfile.BadZipFile, zlib.error, KeyError, CannotDecrypt, TooLong, EOFError):
            raise self._damaged() from None
        return Part(into.size, into.sha256)

    def _bytes_of(self, name: str) -> bytes:
        try:
            if self._zip.getinfo(name).file_size > MOST_IN_MEMORY:
                raise self._damaged()
            return self._zip.read(name)
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError):
            raise self._damaged() from None

    def _unzipped(self) -> zipfile.ZipFile:
        is_zip = self._opened.read(2) == b"PK"
        try:
            return zipfile.ZipFile(self._opened)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            sentence = DAMAGED if is_zip else NOT_A_BACKUP
            raise BadArchive(sentence.format(file=self._file)) from None

    def _has_key(self) -> bool:
        names = set(self._zip.namelist())
        if not names & {MANIFEST, f"{MANIFEST}.age"}:
            raise BadArchive(NOT_A_BACKUP.format(file=self._file))
        return KEY in names

    def _damaged(self) -> BadArchive:
        return BadArchive(DAMAGED.format(file=self._file))
