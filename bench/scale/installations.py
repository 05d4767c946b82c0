"""The installations that are compared: one worker on SQLite, and what outgrows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bench import servers
from bench.faults.site import Site, site
from tests.postgresql_server import PostgresqlServer, postgresql_server
from tests.redis_server import RedisServer, redis_server

ON_SQLITE, ON_POSTGRESQL = "1 worker, SQLite", "1 worker, PostgreSQL"
SEVERAL = "2 workers, PostgreSQL, Redis"
PARTS = ("app", "PostgreSQL", "Redis")


@dataclass(frozen=True)
class Installation:
    """A running site, and the servers that it may use.

    Attributes:
        site: The app.
        postgresql: PostgreSQL's first process, or 0 where the site doesn't use it.
        redis: The process of Redis, or 0 where the site doesn't use it.
    """

    site: Site
    postgresql: int = 0
    redis: int = 0

    def cpu(self) -> dict[str, float]:
        """Return the seconds of processor that each part has used so far."""
        pids = (self.site.pid, self.postgresql, self.redis)
        return {
            part: servers.cpu_of(pid) if pid else 0.0 for part, pid in zip(PARTS, pids, strict=True)
        }


@contextmanager
def shared_servers() -> Iterator[tuple[PostgresqlServer, RedisServer]]:
    """Run a PostgreSQL that is as durable as it's shipped, and a Redis."""
    with postgresql_server(is_durable=True) as postgresql, redis_server() as redis:
        yield postgresql, redis


def several_workers(
    postgresql: PostgresqlServer, redis: RedisServer, workers: int = 2
) -> dict[str, str]:
    """Return the settings of workers that share an empty database and a Redis."""
    return {
        "DATABASE_URL": postgresql.url(postgresql.database()),
        "REDIS_URL": redis.url,
        "WORKERS": str(workers),
    }


@contextmanager
def sharing(*names: str, workers: int = 2, way: tuple[str, ...] = servers.SERVE) -> Iterator[Site]:
    """Run a site of workers that share servers of their own, until the end of the block.

    Args:
        names: The usernames of people.
        workers: How many workers.
        way: The module that serves it, and its arguments.
    """
    with shared_servers() as (postgresql, redis):
        env = several_workers(postgresql, redis, workers)
        with site(*names, env=env, way=way) as made:
            yield made


@contextmanager
def installations(*names: str) -> Iterator[dict[str, Installation]]:
    """Run all of them at the same time until the end of the block; idle ones cost nothing.

    Args:
        names: The usernames of people, who are in each of them.
    """
    with ExitStack() as running:
        postgresql, redis = running.enter_context(shared_servers())
        assert postgresql.process is not None
        assert redis.process is not None
        pids = postgresql.process.pid, redis.process.pid
        database = {"DATABASE_URL": postgresql.url(postgresql.database())}
        several = several_workers(postgresql, redis)
        yield {
            ON_SQLITE: Installation(running.enter_context(site(*names))),
            ON_POSTGRESQL: Installation(running.enter_context(site(*names, env=database)), pids[0]),
            SEVERAL: Installation(running.enter_context(site(*names, env=several)), *pids),
        }
