"""security.txt: the operator's contact, and nothing where none is set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from anonmsg.config import BadSettings, Settings, load
from anonmsg.runtime.runtime import Runtime
from tests.web.conftest import Browse

PATH = "/.well-known/security.txt"


def test_there_is_none_where_no_contact_is_set(client: TestClient) -> None:
    assert client.get(PATH).status_code == 404


def test_it_tells_the_contact_and_ends_within_a_year(browse: Browse, runtime: Runtime) -> None:
    contact = {"security_contact": "mailto:me@example.com"}
    answer = browse(runtime.settings.model_copy(update=contact)).get(PATH)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:me@example.com"
    assert "Canonical" not in fields
    expires = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=30) < expires - runtime.clock() < timedelta(days=365)


def test_it_says_where_it_belongs(browse: Browse, https: Settings) -> None:
    settings = https.model_copy(update={"security_contact": "https://anonmsg.example/report"})
    assert f"Canonical: https://anonmsg.example{PATH}\n" in browse(settings).get(PATH).text


@pytest.mark.parametrize(
    "contact", ["me@example.com", "http://a.example", "mailto:a b", "mailto:a\nb"]
)
def test_a_contact_that_nobody_can_open_stops_the_start(contact: str) -> None:
    with pytest.raises(BadSettings, match="SECURITY_CONTACT"):
        load(security_contact=contact)
