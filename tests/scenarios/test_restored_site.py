"""A backup of a site that is running, and a restore after which it runs again."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

from anonmsg.services.backups import unfinished
from tests.served import ROOT, Served, end, served


def command(made: Served, *arguments: str) -> tuple[int, str]:
    """Run a command of its own process on a site's data folder."""
    done = subprocess.run(
        [sys.executable, "-m", "anonmsg", *arguments],
        cwd=made.folder,
        env={"PATH": "/usr/bin", "PYTHONPATH": str(ROOT), "DATA_DIR": str(made.folder / "data")},
        input="correct horse battery staple\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def people(made: Served) -> list[str]:
    db = sqlite3.connect(made.folder / "data" / "anonmsg.db")
    try:
        return [name for (name,) in db.execute("SELECT username FROM people ORDER BY 1")]
    finally:
        db.close()


def page(made: Served, name: str) -> bytes:
    """The status line of somebody's page."""
    asked = f"GET /u/{name} HTTP/1.1\r\nHost: localhost:{made.port}\r\nConnection: close\r\n\r\n"
    return made.ask(asked.encode()).partition(b"\r\n")[0]


def test_a_running_site_is_backed_up_and_restored_once_it_has_stopped(tmp_path: Path) -> None:
    file = str(tmp_path / "site.backup")
    with served(tmp_path) as made:
        for name in ("ada", "bob"):
            told = command(made, "create-user", name, f"{name}@example.com", "--password-stdin")
            assert told[0] == 0, told
        assert command(made, "backup", file, "--no-passphrase")[0] == 0
        assert command(made, "restore", file, "--check")[0] == 0
        assert command(made, "delete-user", "bob", "--yes")[0] == 0
        code, told = command(made, "restore", file, "--yes")
        assert code == 1
        assert "Something still has the database open, most likely a running anonmsg." in told
        assert page(made, "ada").endswith(b"200 OK")
    code, told = command(made, "restore", file, "--yes")
    assert code == 0, told
    assert "now deleted again: 1" in told
    assert people(made) == ["ada"]
    with served(tmp_path) as again:
        assert page(again, "ada").endswith(b"200 OK")
        assert page(again, "bob").endswith(b"404 Not Found")


def test_a_server_does_not_start_on_an_unfinished_restore(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    unfinished.mark_in(tmp_path / "data").touch()
    made = Served(tmp_path)
    try:
        made.begin()
        assert made.wait() == 1
    finally:
        end(made)
    assert "Run the same restore again to finish it." in made.log
    assert "Traceback" not in made.log
