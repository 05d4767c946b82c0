"""The security and caching headers that every response carries."""

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
    # Granian adds its own name if the header is missing, but leaves an empty one alone.
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

# Vite ends a file's name with eight characters of its content's hash. One of
# them is nearly always a digit or a capital, unlike in "my-app-icon.png". A hash
# without either only means that the file is revalidated. `make typeface` does the same.
HASHED_ASSET = re.compile(r"/(?:assets|typeface)/.+-(?=[^.]*[A-Z0-9])[A-Za-z0-9_-]{8}\.[a-z0-9]+")
IMMUTABLE = "public, max-age=31536000, immutable"
# Only link previews, because chats and feeds embed them in their own pages.
SHOWN_ELSEWHERE = re.compile(r"/(?:u/[^/]+/)?preview\.png")
# The extension of ASGI for an answer in a socket's place.
DENIAL = "websocket.http.response"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERSONAL_TYPES = frozenset({"text/html", "application/json"})


class SecurityHeaders:
    """Wraps an ASGI app and completes its response headers."""

    def __init__(self, app: ASGIApp, *, is_https: bool, strict_csp: bool) -> None:
        """Wrap an app.

        Args:
            app: The app to wrap.
            is_https: Whether people reach the site over https.
            strict_csp: False for Reflex's development server, whose scripts no
                policy can list in advance.
        """
        self._app = app
        always = dict(ALWAYS)
        if is_https:
            always["Strict-Transport-Security"] = HTTPS_FOR_A_YEAR
        # Encoded once, because every response carries them.
        self._always = _raw(always)
        self._shown_elsewhere = _raw(always | {"Cross-Origin-Resource-Policy": "cross-origin"})
        self._ours = frozenset(name for name, _ in self._always)
        self._strict_csp = strict_csp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Complete the headers of responses, also of the refusal of a socket."""
        is_open = False

        async def send_completed(message: Message) -> None:
            nonlocal is_open
            is_open = is_open or message["type"] == "websocket.accept"
            is_refusal = message["type"] == "websocket.close" and not is_open
            if message["type"] == "http.response.start":
                await send({**message, "headers": self._completed(scope, message)})
            elif is_refusal and DENIAL in scope.get("extensions", {}):
                # The server would answer by itself, and under its own name.
                refused = {"type": f"{DENIAL}.start", "status": 403}
                headers = self._completed({**scope, "method": "GET"}, refused)
                await send({**refused, "headers": headers})
                await send({"type": f"{DENIAL}.body", "body": b""})
            else:
                await send(message)

        await self._app(scope, receive, send_completed)

    def _completed(self, scope: Scope, start: Message) -> list[tuple[bytes, bytes]]:
        is_found = start["status"] in {200, 304}
        raw = [each for each in start.get("headers", ()) if each[0].lower() not in self._ours]
        is_shown = is_found and SHOWN_ELSEWHERE.fullmatch(scope["path"])
        raw += self._shown_elsewhere if is_shown else self._always
        headers = MutableHeaders(raw=raw)
        if self._strict_csp:
            headers.setdefault("Content-Security-Policy", PLAIN_POLICY)
        if is_found and HASHED_ASSET.fullmatch(scope["path"]):
            headers["Cache-Control"] = IMMUTABLE
        elif "cache-control" not in headers:
            headers["Cache-Control"] = _caching(scope, start["status"], headers)
        return headers.raw


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def _caching(scope: Scope, status: int, headers: Headers) -> str:
    """Return the Cache-Control header for a response that doesn't set its own."""
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_personal = (
        scope["method"] == "POST"
        or status in REDIRECTS
        or content_type in PERSONAL_TYPES
        or "set-cookie" in headers
    )
    return "no-store" if is_personal else "no-cache"
