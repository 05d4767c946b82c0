"""What every picture is drawn with: smooth lines and shapes, and a small file at the end."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate, pairwise, starmap

from PIL import Image, ImageDraw

# Shapes are drawn at three times the size and scaled down, which smooths their edges.
FINER = 3
COLOURS = 96

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle's edges, in pixels of the finished picture."""

    left: int
    top: int
    right: int
    bottom: int


class Board:
    """A surface for shapes, measured in pixels of the finished picture."""

    def __init__(self, width: int, height: int, ground: str) -> None:
        """Start with a plain ground."""
        self._size = width, height
        self._large = Image.new("RGB", (width * FINER, height * FINER), ground)
        self._canvas = ImageDraw.Draw(self._large)

    def finished(self) -> Image.Image:
        """Return the picture in its own size."""
        return self._large.resize(self._size, Image.Resampling.LANCZOS)

    def path(self, points: Sequence[Point], colour: str, thick: float) -> None:
        """Draw a line with round caps and joins, or a dot for a single point."""
        placed = [(x * FINER, y * FINER) for x, y in points]
        self._canvas.line(placed, colour, round(thick * FINER))
        for each in placed:
            self._canvas.circle(each, thick * FINER / 2, colour)

    def rectangle(self, box: Box, colour: str, *, radius: float = 0) -> None:
        """Fill a rectangle, with round corners if it has a radius."""
        self._canvas.rounded_rectangle(_scaled(box), radius * FINER, fill=colour)

    def quarter(self, box: Box, begin: int, colour: str, thick: float) -> None:
        """Draw the quarter of a circle that begins at an angle in degrees, clockwise.

        Args:
            box: The square around the whole circle, up to the middle of its line.
            begin: The angle, from three o'clock.
            colour: The colour of the line.
            thick: The width of the line.
        """
        # Pillow draws an arc inside its box, but centres a line on its points.
        left, top, right, bottom = _scaled(box)
        half, wide = thick * FINER / 2, round(thick * FINER)
        outer = left - half, top - half, right + half, bottom + half
        self._canvas.arc(outer, begin, begin + 90, colour, wide)


def outline(box: Box, radius: float) -> list[Point]:
    """Return points around a rectangle with round corners, back to the first one."""
    left, top = box.left + radius, box.top + radius
    right, bottom = box.right - radius, box.bottom - radius
    corners = ((left, top, 180), (right, top, 270), (right, bottom, 0), (left, bottom, 90))
    points = [each for x, y, begin in corners for each in quarter_of((x, y), radius, begin)]
    return [*points, points[0]]


def dashed(points: list[Point], dash: float, space: float) -> list[list[Point]]:
    """Cut a closed line into dashes of equal length, with about the space between them."""
    ends = [0.0, *accumulate(starmap(math.dist, pairwise(points)))]
    many = max(1, round(ends[-1] / (dash + space)))
    starts = [each * ends[-1] / many for each in range(many)]
    return [
        [
            _along(points, ends, start),
            *(point for point, end in zip(points, ends, strict=True) if start < end < start + dash),
            _along(points, ends, start + dash),
        ]
        for start in starts
    ]


def _along(points: list[Point], ends: list[float], length: float) -> Point:
    """Return the point of a line at a length from its start."""
    after = min(bisect(ends, length), len(points) - 1)
    (x, y), (to_x, to_y) = points[after - 1], points[after]
    part = (length - ends[after - 1]) / (ends[after] - ends[after - 1])
    return x + (to_x - x) * part, y + (to_y - y) * part


def quarter_of(centre: Point, radius: float, begin: int) -> list[Point]:
    """Return points on a quarter circle, clockwise from an angle in degrees."""
    angles = [math.radians(begin + step) for step in range(0, 91, 15)]
    return [
        (centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle))
        for angle in angles
    ]


def packed(picture: Image.Image) -> bytes:
    """Return a picture as a PNG of few colours, which is a third of the size."""
    file = BytesIO()
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _scaled(box: Box) -> tuple[int, int, int, int]:
    return box.left * FINER, box.top * FINER, box.right * FINER, box.bottom * FINER
