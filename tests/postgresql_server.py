"""Debian's PostgreSQL, started by the tests on a free port and ended with them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from tests.ports import free_port

MISSING = (
    "The tests need PostgreSQL: install it with `make postgresql` (apt-get install postgresql)."
)
# Debian puts each major version into a folder of its own, and none of them on the PATH.
VERSIONS = Path("/usr/lib/postgresql")
# It refuses to run as root.
USER = "postgres"
WITHIN = 60.0
# Like an operator's: it owns its databases, and nothing else.
ROLE, PASSWORD = "anonmsg", "a-long-password"
# Nothing has to survive a power cut here; what is committed survives a crash of the server.
IN_A_HURRY = (
    *("-c", "fsync=off", "-c", "full_page_writes=off"),
    *("-c", "shared_buffers=64MB", "-c", "max_connections=200"),
)
# Where tests are in a hurry, their files are in memory.
MEMORY = Path("/dev/shm")  # noqa: S108
# What docs/hosting.md asks for: its log repeats no values.
QUIET = ("-c", "log_error_verbosity=terse")


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs, of the newest version that's installed."""
    found = sorted(VERSIONS.glob(f"*/bin/{name}"), key=lambda each: float(each.parts[4]))
    path = str(found[-1]) if found else shutil.which(name)
    assert path, MISSING
    return path


@dataclass
class PostgresqlServer:
    """One server; it may be stopped and started again on the same port, with its data."""

    folder: Path
    options: tuple[str, ...] = ()
    is_durable: bool = False
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    made: int = 0

    @property
    def log(self) -> str:
        """Everything it has logged."""
        return (self.folder / "log").read_text(errors="replace")

    def url(self, database: str, *, password: str = PASSWORD) -> str:
        """The address of a database, as DATABASE_URL."""
        return f"postgresql+psycopg://{ROLE}:{password}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the cluster, of which only a password opens anything."""
        secret = self.folder / "password"
        secret.write_text("of-the-superuser")
        if os.geteuid() == 0:
            for each in (self.folder, secret):
                shutil.chown(each, USER, USER)
        secure = ("--auth=scram-sha-256", f"--pwfile={secret}", "--username=postgres")
        plain = ("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
        command = [program("initdb"), "-D", str(self.folder / "data"), *secure, *plain]
        subprocess.run([*_as_postgres(), *command], check=True, capture_output=True, cwd="/")

    def start(self) -> None:
        """Start it, and wait until it answers; it ends when this process does."""
        where = ("-D", str(self.folder / "data"), "-k", str(self.folder), "-h", "127.0.0.1")
        hurry = () if self.is_durable else IN_A_HURRY
        options = ("-p", str(self.port), *hurry, *QUIET, *self.options)
        command = [*_as_postgres("--pdeathsig=INT"), program("postgres"), *where, *options]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd="/")
        deadline = time.monotonic() + WITHIN
        while True:
            with suppress(psycopg.OperationalError), self.superuser():
                return
            assert self.process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.05)

    def superuser(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """A connection that may do anything; each statement is its own transaction."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="postgres",
            password="of-the-superuser",
            dbname=database,
            connect_timeout=10,
            autocommit=True,
        )

    def database(self) -> str:
        """Make an empty database that belongs to the app's role, and return its name."""
        self.made += 1
        name = f"anonmsg{self.made}"
        with self.superuser() as connection:
            connection.execute(
                SQL("CREATE DATABASE {} OWNER {}").format(Identifier(name), Identifier(ROLE))
            )
        return name

    def stop(self, with_signal: signal.Signals = signal.SIGINT) -> None:
        """End it, with everyone's connections; SIGQUIT ends it as if it had crashed."""
        if self.process is not None:
            self.process.send_signal(with_signal)
            self.process.wait(WITHIN)
            self.process = None


def _as_postgres(*options: str) -> list[str]:
    """Begin a command that runs as the server's own user, where this process is root."""
    ids = ("--reuid", USER, "--regid", USER, "--init-groups") if os.geteuid() == 0 else ()
    return ["setpriv", *ids, *options] if ids or options else []


@contextmanager
def postgresql_server(*options: str, is_durable: bool = False) -> Iterator[PostgresqlServer]:
    """A server that answers and knows the app's role, until the end of the block.

    With `is_durable` it's on disk and set as it's shipped: what is committed survives a
    power cut, and costs what that costs.
    """
    # Its user can't look into pytest's own folders.
    is_in_memory = MEMORY.is_dir() and not is_durable
    with tempfile.TemporaryDirectory(
        prefix="anonmsg-postgresql-", dir=MEMORY if is_in_memory else None
    ) as folder:
        made = PostgresqlServer(Path(folder), options, is_durable)
        made.prepare()
        try:
            made.start()
            with made.superuser() as connection:
                connection.execute(
                    SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(Identifier(ROLE), PASSWORD)
                )
            yield made
        finally:
            made.stop()
