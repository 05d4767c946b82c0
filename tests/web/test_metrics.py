"""GET /metrics: who may read it, what it counts, and what it never tells."""

from __future__ import annotations

import re
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from anonmsg.config import Settings
from anonmsg.framework.connections import connections
from anonmsg.runtime.rate_limits import RateLimits
from anonmsg.runtime.runtime import Runtime
from anonmsg.web.door.monitor import may_read
from tests.broken import locked
from tests.web.conftest import Browse
from tests.web.test_anonymity import MARKERS, PLANTED

TOKEN = "a-token-for-the-metrics-0123456789"
HERE = ("127.0.0.1", 4711)
ELSEWHERE = ("203.0.113.77", 4711)
LOCAL = {"host": "localhost:3000"}


@pytest.fixture
def with_token(runtime: Runtime) -> Settings:
    return Settings.model_validate(
        runtime.settings.model_dump() | {"metrics_token": TOKEN, "public_url": ""}
    )


@pytest.fixture
def operator(browse: Browse) -> TestClient:
    """Somebody on the machine itself."""
    return browse(client=HERE)


def samples(operator: TestClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every value by its name and labels."""
    answer = operator.get("/metrics", headers=LOCAL)
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(operator: TestClient, name: str, **labels: str) -> float:
    return samples(operator).get((f"anonmsg_{name}", frozenset(labels.items())), 0.0)


def test_this_machine_may_read_it(operator: TestClient) -> None:
    answer = operator.get("/metrics", headers=LOCAL)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    assert 'anonmsg_info{version="0.1.0"} 1.0' in answer.text
    assert operator.head("/metrics", headers=LOCAL).status_code == 200


@pytest.mark.parametrize(
    ("client", "host"),
    [
        (("127.8.9.1", 1), "127.8.9.1:3000"),
        (("::1", 1), "[::1]:3000"),
        (("::ffff:127.0.0.1", 1), "localhost"),
        (HERE, "127.0.0.1"),
    ],
)
def test_it_goes_by_many_names(browse: Browse, client: tuple[str, int], host: str) -> None:
    assert browse(client=client).get("/metrics", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        (ELSEWHERE, {}),
        (("unknown", 1), {}),
        (("", 1), {}),
        (("10.0.0.1", 1), {}),
        # A proxy on this machine asks for somebody else.
        (HERE, {"x-forwarded-for": "203.0.113.77"}),
        (HERE, {"x-forwarded-for": "127.0.0.1"}),
        (HERE, {"X-Forwarded-Proto": "https"}),
        (HERE, {"x-real-ip": "127.0.0.1"}),
        (HERE, {"forwarded": "for=127.0.0.1"}),
        (HERE, {"via": "1.1 Caddy"}),
        (HERE, {"cf-connecting-ip": "203.0.113.77"}),
        # A proxy that says nothing but passes the host on, or a page that was led here.
        (HERE, {"host": "anonmsg.example"}),
        (HERE, {"host": "localhost.evil.example:3000"}),
        (HERE, {"host": "evil.example:127.0.0.1"}),
        (HERE, {"host": ""}),
        # Nobody is let in by a token where none is set.
        (ELSEWHERE, {"authorization": f"Bearer {TOKEN}"}),
        (ELSEWHERE, {"authorization": "Bearer "}),
    ],
)
def test_for_everyone_else_there_is_nothing(
    browse: Browse, client: tuple[str, int], headers: dict[str, str]
) -> None:
    browser = browse(client=client)
    answer = browser.get("/metrics", headers=LOCAL | headers)
    nowhere = browser.get("/nowhere", headers=LOCAL | headers)
    assert (answer.status_code, answer.text) == (404, nowhere.text)
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(("version", "is_let_in"), [("1.1", True), ("1", False), ("1.0", False)])
def test_a_proxy_that_nobody_configured_asks_for_others(version: str, *, is_let_in: bool) -> None:
    headers = [(b"host", b"127.0.0.1:3000"), (b"connection", b"close")]
    scope = {"type": "http", "http_version": version, "client": HERE, "headers": headers}
    assert may_read(scope, "") == is_let_in
    assert may_read(scope | {"headers": [(b"authorization", f"Bearer {TOKEN}".encode())]}, TOKEN)


def test_a_token_lets_in_from_anywhere(browse: Browse, with_token: Settings) -> None:
    browser = browse(with_token, client=ELSEWHERE)
    for scheme in ("Bearer", "bearer"):
        headers = {"authorization": f"{scheme} {TOKEN}", "x-forwarded-for": "198.51.100.9"}
        assert browser.get("/metrics", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "said",
    ["", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN, f"Basic {TOKEN}"],
)
def test_another_token_lets_nobody_in(browse: Browse, with_token: Settings, said: str) -> None:
    browser = browse(with_token, client=ELSEWHERE)
    assert browser.get("/metrics", headers={"authorization": said}).status_code == 404


def test_a_wrong_token_counts_even_here(browse: Browse, with_token: Settings) -> None:
    browser = browse(with_token, client=HERE)
    wrong = {"authorization": "Bearer wrong"}
    assert browser.get("/metrics", headers=LOCAL | wrong).status_code == 404
    assert browser.get("/metrics", headers=LOCAL).status_code == 200


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(
    ("method", "path", "labels"),
    [
        ("GET", "/u/ada", {"route": "/u/{username}", "method": "GET", "status": "200"}),
        ("GET", "/u/nobody", {"route": "/u/{username}", "method": "GET", "status": "404"}),
        ("HEAD", "/healthz", {"route": "/healthz", "method": "HEAD", "status": "200"}),
        ("POST", "/u/ada", {"route": "/u/{username}", "method": "POST", "status": "400"}),
        ("GET", "/planted", {"route": "elsewhere", "method": "GET", "status": "404"}),
        ("PLANTED", "/healthz", {"route": "/healthz", "method": "other", "status": "405"}),
        # The door's own answers count like a route's.
        ("GET", "/u/%0d", {"route": "/u/{username}", "method": "GET", "status": "400"}),
    ],
)
def test_requests_are_counted_by_template(
    operator: TestClient, browse: Browse, method: str, path: str, labels: dict[str, str]
) -> None:
    before = value(operator, "requests_total", **labels)
    browse().request(method, path)
    assert value(operator, "requests_total", **labels) == before + 1


@pytest.mark.usefixtures("ada")
def test_messages_and_refusals_are_counted(
    operator: TestClient, browse: Browse, runtime: Runtime
) -> None:
    runtime.rate_limits = RateLimits(overrides={"send_network": "2 per hour"})
    names: list[tuple[str, dict[str, str]]] = [
        ("messages_total", {}),
        ("refusals_total", {"limit": "send_network"}),
    ]
    before = [value(operator, name, **labels) for name, labels in names]
    client = browse()
    for number in range(5):
        client.post("/u/ada", data={"message": f"hello {number}", "key": str(number)})
    after = [value(operator, name, **labels) for name, labels in names]
    assert after == [before[0] + 2, before[1] + 3]


def test_an_incident_is_counted(operator: TestClient, browse: Browse, runtime: Runtime) -> None:
    before = value(operator, "incidents_total")
    with locked(runtime):
        assert browse().get("/u/ada").status_code == 503
    assert value(operator, "incidents_total") == before + 1


@pytest.mark.usefixtures("ada")
def test_a_wait_for_a_hash_is_counted(operator: TestClient, browse: Browse) -> None:
    before = value(operator, "hashing_wait_seconds_count")
    browse().post("/sign-in", data={"identifier": "ada", "password": "not hers, by far"})
    assert value(operator, "hashing_wait_seconds_count") == before + 1


def test_what_is_open_and_what_waits_is_told(operator: TestClient) -> None:
    found = samples(operator)
    none: frozenset[Any] = frozenset()
    assert found["anonmsg_workers", none] == 1
    # Sockets of earlier tests of this process may still be open.
    assert found["anonmsg_sockets", none] == len(connections)
    assert found["anonmsg_mails_waiting", none] == 0
    assert found["anonmsg_mail_lag_seconds", none] == 0
    assert found["anonmsg_database_connections_in_use", none] >= 0
    for queue in ("threads", "hashing", "messages"):
        assert found["anonmsg_queue_length", frozenset({("queue", queue)})] == 0


def test_a_database_that_fails_leaves_the_rest(operator: TestClient, runtime: Runtime) -> None:
    with locked(runtime):
        answer = operator.get("/metrics", headers=LOCAL)
    assert answer.status_code == 200
    assert "\nanonmsg_mail_lag_seconds NaN\n" in answer.text
    assert "\nanonmsg_workers 1.0\n" in answer.text


@pytest.mark.usefixtures("ada")
def test_nothing_a_visitor_sends_is_told(operator: TestClient, browse: Browse) -> None:
    client = browse(client=("203.0.113.77", 51123))
    sent = {"message": "planted-text", "key": "planted-key"}
    for path in ("/u/ada", "/u/planted-name", "/planted-path", "/u/ada/planted-file"):
        client.get(path, params={"planted-query": "planted-value"}, headers=PLANTED)
        client.post(path, data=sent, headers=PLANTED)
        client.request("PLANTED-METHOD", path, headers=PLANTED)
    form = {"identifier": "planted-who@example.com", "password": "planted-password"}
    client.post("/sign-in", data=form, headers=PLANTED)
    client.post("/sign-up", data=form | {"email": "planted@example.com"}, headers=PLANTED)
    answer = operator.get("/metrics", headers=LOCAL)
    assert 'route="/u/{username}"' in answer.text
    words = [*MARKERS, "planted", "ada", "@", "Bearer"]
    told = re.sub(r"^#.*$", "", answer.text, flags=re.MULTILINE).lower()
    assert [word for word in words if word.lower() in told] == []
    # Nor when anything happened for the first time.
    assert "_created" not in told
    assert re.findall(r"1\.[6-9]\d*e\+09|\b1[6-9]\d{8}\b", told) == []
