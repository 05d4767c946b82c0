"""Tries a WebSocket to the site's own address, as a browser opens one."""

from __future__ import annotations

import base64
import os
import socket
import ssl
import uuid
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import BinaryIO
from urllib.parse import urlsplit

PATH = "/_event/"
# Seconds.
PATIENCE = 10
PROXY_HINT = (
    "Let your proxy pass the Upgrade and Connection headers over HTTP/1.1, and try again; "
    'README, "Behind a proxy", shows how.'
)

REFUSED = (
    "The WebSocket was refused (403). Check that PUBLIC_URL is exactly the address that people "
    "open, and that nothing in front of the app rewrites Host or Origin."
)


@dataclass(frozen=True)
class Outcome:
    """What came back, in words, and whether it's what browsers need."""

    is_fine: bool
    says: str


def try_socket(site: str) -> Outcome:
    """Open a WebSocket to a site and wait for its first words.

    Args:
        site: The site's origin, such as https://anonmsg.example.
    """
    try:
        with closing(_connected(site)) as opened:
            opened.sendall(_handshake(site))
            answer = HTTPResponse(opened)
            answer.begin()
            return _judged(answer)
    except (OSError, HTTPException) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return Outcome(
            is_fine=False, says=f"{site} can't be reached from here ({reason}). Is the app running?"
        )


def _connected(site: str) -> socket.socket:
    url = urlsplit(site)
    is_https = url.scheme == "https"
    port = url.port or (443 if is_https else 80)
    opened = socket.create_connection((url.hostname or "", port), PATIENCE)
    if not is_https:
        return opened
    try:
        return ssl.create_default_context().wrap_socket(opened, server_hostname=url.hostname)
    except OSError:
        opened.close()
        raise


def _handshake(site: str) -> bytes:
    lines = [
        f"GET {PATH}?token={uuid.uuid4()}&EIO=4&transport=websocket HTTP/1.1",
        f"Host: {urlsplit(site).netloc}",
        f"Origin: {site}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def _judged(answer: HTTPResponse) -> Outcome:
    if answer.status == 403:
        return Outcome(is_fine=False, says=REFUSED)
    if answer.status != 101:
        came = f"{answer.status} {answer.reason}".strip()
        return Outcome(
            is_fine=False, says=f"The WebSocket didn't open: {came} came back. {PROXY_HINT}"
        )
    if answer.fp is None or not _speaks(answer.fp):
        return Outcome(
            is_fine=False, says=f"The WebSocket opened, but was closed at once. {PROXY_HINT}"
        )
    return Outcome(is_fine=True, says="A WebSocket opens, and the app answers on it.")


def _speaks(stream: BinaryIO) -> bool:
    """Return whether the first frame is text, which only the app sends."""
    return stream.read(1) == b"\x81"
