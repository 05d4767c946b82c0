"""Connections: who is at the other end of each open socket."""

from __future__ import annotations

import pytest

from anonmsg.framework import connections as module
from anonmsg.framework.connections import Connection, Connections, connection_id_in


def test_an_unknown_visit_is_nobody() -> None:
    assert Connections().get("") is None
    assert Connections().get("guessed") is None


def test_a_closed_visit_is_forgotten() -> None:
    connections = Connections()
    connection_id = connections.open("network", "sign-in")
    connections.close(connection_id)
    assert connections.get(connection_id) is None
    assert connections.count("network") == 0


def test_closing_a_visit_twice_counts_once() -> None:
    connections = Connections()
    first = connections.open("network", "")
    connections.open("network", "")
    connections.close(first)
    connections.close(first)
    assert connections.count("network") == 1


def test_the_end_of_a_connection_is_reported_once() -> None:
    connections = Connections()
    told: list[str] = []
    connections.on_close = told.append
    connection_id = connections.open("network", "")
    connections.close(connection_id)
    connections.close(connection_id)
    assert told == [connection_id]


def test_a_visit_tells_the_network_and_the_sign_in() -> None:
    connections = Connections()
    assert connections.get(connections.open("network", "sign-in")) == Connection(
        "network", "sign-in"
    )


def test_a_stranger_has_no_sign_in() -> None:
    connections = Connections()
    assert connections.get(connections.open("network", "")) == Connection("network", "")


def test_visits_are_counted_by_network() -> None:
    connections = Connections()
    connections.open("one", "")
    connections.open("one", "")
    connections.open("other", "")
    assert (connections.count("one"), connections.count("other"), connections.count("none")) == (
        2,
        1,
        0,
    )


def test_two_visits_of_the_same_person_have_different_ids() -> None:
    connections = Connections()
    ids = {connections.open("network", "sign-in") for _ in range(50)}
    assert len(ids) == 50
    assert all(len(each) >= 32 for each in ids)


def test_no_visit_is_read_from_other_cookies() -> None:
    assert connection_id_in("") == ""
    assert connection_id_in("visitor=a; reconnection=b; connection") == ""


def test_a_visit_is_read_from_its_cookie() -> None:
    assert connection_id_in("connection=abc-_1") == "abc-_1"
    assert connection_id_in("theme=dark;connection=abc; x=y") == "abc"


def test_the_network_of_a_closed_visit_is_known_for_a_while() -> None:
    now = [0.0]
    connections = Connections(lambda: now[0])
    connection_id = connections.open("network", "sign-in")
    assert connections.network_of(connection_id) == "network"
    connections.close(connection_id)
    now[0] = module.ENDED_SECONDS - 1
    assert connections.may_run_after_close(connection_id)
    assert connections.network_of(connection_id) == "network"
    now[0] = module.ENDED_SECONDS
    assert not connections.may_run_after_close(connection_id)
    assert connections.network_of(connection_id) == ""


def test_few_events_run_after_their_visit() -> None:
    connections = Connections()
    connection_id = connections.open("network", "")
    connections.close(connection_id)
    ran = [connections.may_run_after_close(connection_id) for _ in range(5)]
    assert ran == [True] * module.EVENTS_AFTER_CLOSE + [False] * (5 - module.EVENTS_AFTER_CLOSE)
    assert not connections.may_run_after_close("guessed")


def test_only_so_many_closed_visits_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ENDED", 10)
    connections = Connections()
    closed = [connections.open(f"network {n}", "") for n in range(12)]
    for connection_id in closed:
        connections.close(connection_id)
    known = [bool(connections.network_of(each)) for each in closed]
    assert known == [False] * 2 + [True] * 10
