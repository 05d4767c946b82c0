"""The standard library's SMTP clients, with their socket watched from its first byte.

They connect, shake hands and read the greeting in their constructor, and each of these
can take for ever.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable

from anonmsg.config.smtp import SmtpUrl

Watch = Callable[[socket.socket], None]


class WatchedSmtp(smtplib.SMTP):
    """A client whose socket is watched."""

    def __init__(self, url: SmtpUrl, name: str, watch: Watch, *, timeout: float) -> None:
        """Connect, and introduce ourselves by a name later.

        Raises:
            OSError: nobody answers.
            SMTPException: somebody answers with a no.
        """
        self._watch = watch
        super().__init__(url.host, url.port, name, timeout=timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._watch(made)
        return made


# Its base wraps in TLS what the next class in line returns, which is the watched socket.
class WatchedSmtpOverTls(smtplib.SMTP_SSL, WatchedSmtp):
    """The same over TLS from the first byte, the handshake included."""

    def __init__(
        self, url: SmtpUrl, name: str, watch: Watch, *, timeout: float, trust: ssl.SSLContext
    ) -> None:
        """Connect over TLS, and introduce ourselves by a name later.

        Raises:
            OSError: nobody answers, or nobody whom we trust.
            SMTPException: somebody answers with a no.
        """
        self._watch = watch
        smtplib.SMTP_SSL.__init__(self, url.host, url.port, name, timeout=timeout, context=trust)
