"""Outages of what the messages are kept on: a full disk and a locked database."""

from __future__ import annotations

import asyncio
import html
import os
import resource
import secrets
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from bench.faults.http import Http, network
from bench.faults.ledger import Ledger
from bench.faults.report import Row
from bench.faults.sending import Sender, Tabber, keep_sending
from bench.faults.site import Site, site

DISK_BYTES = 16 * 2**20
PAUSE = 0.2
TABBERS = 2
BACK_WITHIN = 60.0


class Outage(Protocol):
    """A part that can be taken away."""

    def site(self) -> AbstractContextManager[Site]:
        """Run a site of ada's that has the part."""

    def away(self, made: Site) -> AbstractContextManager[None]:
        """Take the part away until the end of the block."""


@dataclass
class Full:
    """A disk without any room: a small file system, or where none may be mounted, a limit."""

    @cached_property
    def kind(self) -> str:
        """Return which of the two it is."""
        with TemporaryDirectory() as folder:
            if not _mounts(Path(folder)):
                return "RLIMIT_FSIZE"
            subprocess.run(["umount", folder], check=True)
            return "tmpfs"

    @contextmanager
    def site(self) -> Iterator[Site]:
        """Run a site on a small file system, where one may be mounted."""
        with TemporaryDirectory() as folder:
            is_mounted = self.kind == "tmpfs" and _mounts(Path(folder))
            try:
                with site("ada", data=Path(folder) / "data") as made:
                    yield made
            finally:
                if is_mounted:
                    subprocess.run(["umount", folder], check=True)

    @contextmanager
    def away(self, made: Site) -> Iterator[None]:
        """Fill the file system, or forbid the worker to let any file grow."""
        if self.kind == "tmpfs":
            filler = made.data / "filler"
            _fill(filler)
            yield
            filler.unlink()
            return
        worker = made.worker()
        before = resource.prlimit(worker, resource.RLIMIT_FSIZE)
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (0, before[1]))
        yield
        resource.prlimit(worker, resource.RLIMIT_FSIZE, before)


class Locked:
    """A database that another program writes to, and doesn't finish."""

    @contextmanager
    def site(self) -> Iterator[Site]:
        """Run an ordinary site."""
        with site("ada") as made:
            yield made

    @contextmanager
    def away(self, made: Site) -> Iterator[None]:
        """Hold the lock that every writer needs."""
        file = made.data / "anonmsg.db"
        db = sqlite3.connect(file, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            db.execute("BEGIN IMMEDIATE")
            yield
            db.execute("ROLLBACK")
        finally:
            db.close()


@dataclass
class Careful(Sender):
    """Posts the form, and looks whether a refusal gives the text back."""

    port: int
    number: int
    texts_lost: int = 0
    errors: int = 0

    def __post_init__(self) -> None:
        """Come from a network of one's own."""
        self._http = Http(self.port, network(self.number))

    async def send(self, text: str, key: str) -> bool:
        """Post the form; the text has what HTML would have to escape."""
        answer = await self._http.post("/u/ada", {"message": text, "key": key})
        if answer.status == 200:
            return b"Message sent anonymously" in answer.body
        self.errors += answer.status not in {429, 503}
        self.texts_lost += text not in html.unescape(answer.body.decode())
        return False

    async def close(self) -> None:
        """Close the connection."""
        self._http.close()


def outage(part: Outage, seconds: float, senders: int) -> Row:
    """Take a part away for so long while people send; return what became of it all."""
    with part.site() as made:
        return asyncio.run(_outage(made, part, seconds, senders))


async def _outage(made: Site, part: Outage, seconds: float, senders: int) -> Row:
    posters = [Careful(made.port, number) for number in range(senders)]
    tabbers = [Tabber(made.port, "ada", 1000 + number) for number in range(TABBERS)]
    forms, events, is_over = Ledger(), Ledger(), asyncio.Event()
    people: list[tuple[Sender, Ledger]] = [(each, forms) for each in posters]
    people += [(each, events) for each in tabbers]
    load = [
        asyncio.create_task(keep_sending(each, ledger, stops_at=is_over.is_set, pause=PAUSE))
        for each, ledger in people
    ]
    workers = made.workers()
    await asyncio.sleep(3 * PAUSE)
    noted = len(made.log)
    with part.away(made):
        await asyncio.sleep(seconds)
        told = len(forms.acknowledged), len(events.acknowledged)
    ended = time.monotonic()
    back = await asyncio.gather(_first_after(forms, told[0]), _first_after(events, told[1]))
    is_over.set()
    _, late = await asyncio.wait(load, timeout=BACK_WITHIN)
    for task in late:
        task.cancel()
    row = forms.with_those_of(events).compared(made.stored())
    acknowledged_falsely = row.pop("lost")
    del row["p50 ms"], row["p99 ms"]
    return row | {
        "false acks": acknowledged_falsely,
        "texts lost": sum(each.texts_lost for each in posters),
        "other errors": sum(each.errors for each in posters),
        "not back": len(late) + back.count(None),
        **{
            what: None if at is None else max(0.0, at - ended)
            for what, at in zip(("back after s", "events after s"), back, strict=True)
        },
        "crashes": int(made.workers() != workers) + int(not made.is_sound()),
        "log bytes": len(made.log) - noted,
    }


async def _first_after(ledger: Ledger, told: int) -> float | None:
    """Return when the first message was acknowledged once the part was back."""
    for _ in range(round(BACK_WITHIN / 0.02)):
        if len(ledger.acknowledged) > told:
            return list(ledger.acknowledged.values())[told]
        await asyncio.sleep(0.02)
    return None


def _mounts(folder: Path) -> bool:
    """Mount a small file system in a folder, if this user may."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def _fill(file: Path) -> None:
    """Write until there is no room left, not even for one more page."""
    with file.open("wb", buffering=0) as filler:
        for size in (2**20, 4096, 1):
            try:
                while True:
                    filler.write(secrets.token_bytes(size))
            except OSError:
                os.fsync(filler.fileno())
