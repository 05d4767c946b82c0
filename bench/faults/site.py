"""A site to hurt: the built app with its own data, and what it did to its messages and log."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from bench import inboxes, people, servers
from bench.faults.http import Http

# Behind one proxy, which says what network a request comes from.
BEHIND_A_PROXY = {"TRUSTED_PROXY_HOPS": "1"}
AS_CONFIGURED = {"LIMITS_FACTOR": "1"}
LOOK_SECONDS = 0.01


@dataclass
class Site:
    """One installation, whose server can be killed and started again.

    Attributes:
        data: Its data folder.
        env: Its settings.
        way: The module that serves it, and its arguments.
        port: Its port.
        pid: The server's process, which has the serving workers as its children.
    """

    data: Path
    env: Mapping[str, str] = field(default_factory=dict)
    way: tuple[str, ...] = servers.SERVE
    port: int = field(default_factory=servers.free_port)
    pid: int = 0
    _running: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """Start the server, and wait until it listens."""
        env = BEHIND_A_PROXY | dict(self.env)
        self.pid = self._running.enter_context(self._served(env))

    def _served(self, env: dict[str, str]) -> AbstractContextManager[int]:
        return servers.served(self.data, self.port, env, way=self.way)

    def stop(self) -> None:
        """Stop the server, or clear up after one that was killed."""
        self._running.close()

    def kill(self) -> None:
        """End the server and its worker at once."""
        os.killpg(self.pid, signal.SIGKILL)

    def worker(self) -> int:
        """Return the process id of the worker, once there is one."""
        while not (found := self.workers()):
            time.sleep(LOOK_SECONDS)
        return found[-1]

    def workers(self) -> list[int]:
        """Return the process ids of the workers that live now, the newest last."""
        return _children(self.pid)

    def has_ended(self) -> bool:
        """Return whether the server's own process has ended."""
        return _is_dead(self.pid)

    @property
    def log(self) -> str:
        """Everything that the server has printed."""
        return (self.data / "server.log").read_text(errors="replace")

    def memory(self) -> float:
        """Return the memory of the server and its worker in MB (PSS)."""
        return servers.memory_of(self.pid)

    @property
    def database(self) -> str:
        """Its database as DATABASE_URL, or nothing where it's a file in the data folder."""
        return self.env.get("DATABASE_URL", "")

    @property
    def is_on_postgresql(self) -> bool:
        """Whether its database is PostgreSQL's."""
        return self.database.startswith("postgresql")

    def query(self, statement: str, *values: str) -> list[tuple[object, ...]]:
        """Return the rows of a query, read beside the running server."""
        if self.is_on_postgresql:
            with psycopg.connect(self.database.replace("+psycopg", "", 1)) as connection:
                return connection.execute(statement.replace("?", "%s").encode(), values).fetchall()
        db = sqlite3.connect(f"file:{self.data / 'anonmsg.db'}?mode=ro", uri=True, timeout=30)
        try:
            return db.execute(statement, values).fetchall()
        finally:
            db.close()

    def stored(self) -> dict[str, int]:
        """Return how often each text is in the inboxes."""
        return dict(Counter(inboxes.texts(self.data, database_url=self.database)))

    def is_sound(self) -> bool:
        """Return whether SQLite finds nothing wrong with the database.

        PostgreSQL has no such check without a superuser's extension: there, it's whether
        every table can be read to its end.
        """
        if self.is_on_postgresql:
            tables = self.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            return all(self.query(f"SELECT count(*) FROM {table}") for (table,) in tables)  # noqa: S608
        return self.query("PRAGMA integrity_check") == [("ok",)]


@contextmanager
def site(
    *names: str,
    env: Mapping[str, str] | None = None,
    data: Path | None = None,
    way: tuple[str, ...] = servers.SERVE,
) -> Iterator[Site]:
    """Run a site with these people, all with the same password, until the end of the block.

    Args:
        names: Their usernames.
        env: Further settings.
        data: Its data folder, instead of a temporary one.
        way: The module that serves it, and its arguments.
    """
    servers.build()
    with TemporaryDirectory() as folder:
        made = Site(data or Path(folder) / "data", env or {}, way)
        emails = [f"{name}@example.com" for name in names]
        people.crowd(made.data, emails, database=made.database)
        try:
            made.start()
            yield made
        finally:
            made.stop()


async def sign_in(browser: Http, name: str) -> str:
    """Sign somebody in, and return the Cookie header."""
    fields = {"identifier": name, "password": people.PASSWORD}
    answer = await browser.post("/sign-in", fields, Accept="application/json")
    if answer.status != 200:
        raise SystemExit(f"{name} can't sign in: {answer.body.decode(errors='replace')}")
    return "; ".join(f"{each}={value}" for each, value in answer.cookies.items())


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(each) for each in found if not _is_dead(int(each))]
    return []


def _is_dead(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z")
    return True
