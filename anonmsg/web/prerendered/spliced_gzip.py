"""Compresses a page once, although one part of it differs in each response.

A deflate stream can be built in pieces. Everything before that part is
compressed and flushed once; the part and the rest are compressed for each
response. The checksum continues from the first piece (RFC 1951, 1952).
"""

from __future__ import annotations

import struct
import zlib

from markupsafe import Markup

GZIP_HEADER = bytes.fromhex("1f8b0800000000000203")
RAW_DEFLATE = -zlib.MAX_WBITS


class SplicedGzip:
    """A page with one part that differs in each response."""

    def __init__(self, html: Markup, marker: str) -> None:
        """Compress what's the same in every response.

        Args:
            html: The page.
            marker: The text to replace, which occurs once and near the end.

        Raises:
            ValueError: the marker doesn't occur exactly once.
        """
        before, after = html.split(marker)
        self._before, self._after = before.encode(), after.encode()
        deflate = zlib.compressobj(9, zlib.DEFLATED, RAW_DEFLATE)
        piece = deflate.compress(self._before) + deflate.flush(zlib.Z_FULL_FLUSH)
        self._begun = GZIP_HEADER + piece
        self._checksum = zlib.crc32(self._before)

    def plain(self, part: Markup) -> bytes:
        """Return the page with the part filled in."""
        return self._before + part.encode() + self._after

    def gzip(self, part: Markup) -> bytes:
        """Return the page with the part filled in, as gzip."""
        rest = part.encode() + self._after
        deflate = zlib.compressobj(6, zlib.DEFLATED, RAW_DEFLATE)
        size = (len(self._before) + len(rest)) & 0xFFFFFFFF
        end = struct.pack("<II", zlib.crc32(rest, self._checksum), size)
        return self._begun + deflate.compress(rest) + deflate.flush() + end
