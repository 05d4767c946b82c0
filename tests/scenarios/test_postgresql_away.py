"""PostgreSQL goes away and comes back: nothing typed is lost, and nothing needs a restart."""

from __future__ import annotations

import signal
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from anonmsg.database.engine import Database
from bench import inboxes
from tests import factories
from tests.postgresql_server import PostgresqlServer
from tests.served import Served, served

TYPED = "what somebody typed while the database was away"
SORRY = "Something went wrong on our end. Try again."
UNAVAILABLE = 503


@pytest.fixture
def server(own_postgresql: PostgresqlServer, tmp_path: Path) -> Iterator[Served]:
    """A served app whose database can be stopped."""
    address = own_postgresql.url(own_postgresql.database())
    with served(tmp_path, env={"DATABASE_URL": address}) as made:
        yield made


def ask(server: Served, path: str, **fields: str) -> tuple[int, str]:
    """Open a page, or post a form without scripts; return the status and the page."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}",
        data=urllib.parse.urlencode(fields).encode() if fields else None,
        headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def messages(server: Served) -> list[str]:
    return inboxes.texts(server.folder / "data", database_url=server.env["DATABASE_URL"])


@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGQUIT], ids=["stopped", "crashed"])
def test_what_was_typed_is_kept_and_sent_once_it_is_back(
    server: Served, own_postgresql: PostgresqlServer, ends: signal.Signals
) -> None:
    who = {"username": "ada", "email": "ada@example.com", "password": factories.PASSWORD}
    assert ask(server, "/sign-up", **who)[0] in {200, 303}
    _verify(server)
    assert ask(server, "/u/ada", message="before", key="k1")[0] == 200

    own_postgresql.stop(ends)
    assert ask(server, "/healthz")[0] == 200
    for path in ("/u/ada", "/u/nobody"):
        status, shown = ask(server, path)
        assert (status, SORRY in shown) == (UNAVAILABLE, True)
    status, shown = ask(server, "/u/ada", message=TYPED, key="k2")
    assert (status, SORRY in shown, TYPED in shown) == (UNAVAILABLE, True, True)
    typed = {"identifier": "ada", "password": factories.PASSWORD}
    status, shown = ask(server, "/sign-in", **typed)
    assert (status, SORRY in shown, 'value="ada"' in shown) == (UNAVAILABLE, True, True)

    own_postgresql.start()
    assert ask(server, "/u/ada", message=TYPED, key="k2")[0] == 200
    assert ask(server, "/u/ada", message=TYPED, key="k2")[0] == 200
    assert messages(server) == ["before", TYPED]
    assert TYPED not in server.log
    assert "Traceback" not in server.log


def _verify(server: Served) -> None:
    """Make a person of the sign-up, as the mailed code would."""
    database = Database(server.env["DATABASE_URL"])
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO people (id, username, username_key, email, email_key, password_hash, "
            "accepts_messages, display_name, prompt, bio, totp_step, created_at) "
            "SELECT id, username, username_key, email, email_key, password_hash, true, '', '', '', "
            "0, created_at FROM sign_ups"
        )
        connection.exec_driver_sql(
            "UPDATE names SET person_id = sign_up_id, sign_up_id = NULL, held_until = NULL"
        )
    database.close()
