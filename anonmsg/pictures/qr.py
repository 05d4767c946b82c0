"""Draws a link as a QR code, for a poster, a slide or a table card."""

from __future__ import annotations

import base64
from io import BytesIO

import segno

# A picture's side, in pixels.
SMALLEST, USUAL, LARGEST = 128, 1024, 2048
# The quiet zone that scanners need, in modules (ISO/IEC 18004).
QUIET = 4
# The background that scanners need, in the dark too.
WHITE = "#fff"


def svg(link: str) -> bytes:
    """Draw a link as an SVG that scales to any size."""
    drawn = BytesIO()
    _made(link).save(drawn, kind="svg", border=QUIET, light=WHITE, omitsize=True)
    return drawn.getvalue()


def data_uri(link: str) -> str:
    """Draw a link as an SVG data URI, so that no request ever carries the link."""
    drawn = base64.b64encode(svg(link)).decode()
    return f"data:image/svg+xml;base64,{drawn}"


def png(link: str, *, size: int = USUAL) -> bytes:
    """Draw a link as a PNG.

    Args:
        link: The link that a phone should open.
        size: The maximum side in pixels; the result is the largest sharp size within it.
    """
    made = _made(link)
    scale = sharp_size(link, size) // _modules(made)
    drawn = BytesIO()
    made.save(drawn, kind="png", border=QUIET, light=WHITE, scale=scale)
    return drawn.getvalue()


def sharp_size(link: str, size: int) -> int:
    """Return the side of the largest sharp PNG within a size, in pixels."""
    modules = _modules(_made(link))
    return max(1, size // modules) * modules


def size_from(asked: object) -> int:
    """Return the requested size, clamped to a sensible range."""
    if not isinstance(asked, str) or not asked.isascii() or not asked.isdigit() or len(asked) > 9:
        return USUAL
    return min(max(int(asked), SMALLEST), LARGEST)


def _modules(made: segno.QRCode) -> int:
    return int(made.symbol_size(border=QUIET)[0])


def _made(link: str) -> segno.QRCode:
    """Return the code at error correction level M, readable with 15% of it damaged."""
    return segno.make_qr(link, error="m", boost_error=False)
