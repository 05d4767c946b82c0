"""Whether Redis is fit to be shared: it answers, keeps nothing on disk, and evicts no key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    NoPermissionError,
    RedisError,
    ResponseError,
)
from redis.retry import Retry

from anonmsg.runtime.incidents import kind_of
from anonmsg.runtime.shared.redis_link import ANSWERS_WITHIN, CONNECTS_WITHIN

SAVES = (
    'REDIS_URL: Redis saves to disk ("save" or "appendonly" is on), where messages that were '
    "deleted would stay; turn both off"
)
EVICTS = "REDIS_URL: Redis may throw away keys (maxmemory-policy is {policy}); set noeviction"
REFUSED = "REDIS_URL: Redis doesn't accept this user and password"
UNREACHABLE = "REDIS_URL: Redis can't be reached ({kind}); check that it runs, and the address"
HIDDEN = (
    "Redis doesn't tell its settings (CONFIG is forbidden). Make sure that it doesn't save to "
    'disk (save "", appendonly no), that maxmemory-policy is noeviction, and that '
    "notify-keyspace-events has K$sgxe."
)


@dataclass(frozen=True)
class Fitness:
    """What is wrong with Redis: why it's refused, why it can't be asked, and a warning."""

    problems: tuple[str, ...] = ()
    unreachable: str = ""
    warning: str = ""


def look(url: str) -> Fitness:
    """Ask Redis for what matters; changes nothing."""
    client = redis.Redis.from_url(
        url,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=CONNECTS_WITHIN,
        socket_timeout=ANSWERS_WITHIN,
    )
    try:
        client.ping()
        found: Any = client.config_get("save", "appendonly", "maxmemory-policy")
        return _judged(found)
    except (AuthenticationError, AuthorizationError):
        return Fitness((REFUSED,))
    except NoPermissionError:
        return Fitness(warning=HIDDEN)
    except ResponseError as error:
        if "CONFIG" in str(error):
            return Fitness(warning=HIDDEN)
        wants_password = "NOAUTH" in str(error) or "WRONGPASS" in str(error)
        return Fitness((REFUSED,)) if wants_password else _unreachable(error)
    except (RedisError, OSError) as error:
        return _unreachable(error)
    finally:
        client.close()


def _unreachable(error: Exception) -> Fitness:
    return Fitness(unreachable=UNREACHABLE.format(kind=kind_of(error)))


def _judged(found: dict[Any, Any]) -> Fitness:
    told = {_text(name): _text(value) for name, value in found.items()}
    if not told:
        return Fitness(warning=HIDDEN)
    problems = []
    if told.get("save") or told.get("appendonly") == "yes":
        problems.append(SAVES)
    policy = told.get("maxmemory-policy", "noeviction")
    if policy != "noeviction":
        problems.append(EVICTS.format(policy=policy))
    return Fitness(tuple(problems))


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
