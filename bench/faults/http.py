"""A small HTTP client: persistent connections, and the bytes as they are."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OURS = {"Sec-Fetch-Site": "same-origin"}
WITHIN = 60.0


@dataclass(frozen=True)
class Answer:
    """A response: its status, headers by lower-case name, cookies and body."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes


def network(number: int) -> str:
    """Return one of 60,000 addresses, each of a network of its own."""
    return f"10.{60 + number // 62_500}.{number // 250 % 250}.{number % 250}"


class Http:
    """One persistent connection, opened again when it's needed."""

    def __init__(self, port: int, address: str = "10.1.1.1") -> None:
        """Prepare.

        Args:
            port: The server's port.
            address: The client's address, as a proxy tells it.
        """
        self.port, self.address = port, address
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        """Return the client; it connects when it's needed."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._streams is not None:
            self._streams[1].transport.abort()
        self._streams = None

    @property
    def local_port(self) -> int:
        """The port of this end of the connection, or 0 if it's closed."""
        return 0 if self._streams is None else self._streams[1].get_extra_info("sockname")[1]

    async def get(self, path: str, **headers: str) -> Answer:
        """Open a path."""
        return await self.ask("GET", path, headers=headers)

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        """Post a form, as one of our own pages would."""
        body = urlencode(fields).encode()
        return await self.ask("POST", path, body, FORM | OURS | headers)

    async def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        """Send a request and wait for its answer.

        Raises:
            OSError: there was none, or not all of it.
        """
        told = {"Host": f"127.0.0.1:{self.port}", "X-Forwarded-For": self.address}
        told |= headers or {}
        if body or method == "POST":
            told["Content-Length"] = str(len(body))
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {told[name]}" for name in told), "", ""]
        return await self.send_raw("\r\n".join(lines).encode("latin-1") + body)

    async def send_raw(self, sent: bytes) -> Answer:
        """Send bytes and wait for an answer.

        Raises:
            OSError: there was none, or not all of it.
        """
        try:
            async with asyncio.timeout(WITHIN):
                return await self._talk(sent)
        except (OSError, EOFError, ValueError, TimeoutError, asyncio.LimitOverrunError) as error:
            self.close()
            raise ConnectionResetError from error
        except asyncio.CancelledError:
            self.close()
            raise

    async def _talk(self, sent: bytes) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        reader, writer = self._streams
        writer.write(sent)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip().split("\r\n")
        pairs = [
            (name.lower(), value) for name, _, value in (each.partition(": ") for each in lines)
        ]
        headers, status = dict(pairs), int(first.split(" ")[1])
        cookies = SimpleCookie(
            "; ".join(v.partition(";")[0] for n, v in pairs if n == "set-cookie")
        )
        is_empty = sent.startswith(b"HEAD ") or status in {204, 304}
        body = b"" if is_empty else await _body(reader, headers)
        if headers.get("connection") == "close":
            self.close()
        return Answer(status, headers, {name: each.value for name, each in cookies.items()}, body)


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    if headers.get("transfer-encoding") != "chunked":
        return await reader.read()
    parts = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(parts)
