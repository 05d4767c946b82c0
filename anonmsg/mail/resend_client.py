"""Resend's HTTP client with a deadline for the whole request.

The library's own passes `timeout` to requests, which begins again with every byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from resend.http_client import HTTPClient
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from anonmsg.mail.conversations import Conversation, OutOfTime

Answer = tuple[bytes, int, Mapping[str, str]]
# For the connection, and for the answer.
WAITS = 2


class ResendClient(HTTPClient):
    """Makes one request, each on a connection of its own."""

    def __init__(self, timeout: float) -> None:
        """Keep the timeout.

        Args:
            timeout: Seconds for the connection, and again for the answer.
        """
        self._timeout = timeout

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        json: dict[str, object] | list[object] | None = None,
        files: dict[str, Any] | None = None,
        data: dict[str, str] | None = None,
    ) -> Answer:
        """Make a request, as the library asks for it.

        Raises:
            RuntimeError: there was no answer, or none in time.
        """
        body: dict[str, Any] = {
            "json": json if data is None else None,
            "files": files,
            "data": data,
        }

        def ask(talk: Conversation[Answer]) -> Answer:
            with requests.Session() as session:
                for scheme in ("http://", "https://"):
                    session.mount(scheme, _Watched(talk))
                answer = session.request(
                    method, url, headers=dict(headers), timeout=self._timeout, **body
                )
                return answer.content, answer.status_code, answer.headers

        try:
            return Conversation(ask).within(WAITS * self._timeout)
        except (requests.RequestException, OutOfTime):
            # The library turns it into its own error, with this text.
            raise RuntimeError("no answer") from None


class _Watched(HTTPAdapter):
    """Has each connection's socket watched."""

    def __init__(self, talk: Conversation[Answer]) -> None:
        self._talk = talk
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        talk = self._talk

        class Plain(HTTPConnection):
            def _new_conn(self) -> Any:
                made = super()._new_conn()
                talk.watch(made)
                return made

        class Encrypted(HTTPSConnection):
            def _new_conn(self) -> Any:
                made = super()._new_conn()
                talk.watch(made)
                return made

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class EncryptedPool(HTTPSConnectionPool):
            ConnectionCls = Encrypted

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": EncryptedPool}
