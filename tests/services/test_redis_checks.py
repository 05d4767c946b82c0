"""A Redis that would keep, lose or show what it may not is refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from anonmsg.runtime.shared import redis_checks
from tests.redis_server import RedisServer, redis_server


def test_a_redis_that_only_remembers_is_fit(redis: RedisServer) -> None:
    assert redis_checks.look(redis.url) == redis_checks.Fitness()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--save", "3600 1"), redis_checks.SAVES),
        (("--save", "", "--appendonly", "yes"), redis_checks.SAVES),
        (
            ("--save", "", "--maxmemory-policy", "volatile-ttl"),
            redis_checks.EVICTS.format(policy="volatile-ttl"),
        ),
    ],
)
def test_what_saves_or_evicts_is_refused(
    tmp_path: Path, options: tuple[str, ...], problem: str
) -> None:
    with redis_server(options=(*options, "--dir", str(tmp_path))) as server:
        assert redis_checks.look(server.url).problems == (problem,)


def test_a_wrong_password_is_refused_without_showing_it() -> None:
    with redis_server(password="right") as server:
        assert redis_checks.look(server.url) == redis_checks.Fitness()
        for url in (server.url.replace("right", "wrong"), server.url.replace(":right@", "")):
            found = redis_checks.look(url)
            assert found.problems == (redis_checks.REFUSED,)


def test_a_redis_that_is_not_there_is_said_to_be_unreachable() -> None:
    server = RedisServer()
    found = redis_checks.look(server.url)
    assert found.unreachable.startswith("REDIS_URL: Redis can't be reached (ConnectionError)")
    assert found.problems == ()


def test_where_config_is_forbidden_there_is_only_a_warning(redis: RedisServer) -> None:
    with redis.client() as client:
        client.acl_setuser(
            "app", enabled=True, passwords=["+pw"], categories=["+@all"], commands=["-config"],
            keys=["*"], channels=["*"], reset=True,
        )  # fmt: skip
        found = redis_checks.look(redis.url.replace("redis://", "redis://app:pw@"))
        client.acl_deluser("app")
    assert found == redis_checks.Fitness(warning=redis_checks.HIDDEN)


def test_where_config_has_another_name_there_is_only_a_warning() -> None:
    with redis_server(options=("--save", "", "--rename-command", "CONFIG", "")) as server:
        assert redis_checks.look(server.url).warning == redis_checks.HIDDEN
