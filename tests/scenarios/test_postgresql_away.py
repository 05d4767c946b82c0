"""PostgreSQL goes away and comes back: nothing typed is lost, and nothing needs a restart."""

from __future__ import annotations

import signal
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from anonmsg.config import load
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.keyring import Keyring
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
    _settle(server, "ada")
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


def _settle(server: Served, name: str) -> None:
    """Insert a verified person into the server's database."""
    settings = load(data_dir=server.folder / "data", database_url=server.env["DATABASE_URL"])
    runtime = Runtime.of(settings)
    runtime.keyring = Keyring.of(settings, cost=4)
    with runtime.context() as ctx:
        factories.person(ctx, name, password=factories.PASSWORD)
    runtime.close()
