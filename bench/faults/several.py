"""Two instances of one site behind a proxy: one database, one Redis, no sticky routing."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from dotenv import dotenv_values

from bench import people, servers
from bench.faults.proxies import Proxy, proxied
from bench.faults.site import Site
from tests.redis_server import RedisServer, redis_server

STOPS_WITHIN = 30.0
# Of the Redis that they share.
PASSWORD = "for the instances"
# Nothing listens there: these sites send no email.
NO_MAIL = {
    "MAIL_TRANSPORT": "smtp",
    "SMTP_URL": "smtp://127.0.0.1:9",
    "MAIL_FROM": "anonmsg <hello@anonmsg.example>",
}


def shared_database(data: Path) -> dict[str, str]:
    """Return the settings of the database that both instances use: a file in their folder."""
    return {"DATABASE_URL": f"sqlite:///{data / 'anonmsg.db'}"}


@dataclass(frozen=True)
class Several:
    """A site that two instances serve.

    Attributes:
        proxy: What people reach.
        instances: Each is a server of its own, with the same data folder.
        redis: What they share.
    """

    proxy: Proxy
    instances: list[Site]
    redis: RedisServer

    @property
    def any(self) -> Site:
        """An instance to ask what is stored."""
        return self.instances[0]


def end(instance: Site) -> None:
    """Stop one instance as a supervisor does: SIGTERM to its first process alone.

    Raises:
        SystemExit: it doesn't end.
    """
    os.kill(instance.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOPS_WITHIN
    while not instance.has_ended():
        if time.monotonic() > deadline:
            raise SystemExit(f"An instance didn't stop:\n{instance.log}")
        time.sleep(0.02)
    instance.stop()


@contextmanager
def several(
    name: str,
    *people_names: str,
    is_safe: bool = False,
    builds: Sequence[Path] = (),
    database: str = "",
) -> Iterator[Several]:
    """Run two instances behind a proxy until the end of the block.

    Args:
        name: The proxy, "nginx" or "caddy".
        people_names: The usernames of people, all with the same password.
        is_safe: Whether people reach it over https.
        builds: The folder of built pages that each instance serves, by default one for both.
        database: The database as DATABASE_URL, by default a file in their folder.
    """
    if not builds:
        servers.build()
    with TemporaryDirectory() as folder, redis_server(password=PASSWORD) as redis:
        data, front = Path(folder) / "data", Path(folder) / "proxy"
        front.mkdir()
        people.crowd(data, [f"{each}@example.com" for each in people_names], database=database)
        port = servers.free_port()
        secrets = {key: value or "" for key, value in dotenv_values(data / "secrets.env").items()}
        public = f"https://localhost:{port}" if is_safe else f"http://127.0.0.1:{port}"
        shared = secrets | NO_MAIL | shared_database(data) | {"REDIS_URL": redis.url}
        shared |= {"DATABASE_URL": database} if database else {}
        shared |= {"INSTANCES": "several", "PUBLIC_URL": public}
        served = [{"REFLEX_WEB_WORKDIR": str(each)} for each in builds] or [{}, {}]
        instances = [Site(data, shared | each) for each in served]
        try:
            for each in instances:
                each.start()
            ports = [each.port for each in instances]
            with proxied(name, front, port, ports, is_safe=is_safe) as proxy:
                yield Several(proxy, instances, redis)
        finally:
            for each in instances:
                each.stop()
