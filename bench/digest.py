"""Measure a digest run: telling a hundred thousand owners how many messages are new.

    python -m bench.digest [--owners 100000]

Every owner is due at once and has two new messages. The run is the app's own, batch after
batch, on a SQLite database on the disk: it counts, writes each email, seals it and puts it
into the outbox. The floor does the same selects, updates and inserts in transactions of the
same size, with nothing but Python's sqlite3 on a copy of the database, and writes no email:
what it inserts is as long and was made before. A sender's wait is how long a message took
that somebody sent during the run, every tenth of a second. Prints a table and a JSON line.
"""

from __future__ import annotations

import argparse
import json
import resource
import secrets
import shutil
import sqlite3
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path

from anonmsg.config import load
from anonmsg.database.engine import PRAGMAS, insert_for
from anonmsg.database.tables import EmailDigest, Inbox, Message, Person
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.codes import new_id
from anonmsg.services.inbox.messages import Draft, send_all
from anonmsg.services.notifications import email_digests
from bench import people

CHUNK = 5000
EACH = 2
BEAT = 0.1
# The statements that the app sends, for `sqlite3`.
DUE = """
SELECT d.person_id, d.frequency, d.hour, d.next_at, d.told_until, p.username, p.email,
  (SELECT count(*) FROM messages m WHERE m.person_id = d.person_id AND m.folder = 'inbox'
   AND m.sent_at >= d.told_until AND m.sent_at < :until AND m.is_unread = 1)
FROM email_digests d JOIN people p ON p.id = d.person_id
WHERE d.next_at <= :now ORDER BY d.next_at LIMIT :batch"""
MOVE = """
UPDATE email_digests SET next_at = :next_at, told_until = :until WHERE person_id = :person_id
AND next_at = :as_read AND EXISTS (SELECT 1 FROM people WHERE id = :person_id AND email = :email)"""
POST = """
INSERT INTO mails (id, sealed, is_bulk, tries, due_at, created_at)
VALUES (:id, :sealed, 1, 0, :now, :now)"""


def fill(runtime: Runtime, owners: int) -> None:
    """Add owners who are due, each with new messages."""
    with runtime.context() as ctx:
        for start in range(0, owners, CHUNK):
            _add(ctx, range(start, min(start + CHUNK, owners)))


def _add(ctx: Context, numbers: range) -> None:
    long_ago = ctx.now.replace(microsecond=0) - timedelta(hours=2)
    ids = {number: new_id() for number in numbers}
    persons = [
        {
            "id": ids[number],
            "username": f"owner{number}",
            "username_key": f"owner{number}",
            "email": f"owner{number}@example.com",
            "email_key": f"owner{number}@example.com",
            "password_hash": "none",
            "accepts_messages": True,
            "created_at": long_ago,
        }
        for number in numbers
    ]
    digests = [
        {"person_id": each, "frequency": "hourly", "hour": 0}
        | {"next_at": long_ago + timedelta(hours=1), "told_until": long_ago}
        for each in ids.values()
    ]
    messages = [
        {
            "id": new_id(),
            "person_id": each,
            "content": "",
            "sealed": secrets.token_bytes(100),
            "sent_at": long_ago + timedelta(minutes=30 + n),
            "is_unread": True,
        }
        for each in ids.values()
        for n in range(EACH)
    ]
    with ctx.writing() as db:
        connection = db.connection()
        connection.execute(insert_for("sqlite", Person), persons)
        connection.execute(insert_for("sqlite", Inbox), [{"person_id": i} for i in ids.values()])
        connection.execute(insert_for("sqlite", EmailDigest), digests)
        connection.execute(insert_for("sqlite", Message), messages)


class Sender:
    """Somebody who sends a message every tenth of a second, and notes how long each took."""

    def __init__(self, runtime: Runtime) -> None:
        """Start sending."""
        self.waits: list[float] = []
        self._runtime, self._is_over = runtime, threading.Event()
        self._thread = threading.Thread(target=self._send)
        self._thread.start()

    def _send(self) -> None:
        while not self._is_over.wait(BEAT):
            began = time.perf_counter()
            with self._runtime.context() as ctx:
                send_all(ctx, [Draft("ada", "hello", "network", new_id())])
            self.waits.append(time.perf_counter() - began)

    def stop(self) -> list[float]:
        """Stop sending, and return the waits in order."""
        self._is_over.set()
        self._thread.join()
        return sorted(self.waits)


def run(runtime: Runtime, owners: int) -> None:
    """Tell everybody, as the server does, but without waiting for the emails to leave."""
    while True:
        with runtime.context() as ctx:
            if not email_digests.tell_next(ctx, room=owners + email_digests.BATCH):
                return


def floor(file: Path, now: str, until: str, size: int) -> float:
    """Do the same with bare statements, and return how many seconds that took."""
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    sealed, began = secrets.token_bytes(size), time.perf_counter()
    asked = {"now": now, "until": until, "batch": email_digests.BATCH}
    while rows := connection.execute(DUE, asked).fetchall():
        connection.execute("BEGIN IMMEDIATE")
        for person_id, _, _, as_read, _, _, email, _ in rows:
            moved = {"next_at": "9999-01-01", "until": until, "person_id": person_id}
            connection.execute(MOVE, moved | {"as_read": as_read, "email": email})
            connection.execute(POST, {"id": new_id(), "sealed": sealed, "now": now})
        connection.execute("COMMIT")
    took = time.perf_counter() - began
    connection.close()
    return took


def measured(folder: Path, owners: int) -> dict[str, float]:
    """Fill a database, copy it, and measure both ways."""
    people.make(folder)
    runtime = Runtime.of(load(data_dir=folder, limits_factor=1_000_000))
    fill(runtime, owners)
    with runtime.context() as ctx:
        now = ctx.now.replace(tzinfo=None)
    runtime.database.close()
    file, copied = folder / "anonmsg.db", folder / "floor.db"
    shutil.copy(file, copied)
    sender = Sender(runtime)
    began, worked = time.perf_counter(), time.process_time()
    run(runtime, owners)
    took, worked = time.perf_counter() - began, time.process_time() - worked
    waits = sender.stop()
    with sqlite3.connect(file) as connection:
        asked = "SELECT count(*), avg(length(sealed)) FROM mails WHERE is_bulk = 1"
        posted, size = connection.execute(asked).fetchone()
    connection.close()
    if posted != owners:
        raise SystemExit(f"{posted} of {owners} owners were told.")
    runtime.close()
    until = now.replace(microsecond=0) - timedelta(seconds=15)
    least = floor(copied, f"{now}", f"{until}.000000", round(size))
    return {
        "owners": owners,
        "seconds": round(took, 1),
        "owners_a_second": round(owners / took),
        "cpu_ms_each": round(worked / owners * 1000, 3),
        "floor_seconds": round(least, 1),
        "ratio": round(took / least, 2),
        "sent_meanwhile": len(waits),
        "sender_p50_ms": round(waits[len(waits) // 2] * 1000, 1) if waits else 0,
        "sender_p99_ms": round(waits[int(len(waits) * 0.99)] * 1000, 1) if waits else 0,
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    """Measure a run and print the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--owners", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = measured(Path(folder), asked.owners)
    for name, each in results.items():
        print(f"  {name.replace('_', ' '):20} {each:,}")
    print(json.dumps({"digest": results}))


if __name__ == "__main__":
    main()
