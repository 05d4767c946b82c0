"""Networks: opaque keys, and how far a proxy is trusted."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import pytest

from anonmsg.web.door.networks import Networks

DAY = 24 * 60 * 60.0


@dataclass
class Clock:
    """A clock that moves when told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        """The seconds it shows."""
        return self.now


def scope(peer: str | None, *forwarded_for: str, **others: str) -> dict[str, Any]:
    """A request's scope with its peer and forwarded headers."""
    headers = [(b"x-forwarded-for", each.encode()) for each in forwarded_for]
    headers += [(k.replace("_", "-").encode(), v.encode()) for k, v in others.items()]
    return {"type": "http", "client": (peer, 4711) if peer else None, "headers": headers}


def test_a_key_holds_nothing_of_the_address() -> None:
    key = Networks(0).key(scope("203.0.113.7"))
    assert len(key) == 32
    assert set(key) <= set("0123456789abcdef")


def test_another_process_gives_another_key() -> None:
    assert Networks(0).key(scope("203.0.113.7")) != Networks(0).key(scope("203.0.113.7"))


def test_two_addresses_have_two_keys() -> None:
    networks = Networks(0)
    assert networks.key(scope("203.0.113.7")) != networks.key(scope("203.0.113.8"))
    assert networks.key(scope("203.0.113.7")) == networks.key(scope("203.0.113.7"))


def test_a_key_lives_a_day() -> None:
    clock = Clock()
    networks = Networks(0, clock=clock)
    key = networks.key(scope("203.0.113.7"))
    clock.now += DAY - 1
    assert networks.key(scope("203.0.113.7")) == key
    clock.now += 1
    assert networks.key(scope("203.0.113.7")) != key


def test_an_ipv6_network_is_its_first_64_bits() -> None:
    networks = Networks(0)
    key = networks.key(scope("2001:db8:1:2::1"))
    assert networks.key(scope("2001:db8:1:2:ffff:ffff:ffff:ffff")) == key
    assert networks.key(scope("2001:db8:1:3::1")) != key


def test_a_mapped_ipv4_address_is_the_ipv4_address() -> None:
    networks = Networks(0)
    assert networks.key(scope("::ffff:203.0.113.7")) == networks.key(scope("203.0.113.7"))
    assert networks.key(scope("::ffff:203.0.113.7")) != networks.key(scope("::ffff:203.0.113.8"))


@pytest.mark.parametrize("peer", [None, "", "testclient", "300.1.1.1", "[", "1.2.3"])
def test_what_is_no_address_shares_one_key(peer: str | None) -> None:
    networks = Networks(0)
    assert networks.key(scope(peer)) == networks.key(scope("unix:"))
    assert networks.key(scope(peer)) != networks.key(scope("203.0.113.7"))


def test_without_proxies_a_forwarded_address_is_not_believed() -> None:
    networks = Networks(0)
    key = networks.key(scope("203.0.113.7"))
    assert networks.key(scope("203.0.113.7", "198.51.100.1")) == key


@pytest.mark.parametrize("header", ["x_forwarded_for", "forwarded", "x_real_ip"])
def test_a_forwarded_address_without_proxies_is_warned_about_once(
    header: str, caplog: pytest.LogCaptureFixture
) -> None:
    networks = Networks(0)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            networks.key(scope("203.0.113.7", **{header: "198.51.100.1"}))
    assert len(caplog.records) == 1
    assert "TRUSTED_PROXY_HOPS" in caplog.text
    assert "198.51.100.1" not in caplog.text
    assert "203.0.113.7" not in caplog.text


def test_nothing_is_warned_about_where_there_is_nothing(caplog: pytest.LogCaptureFixture) -> None:
    Networks(0).key(scope("203.0.113.7"))
    Networks(1).key(scope("203.0.113.7", "198.51.100.1"))
    assert caplog.records == []


def test_an_address_that_the_client_made_up_is_not_believed() -> None:
    networks = Networks(1)
    honest = networks.key(scope("10.0.0.1", "198.51.100.1"))
    assert networks.key(scope("10.0.0.1", "192.0.2.99, 198.51.100.1")) == honest
    assert networks.key(scope("10.0.0.1", "192.0.2.99", "198.51.100.1")) == honest


def test_too_few_addresses_mean_the_peer() -> None:
    networks = Networks(2)
    peer = networks.key(scope("10.0.0.1"))
    assert networks.key(scope("10.0.0.1", "198.51.100.1")) == peer
    assert networks.key(scope("10.0.0.1", " , ,")) == peer


@pytest.mark.parametrize(
    ("hops", "address"), [(1, "198.51.100.3"), (2, "198.51.100.2"), (3, "198.51.100.1")]
)
def test_the_address_is_counted_from_the_right(hops: int, address: str) -> None:
    networks = Networks(hops)
    through = scope("10.0.0.1", "198.51.100.1, 198.51.100.2", "198.51.100.3")
    assert networks.key(through) == networks.key(scope(address))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("198.51.100.1:4711", "198.51.100.1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
    ],
)
def test_a_port_belongs_to_no_network(written: str, meant: str) -> None:
    networks = Networks(1)
    assert networks.key(scope("10.0.0.1", written)) == networks.key(scope(meant))
