"""Sending with a native POST leaves no trace of the sender anywhere."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from anonmsg.config import Settings
from anonmsg.framework.connections import connection_id_in, connections
from anonmsg.runtime.runtime import Runtime
from tests import factories
from tests.web.conftest import Browse, ReflexStandIn

TEXT = "the words themselves, planted-nowhere-else"
ADDRESS = "203.0.113.77"
PLANTED = {
    "user-agent": "planted-agent/1.0",
    "cookie": "planted_cookie=planted-value; connection=planted-connection; access=planted-access",
    "x-forwarded-for": "198.51.100.99, 2001:db8:dead:beef::1",
    "forwarded": "for=198.51.100.99;host=planted-host",
    "x-real-ip": "198.51.100.99",
    "referer": "https://planted-referer.example/page",
    "accept-language": "planted-language",
    "sec-ch-ua": "planted-hint",
    "from": "planted-from@example.com",
}
MARKERS = [ADDRESS, "51123", "planted-", "planted_", "198.51.100.99", "2001:db8", "dead:beef"]
EVENTS = "/_event?token=00000000-0000-4000-8000-000000000000"


def places_of(words: str, folder: Path, logs: str) -> set[str]:
    """Where some words are found: in files, by name, and in the logs."""
    found = {
        file.name
        for file in folder.rglob("*")
        if file.is_file() and words.lower().encode() in file.read_bytes().lower()
    }
    return found | ({"logs"} if words.lower() in logs.lower() else set())


@pytest.mark.usefixtures("ada")
def test_nothing_about_a_sender_is_kept(
    browse: Browse,
    runtime: Runtime,
    settings: Settings,
    reflex: ReflexStandIn,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    client = browse(client=(ADDRESS, 51123))
    sent = {"message": TEXT, "key": "planted-key"}
    assert client.get("/u/ada", headers=PLANTED).status_code == 200
    answers = [
        client.post("/u/ada", data=sent, headers=PLANTED),
        client.post("/u/ada", data=sent, headers=PLANTED),
        client.post("/u/ada", data={"message": "x" * 2000}, headers=PLANTED),
        client.post("/u/nobody", data=sent, headers=PLANTED),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 400, 404]
    with client.websocket_connect(EVENTS, headers={"origin": settings.site}):
        cookie = dict(reflex.heard[0]["headers"])[b"cookie"].decode()
        connection = connections.get(connection_id_in(cookie))
        assert connection is not None
    logs = caplog.text + "".join(capfd.readouterr())
    folder = settings.data_dir
    assert {"anonmsg.db", "anonmsg.db-wal"} <= {file.name for file in folder.rglob("*")}
    # The search finds what's there; the message is there too, and sealed.
    assert places_of("Ada@example.com", folder, logs) <= {"anonmsg.db", "anonmsg.db-wal"}
    assert places_of("Ada@example.com", folder, logs)
    assert places_of("the words themselves", folder, logs) == set()
    with runtime.context() as ctx:
        assert factories.stored(ctx) == [TEXT]
    assert places_of("while TRUSTED_PROXY_HOPS is 0", folder, logs) == {"logs"}
    for marker in [*MARKERS, connection.network, "planted-key", "x" * 50]:
        assert places_of(marker, folder, logs) == set(), marker
    runtime.database.close()
    for marker in ("198.51.100.99", connection.network, ADDRESS):
        assert places_of(marker, folder, logs) == set()
