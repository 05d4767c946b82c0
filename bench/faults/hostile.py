"""Malformed frames and requests, made at random from well-formed ones."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from urllib.parse import quote

from anonmsg.addresses import ADDRESSES
from bench.faults import registry
from bench.faults.tabs import EVENT, event
from tests.payloads import JUNK

Random = random.Random
MOST_CHARACTERS = 15_000
NOISE = '{}[]",:\\0129aé\u0301\u202e\x00\x1f\U0001f600 '
PREFIXES = (
    *("", "4", "42", "42/other,", "42/_event?x,", "42/_event,7", "421-/_event,", "43/_event,1"),
    *("44/_event,", "451-/_event,", "461-/_event,1", "5", "6", "b", "2", "3", "1", "40/_event,"),
)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW")
TYPES = (
    *("application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "application/json"),
    *("multipart/form-data", "multipart/form-data; boundary=b; charset=undefined", "text/plain"),
    *("", "multipart/form-data; boundary=b; charset=utf-7", "\xff/\xfe", "a" * 500),
)
FIELDS = (
    *("message", "key", "identifier", "password", "code", "next", "username", "email", "link"),
    *("keep", "leave", "resend", "change_email", "plain", "new_password", "page_key"),
)
HEADERS = (
    *("Accept", "Accept-Encoding", "Cookie", "Origin", "Range", "If-None-Match", "User-Agent"),
    *("If-Modified-Since", "Sec-Fetch-Mode", "X-Forwarded-Proto", "Forwarded", "X-Secret"),
)
VALUES = (
    "bytes=9-1,-,x",
    "gzip;q=x, br;q=-1",
    "__Host-access=.; access=a.b.c; refresh=%00; refresh=",
    "application/json;;;",
    "null",
    "Thu, 99 Foo 0000",
    '"',
    "\xe9\xff",
    "a" * 4_000,
)


def frames(chance: Random, secret: str) -> Iterator[str]:
    """Yield frames without end, most of which hold the secret in one place or another."""
    handlers = [each.name for each in registry.handlers()]
    makers: tuple[Callable[[Random, str, str], str], ...] = (
        _broken,
        _of_another_kind,
        _of_another_shape,
        _with_junk,
        _from_nowhere,
        _to_nobody,
    )
    while True:
        frame = chance.choice(makers)(chance, chance.choice(handlers), secret)
        # Saying goodbye would be well-formed.
        if not frame.startswith("41/_event"):
            yield frame[:MOST_CHARACTERS].encode("utf-8", "replace").decode()


def _broken(chance: Random, name: str, secret: str) -> str:
    return _damaged(chance, event(name, "/u/ada", form={"message": secret, "key": secret}))


def _of_another_kind(chance: Random, name: str, secret: str) -> str:
    body = json.dumps(["event", {"name": name, "payload": {"secret": secret}}])
    return chance.choice(PREFIXES) + chance.choice((body, secret, json.dumps({"message": secret})))


def _of_another_shape(chance: Random, name: str, secret: str) -> str:
    parts = ["event", name, secret, {"name": name, "payload": secret}, *JUNK]
    return EVENT + json.dumps(chance.sample(parts, chance.randint(0, 4)))


def _with_junk(chance: Random, name: str, secret: str) -> str:
    values = (*JUNK, secret, [secret], {"message": secret, "username": secret, "code": [secret]})
    names = ("form", "value", "checked", secret, "")
    payload = {chance.choice(names): chance.choice(values) for _ in range(chance.randint(1, 3))}
    return event(name, "/u/ada", **payload)


def _from_nowhere(chance: Random, name: str, secret: str) -> str:
    values = (*JUNK, secret, f"/{secret}", f"//{secret}", f"/u/{secret}?x={secret}#{secret}")
    parts = ("pathname", "asPath", "query", "headers", "token", "sid", "ip", secret)
    told = {chance.choice(parts): chance.choice(values) for _ in range(chance.randint(1, 4))}
    return EVENT + json.dumps(["event", {"name": name, "payload": {}, "router_data": told}])


def _to_nobody(chance: Random, name: str, secret: str) -> str:
    names = (name + secret, name + ".setvar", name.rpartition(".")[0] + ".setvar", secret, "a.b")
    return event(chance.choice(names), "/u/ada", value=secret, var_name=secret)


def _damaged(chance: Random, text: str) -> str:
    characters = list(text)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(characters))
        characters[at : at + chance.randint(0, 3)] = chance.choices(NOISE, k=chance.randint(0, 3))
    return "".join(characters)


def requests(chance: Random, secret: str) -> Iterator[bytes]:
    """Yield requests without end; the server can read them, and no page of ours sends them."""
    paths = [each.path for each in ADDRESSES]
    while True:
        yield _request(chance, chance.choice(paths), secret)


def _request(chance: Random, path: str, secret: str) -> bytes:
    owner = chance.choice(("ada", "ada", secret, "%FF", "%00", "a" * 300, "%F0%9F%98%80", ".."))
    path = path.replace("{username}", owner)
    path += chance.choice(("", "", "/", "//", "%0A", "%0d%0aX", "/..%2f", f"/{secret}", "%zz"))
    path += chance.choice(("", f"?{secret}", f"?next=//{secret}", "?a=%ff&a", "?" + "a" * 3_000))
    method = chance.choice(("POST", "GET", chance.choice(METHODS)))
    told = [("Host", "127.0.0.1"), ("X-Forwarded-For", chance.choice(("10.1.1.1", secret, ", ,")))]
    told += [
        (chance.choice(HEADERS), chance.choice((secret, *VALUES)))
        for _ in range(chance.randint(0, 3))
    ]
    body = b""
    if method not in {"GET", "HEAD"}:
        told.append(("Sec-Fetch-Site", "same-origin"))
        told.append(("Content-Type", chance.choice(TYPES)))
        body = _body(chance, secret)
        told.append(("Content-Length", str(len(body))))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def _body(chance: Random, secret: str) -> bytes:
    values = (secret, "", "\x00", "%00", "%ff%ed%a0%80", quote("\u202e\u0301" * 40), "x" * 20_000)
    names = chance.choices((*FIELDS, secret), k=chance.randint(1, 30))
    form = "&".join(f"{name}={chance.choice(values)}" for name in names)
    part = f'--b\r\nContent-Disposition: form-data; name="{names[0]}"\r\n\r\n{secret}\r\n'
    bodies = (
        form,
        _damaged(chance, form),
        part + "--b--\r\n",
        part.replace('"; name', '"; filename="a.txt"; name') * 30,
        _damaged(chance, part),
        json.dumps(dict.fromkeys(names, secret)),
        secret,
        "=" * 1_000,
        "&" * 5_000,
        form + "x" * 70_000,
    )
    return chance.choice(bodies).encode("utf-8", "replace")
