"""Debian's PostgreSQL, in a folder of its own, for as long as a test needs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.served import free_port

MISSING = "These tests need PostgreSQL: apt-get install postgresql"
PASSWORD = "a password with : @ / and ' in it"
QUOTED = "a%20password%20with%20%3A%20%40%20%2F%20and%20%27%20in%20it"
OPTIONS = "-c fsync=off -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c port={port}"


def programs() -> Path:
    """The folder of the newest installed version's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: each.parent.name)
    assert found, MISSING
    return found[-1]


@contextmanager
def running() -> Iterator[str]:
    """Run a server; yields the URL of its first database, as DATABASE_URL."""
    folder = Path(tempfile.mkdtemp(prefix="anonmsg-postgresql-"))
    port, data = free_port(), folder / "data"
    as_user: list[str] = []
    if os.geteuid() == 0:
        # It refuses to run as root.
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    words = folder / "password"
    words.write_text(PASSWORD)
    words.chmod(0o644)
    control = [*as_user, str(programs() / "pg_ctl"), "--pgdata", str(data), "--silent"]
    made = f"--username=anonmsg --pwfile={words} --auth=scram-sha-256 --encoding=UTF8 --no-sync"
    subprocess.run(
        [*control, "init", "-o", made], check=True, cwd=folder, stdout=subprocess.DEVNULL
    )
    log, options = f"--log={folder / 'log'}", f"--options={OPTIONS.format(port=port)}"
    try:
        subprocess.run([*control, "start", "--wait", log, options], check=True, cwd=folder)
        yield f"postgresql+psycopg://anonmsg:{QUOTED}@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "stop", "--mode=immediate"], check=False, cwd=folder)
        shutil.rmtree(folder)
