"""Outages of the servers that several workers share: PostgreSQL crashes, Redis is killed."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.faults.site import Site, site
from bench.scale.installations import several_workers, shared_servers
from tests.postgresql_server import PostgresqlServer
from tests.redis_server import RedisServer


@dataclass
class Away:
    """A site of two workers on PostgreSQL and Redis, one of which goes away and comes back.

    Attributes:
        stop: Ends one of the two at once.
        start: Starts it again, and waits until it answers.
    """

    stop: Callable[[PostgresqlServer, RedisServer], None]
    start: Callable[[PostgresqlServer, RedisServer], None]
    _servers: tuple[PostgresqlServer, RedisServer] | None = None

    @contextmanager
    def site(self) -> Iterator[Site]:
        """Run it with servers of its own."""
        with shared_servers() as (postgresql, redis):
            self._servers = postgresql, redis
            with site("ada", env=several_workers(postgresql, redis)) as made:
                yield made

    @contextmanager
    def away(self, _made: Site) -> Iterator[None]:
        """Take one of the servers away until the end of the block."""
        assert self._servers is not None
        self.stop(*self._servers)
        yield
        self.start(*self._servers)


def postgresql_away() -> Away:
    """Return an outage of PostgreSQL, which ends as if it had crashed."""
    return Away(
        stop=lambda postgresql, _redis: postgresql.stop(signal.SIGQUIT),
        start=lambda postgresql, _redis: postgresql.start(),
    )


def redis_away() -> Away:
    """Return an outage of Redis, which is killed and comes back empty."""
    return Away(
        stop=lambda _postgresql, redis: redis.stop(),
        start=lambda _postgresql, redis: redis.start(),
    )
