"""Compresses a page once, although some parts of it differ in each response.

A deflate stream can be built in pieces that don't refer to one another. So what is
the same in every response is compressed at startup, at the best level, and each
response only joins it with its own few parts. Nothing is kept for a person, so the
time of an answer tells nobody whose page was opened before.

gzip ends with a checksum of everything. Reading the whole page for it would cost
more than the rest, but the checksum of two joined texts follows from those of each
(zlib's `crc32_combine`): `_Shift` is the part of it that depends only on the second
text's length (RFC 1951, 1952).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

GZIP_HEADER = bytes.fromhex("1f8b0800000000000203")
# An empty last block, with fixed codes.
DEFLATE_END = b"\x03\x00"
RAW_DEFLATE = -zlib.MAX_WBITS
# Shorter text between two parts isn't worth a block of its own.
LEAST_FIXED = 300
# A shorter run of parts is stored as it is: compressing it would spare half a kilobyte, and
# take a quarter of the time of the whole answer.
LEAST_DEFLATED = 2_000
POLYNOMIAL = 0xEDB88320


@dataclass(frozen=True)
class Part:
    """A place in a page that differs in each response, by its name."""

    name: str


class SplicedGzip:
    """A page with parts that differ in each response."""

    def __init__(self, pieces: Sequence[Markup | Part]) -> None:
        """Compress what's the same in every response.

        Args:
            pieces: The page's fixed text and its parts, in order.
        """
        self._pieces = list(pieces)
        self._plain = [each if isinstance(each, Part) else each.encode() for each in pieces]
        self._runs: list[_Fixed | list[bytes | str]] = []
        for each in self._plain:
            if isinstance(each, bytes) and len(each) >= LEAST_FIXED:
                self._runs.append(_Fixed(each))
                continue
            if not self._runs or isinstance(self._runs[-1], _Fixed):
                self._runs.append([])
            run = self._runs[-1]
            assert isinstance(run, list)
            run.append(each.name if isinstance(each, Part) else each)

    def plain(self, parts: Mapping[str, Markup]) -> bytes:
        """Return the page with its parts filled in."""
        return b"".join(
            parts[each.name].encode() if isinstance(each, Part) else each for each in self._plain
        )

    def gzip(self, parts: Mapping[str, Markup]) -> bytes:
        """Return the page with its parts filled in, as gzip."""
        encoded = {name: part.encode() for name, part in parts.items()}
        out, checksum, size = [GZIP_HEADER], 0, 0
        for run in self._runs:
            if isinstance(run, _Fixed):
                out.append(run.deflated)
                checksum, size = run.joined_to(checksum), size + run.size
                continue
            text = b"".join([encoded[each] if isinstance(each, str) else each for each in run])
            out.append(_stored(text) if len(text) < LEAST_DEFLATED else _deflated(text, 6))
            checksum, size = zlib.crc32(text, checksum), size + len(text)
        out += [DEFLATE_END, struct.pack("<II", checksum, size & 0xFFFFFFFF)]
        return b"".join(out)


class _Fixed:
    """A text that's the same in every response: compressed, with its checksum."""

    def __init__(self, text: bytes) -> None:
        self.deflated, self.size = _deflated(text, 9), len(text)
        self._checksum = zlib.crc32(text)
        self._tables = _shift_tables(len(text))

    def joined_to(self, checksum: int) -> int:
        """Return the checksum of this text behind one that has the given checksum."""
        first, second, third, fourth = self._tables
        shifted = (
            first[checksum & 0xFF]
            ^ second[checksum >> 8 & 0xFF]
            ^ third[checksum >> 16 & 0xFF]
            ^ fourth[checksum >> 24]
        )
        return shifted ^ self._checksum


def _stored(text: bytes) -> bytes:
    """Return a block that holds a short piece uncompressed."""
    return struct.pack("<BHH", 0, len(text), len(text) ^ 0xFFFF) + text


def _deflated(text: bytes, level: int) -> bytes:
    """Compress a piece that refers to nothing before it, up to a full byte."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, RAW_DEFLATE)
    return deflate.compress(text) + deflate.flush(zlib.Z_FULL_FLUSH)


def _shift_tables(length: int) -> list[list[int]]:
    """Return what `length` zero bytes make of a checksum, for each value of its four bytes.

    A checksum's bits act independently, so a byte's 256 values follow from its eight.
    """
    bits = [_shifted(1 << bit, length) for bit in range(32)]
    tables = []
    for byte in range(4):
        table = [0] * 256
        for value in range(1, 256):
            lowest = value & -value
            table[value] = table[value ^ lowest] ^ bits[byte * 8 + lowest.bit_length() - 1]
        tables.append(table)
    return tables


def _shifted(checksum: int, length: int) -> int:
    """Multiply a checksum by x to the power of 8 * length, modulo CRC-32's polynomial."""
    power, factor = 8 * length, 1 << 30  # x, as the bits are reflected
    while power:
        if power & 1:
            checksum = _product(checksum, factor)
        factor = _product(factor, factor)
        power >>= 1
    return checksum


def _product(a: int, b: int) -> int:
    """Multiply two polynomials over GF(2), modulo CRC-32's; the bits are reflected."""
    product = 0
    for bit in range(31, -1, -1):
        if a >> bit & 1:
            product ^= b
        b = b >> 1 ^ (POLYNOMIAL if b & 1 else 0)
    return product
