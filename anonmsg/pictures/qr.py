"""A link as a QR code: for a poster, a slide, a card on a table."""

from __future__ import annotations

import base64
from io import BytesIO

import segno

# Of a picture's side, in pixels.
SMALLEST, USUAL, LARGEST = 128, 1024, 2048
# The empty edge that scanners need, in modules (ISO/IEC 18004).
QUIET = 4


def svg(link: str) -> bytes:
    """Draw a link as an SVG that takes any size it is given."""
    drawn = BytesIO()
    _made(link).save(drawn, kind="svg", border=QUIET, light="#fff", omitsize=True)
    return drawn.getvalue()


def data_uri(link: str) -> str:
    """Draw a link as an SVG that stands in the page itself: nobody else ever asks for it."""
    drawn = base64.b64encode(svg(link)).decode()
    return f"data:image/svg+xml;base64,{drawn}"


def png(link: str, *, size: int = USUAL) -> bytes:
    """Draw a link as a PNG.

    Args:
        link: What a phone shall open.
        size: How large its side may be; it is the largest below that which is sharp.
    """
    made = _made(link)
    scale = max(1, size // made.symbol_size(border=QUIET)[0])
    drawn = BytesIO()
    made.save(drawn, kind="png", border=QUIET, light="#fff", scale=scale)
    return drawn.getvalue()


def size_from(asked: object) -> int:
    """The size that was asked for, brought to where it makes sense."""
    if not isinstance(asked, str) or not asked.isascii() or not asked.isdigit() or len(asked) > 9:
        return USUAL
    return min(max(int(asked), SMALLEST), LARGEST)


def _made(link: str) -> segno.QRCode:
    """The code, readable with a seventh of it dirty (level M)."""
    return segno.make_qr(link, error="m", boost_error=False)
