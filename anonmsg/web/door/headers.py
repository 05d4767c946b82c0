"""The headers that every answer carries, whoever made it."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PLAIN_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
CLOSED_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "hid",
        "identity-credentials-get",
        "idle-detection",
        "local-fonts",
        "magnetometer",
        "microphone",
        "midi",
        "otp-credentials",
        "payment",
        "picture-in-picture",
        "publickey-credentials-create",
        "publickey-credentials-get",
        "screen-wake-lock",
        "serial",
        "storage-access",
        "usb",
        "window-management",
        "xr-spatial-tracking",
    )
)
ALWAYS = {
    # Granian writes its name where an app sends none, and leaves an empty one alone.
    "Server": "",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With no-referrer, Chromium sends "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": CLOSED_PERMISSIONS,
}
HTTPS_FOR_A_YEAR = "max-age=31536000; includeSubDomains"

# Vite puts eight characters of the content's hash at the end of the name. One
# of them is nearly always a digit or a capital, which "my-app-icon.png" lacks;
# a hash that has neither is only fetched again.
HASHED_ASSET = re.compile(r"/assets/.+-(?=[^.]*[A-Z0-9])[A-Za-z0-9_-]{8}\.[a-z0-9]+")
IMMUTABLE = "public, max-age=31536000, immutable"
# Only previews: chats and feeds show them in pages of their own.
SHOWN_ELSEWHERE = re.compile(r"/(?:u/[^/]+/)?preview\.png")
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERSONAL_TYPES = frozenset({"text/html", "application/json"})


class SecurityHeaders:
    """Wraps an ASGI app and completes the headers of its answers."""

    def __init__(self, app: ASGIApp, *, is_https: bool, strict_csp: bool) -> None:
        """Stand between an app and the network.

        Args:
            app: What is inside.
            is_https: Whether people reach the site by https.
            strict_csp: False for Reflex's development server, whose pages
                are made of scripts that no policy knows beforehand.
        """
        self._app = app
        self._always = dict(ALWAYS)
        if is_https:
            self._always["Strict-Transport-Security"] = HTTPS_FOR_A_YEAR
        self._strict_csp = strict_csp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the headers in place; sockets pass as they are."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._completed(scope, message)}
            await send(message)

        await self._app(scope, receive, send_completed)

    def _completed(self, scope: Scope, start: Message) -> list[tuple[bytes, bytes]]:
        headers = MutableHeaders(raw=list(start.get("headers", ())))
        for name, value in self._always.items():
            headers[name] = value
        if start["status"] in {200, 304} and SHOWN_ELSEWHERE.fullmatch(scope["path"]):
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if self._strict_csp:
            headers.setdefault("Content-Security-Policy", PLAIN_POLICY)
        if start["status"] in {200, 304} and HASHED_ASSET.fullmatch(scope["path"]):
            headers["Cache-Control"] = IMMUTABLE
        else:
            headers.setdefault("Cache-Control", _caching(scope, start["status"], headers))
        return headers.raw


def _caching(scope: Scope, status: int, headers: Headers) -> str:
    """How an answer may be kept that does not say so itself."""
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_personal = (
        scope["method"] == "POST"
        or status in REDIRECTS
        or content_type in PERSONAL_TYPES
        or "set-cookie" in headers
    )
    return "no-store" if is_personal else "no-cache"
