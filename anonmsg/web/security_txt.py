"""GET /.well-known/security.txt: how to report a vulnerability of this site (RFC 9116)."""

from __future__ import annotations

from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from anonmsg import addresses
from anonmsg.config import Settings
from anonmsg.locale import _
from anonmsg.runtime.runtime import current

# The RFC advises less than a year. The file is made anew for each answer.
VALID_FOR = timedelta(days=180)


class SecurityTxt:
    """Answers with the operator's contact, or 404 if there is none."""

    def __init__(self, settings: Settings) -> None:
        """Keep the settings."""
        self._settings = settings

    async def answer(self, _request: Request) -> Response:
        """GET /.well-known/security.txt."""
        if not self._settings.security_contact:
            return PlainTextResponse(_("This site has set no contact."), 404)
        return PlainTextResponse(self._text(current().clock()))

    def _text(self, now: datetime) -> str:
        # A full day, so that the file doesn't change with every look.
        expires = (now + VALID_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
        lines = [
            f"Contact: {self._settings.security_contact}",
            f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
            "Preferred-Languages: en",
        ]
        if self._settings.is_https:
            lines.append(f"Canonical: {self._settings.site}{addresses.SECURITY_TXT.path}")
        return "\n".join(lines) + "\n"
