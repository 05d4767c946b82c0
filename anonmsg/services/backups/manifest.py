"""The manifest: what a backup says about itself."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

# Raised when an archive is laid out in another way than before.
FORMAT = 1


class NoManifest(Exception):
    """Raised when this isn't a manifest that this version reads."""


class NewerFormat(Exception):
    """Raised when a newer version of anonmsg laid the archive out."""


@dataclass(frozen=True)
class Part:
    """One file in the archive: its size in bytes and the SHA-256 of its content, in hex."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What is in a backup, when it was made (aware UTC) and by what.

    Attributes:
        anonmsg: The version that made it.
        database: "sqlite" or "postgresql".
        revision: Which migration its tables are at.
        made_at: When.
        counts: How many rows there are, by table.
        parts: The other files in the archive, by name.
    """

    anonmsg: str
    database: str
    revision: str
    made_at: datetime
    counts: dict[str, int]
    parts: dict[str, Part]

    def to_json(self) -> bytes:
        """Return the manifest as it's written into the archive."""
        made_at = self.made_at.isoformat(timespec="seconds")
        content = {"format": FORMAT} | asdict(self) | {"made_at": made_at}
        return json.dumps(content, indent=2).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Manifest:
        """Read a manifest.

        Raises:
            NewerFormat: a newer version of anonmsg wrote it.
            NoManifest: it isn't one.
        """
        try:
            found: dict[str, Any] = json.loads(content)
            is_newer = int(found["format"]) > FORMAT
        except (ValueError, TypeError, KeyError):
            raise NoManifest from None
        if is_newer:
            raise NewerFormat
        try:
            return cls(
                anonmsg=str(found["anonmsg"]),
                database=str(found["database"]),
                revision=str(found["revision"]),
                made_at=datetime.fromisoformat(found["made_at"]),
                counts={str(name): int(n) for name, n in found["counts"].items()},
                parts={
                    str(name): Part(int(part["size"]), str(part["sha256"]))
                    for name, part in found["parts"].items()
                },
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            raise NoManifest from None
