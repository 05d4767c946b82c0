"""A page that is compressed once, although each answer has a part of its own.

A deflate stream may be made of pieces: what stands before the part is
compressed and flushed once, the part and what follows it for each answer, and
the checksum of the whole is carried on from the first piece (RFC 1951, 1952).
"""

from __future__ import annotations

import struct
import zlib

from markupsafe import Markup

GZIP_HEADER = bytes.fromhex("1f8b0800000000000203")
RAW_DEFLATE = -zlib.MAX_WBITS


class SplicedGzip:
    """A page with one place that differs from answer to answer."""

    def __init__(self, html: Markup, marker: str) -> None:
        """Compress what is the same for everyone.

        Args:
            html: The page.
            marker: The text at the place, once in the page and near its end.

        Raises:
            ValueError: the marker is not there exactly once.
        """
        before, after = html.split(marker)
        self._before, self._after = before.encode(), after.encode()
        deflate = zlib.compressobj(9, zlib.DEFLATED, RAW_DEFLATE)
        piece = deflate.compress(self._before) + deflate.flush(zlib.Z_FULL_FLUSH)
        self._begun = GZIP_HEADER + piece
        self._checksum = zlib.crc32(self._before)

    def plain(self, part: Markup) -> bytes:
        """The page with the part in its place."""
        return self._before + part.encode() + self._after

    def gzip(self, part: Markup) -> bytes:
        """The same as a gzip file."""
        rest = part.encode() + self._after
        deflate = zlib.compressobj(6, zlib.DEFLATED, RAW_DEFLATE)
        size = (len(self._before) + len(rest)) & 0xFFFFFFFF
        end = struct.pack("<II", zlib.crc32(rest, self._checksum), size)
        return self._begun + deflate.compress(rest) + deflate.flush() + end
