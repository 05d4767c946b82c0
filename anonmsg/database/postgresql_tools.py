"""PostgreSQL's own tools for copies: `pg_dump` and `pg_restore`, run by libpq's environment.

What connects, the password too, is handed over as environment variables: other users of
the machine can read a program's arguments.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from psycopg import pq
from sqlalchemy.engine import URL, make_url

from anonmsg.database.sqlite_copies import CopyFailed

NOT_INSTALLED = (
    "{program} isn't on the PATH. Install PostgreSQL's client programs, version {server} or newer"
)
TOO_OLD = (
    "{program} is version {found}, and the server is version {server}. Install PostgreSQL's "
    "client programs of that version or a newer one, and put them first on the PATH"
)


def dump(url: str, to: Path, *, snapshot: str, server: int) -> None:
    """Write a database into a file, in `pg_dump`'s custom format.

    Args:
        url: The database.
        to: The file, which only its owner may read.
        snapshot: The exported snapshot that says which rows are in it.
        server: The server's major version.

    Raises:
        CopyFailed: it can't be done; says why.
    """
    to.touch(mode=0o600, exist_ok=False)
    arguments = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    _run("pg_dump", [*arguments, f"--file={to}"], make_url(url), server)


def load(file: Path, url: str, *, server: int) -> None:
    """Fill an empty database from such a file, all of it or nothing.

    Raises:
        CopyFailed: it can't be done; says why.
    """
    name = make_url(url).database or ""
    arguments = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    _run("pg_restore", [*arguments, f"--dbname={_quoted(name)}", str(file)], make_url(url), server)


def keywords(url: URL) -> dict[str, str]:
    """Return libpq's parameters for a database URL, whose own form libpq doesn't always read."""
    given = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
    } | dict(url.query)
    return {name: str(value) for name, value in given.items() if value is not None}


def environment(url: URL) -> dict[str, str]:
    """Return libpq's environment variables for a database URL."""
    known = {
        each.keyword.decode(): each.envvar.decode()
        for each in pq.Conninfo.get_defaults()
        if each.envvar
    }
    return {known[name]: value for name, value in keywords(url).items() if name in known}


def _run(program: str, arguments: list[str], url: URL, server: int) -> None:
    path = shutil.which(program)
    if path is None:
        raise CopyFailed(NOT_INSTALLED.format(program=program, server=server))
    _expect_new_enough(path, program, server)
    done = subprocess.run(  # noqa: S603  (the program is PostgreSQL's, the arguments are ours)
        [path, "--no-password", *arguments],
        env=_without_own(os.environ) | environment(url) | {"LC_ALL": "C"},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if "error:" in line]
        reason = (lines or done.stderr.splitlines() or ["no reason was given"])[0]
        raise CopyFailed(reason.replace(url.password, "***") if url.password else reason)


def _expect_new_enough(path: str, program: str, server: int) -> None:
    told = subprocess.run(  # noqa: S603
        [path, "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"(\d+)", told.stdout)
    if found and int(found[1]) < server:
        raise CopyFailed(TOO_OLD.format(program=program, found=found[1], server=server))


def _without_own(environ: os._Environ[str]) -> dict[str, str]:
    """Return the environment without what would lead libpq elsewhere."""
    own = {each.envvar.decode() for each in pq.Conninfo.get_defaults() if each.envvar}
    kept = {"PGPASSFILE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY", "PGSSLMODE"}
    return {name: value for name, value in environ.items() if name not in own - kept}


def _quoted(name: str) -> str:
    """Return a database's name as a connection string, so that none is taken for one."""
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"dbname='{escaped}'"
