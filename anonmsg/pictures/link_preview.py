"""Draws the link preview: the front of an envelope without a sender.

It works for any name: `text_layout` sets the text, and the envelope is drawn
once. The colours are always the light ones, because a picture can't adapt to
the page that shows it.
"""

from __future__ import annotations

import math
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

from anonmsg.config.palette import LIGHT
from anonmsg.pictures import text_layout

WIDTH, HEIGHT = 1200, 630
LEFT, TOP, RIGHT, BOTTOM = 60, 56, 1140, 574
RADIUS = 40
TEXT_LEFT, TEXT_WIDTH, MIDDLE, FOOT = 124, 940, 334, 530
TITLE_STEPS = ((124, 1), (108, 1), (94, 1), (82, 1), (78, 2), (70, 2), (60, 2))
LEAD_STEPS = ((38, 1), (32, 1))
FOOT_STEPS = ((34, 1), (28, 1), (24, 1))
FOOT_WIDTH = 700
APART = 1.2
# Shapes are drawn at three times the size and scaled down, which smooths their edges.
FINER = 3
COLOURS = 96
STRONG, MEDIUM = 600, 500


def draw(*, lead: str, title: str, foot: str) -> bytes:
    """Draw a preview, 1200 by 630 pixels.

    Args:
        lead: A few words above the title.
        title: The name, or whatever people should read first, in any script and
            of any length.
        foot: The page's address.

    Returns:
        A PNG.
    """
    picture = _envelope().copy()
    canvas = ImageDraw.Draw(picture)
    _draw_middle(canvas, lead, title)
    fitted = text_layout.fit(foot, width=FOOT_WIDTH, steps=FOOT_STEPS, weight=MEDIUM, serif=False)
    text_layout.draw(canvas, (TEXT_LEFT, FOOT), fitted.lines[0], fitted.size, LIGHT.accent)
    name = text_layout.fit("anonmsg", width=300, steps=((38, 1),), weight=STRONG)
    at = (TEXT_LEFT + TEXT_WIDTH - text_layout.width_of(name), FOOT)
    text_layout.draw(canvas, at, name.lines[0], name.size, LIGHT.ink)
    packed = BytesIO()
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
    return packed.getvalue()


def _draw_middle(canvas: ImageDraw.ImageDraw, lead: str, title: str) -> None:
    """Draw the lead and the title as one block, centred in the space beside the stamp."""
    above = text_layout.fit(lead, width=TEXT_WIDTH, steps=LEAD_STEPS, weight=MEDIUM, serif=False)
    name = text_layout.fit(title, width=TEXT_WIDTH, steps=TITLE_STEPS, weight=STRONG)
    apart = round(name.size * APART)
    # Descenders reach a quarter of the font size below the last baseline.
    height = above.size + apart * len(name.lines) + name.size // 4
    y = MIDDLE - height // 2 + above.size
    for line in above.lines[:1]:
        text_layout.draw(canvas, (TEXT_LEFT, y), line, above.size, LIGHT.ink_soft)
    for number, line in enumerate(name.lines, 1):
        text_layout.draw(canvas, (TEXT_LEFT, y + number * apart), line, name.size, LIGHT.ink)


@cache
def _envelope() -> Image.Image:
    """Draw everything except the text."""
    large = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), LIGHT.paper)
    canvas = ImageDraw.Draw(large)
    for below, colour in ((10, LIGHT.line), (0, LIGHT.surface)):
        box = _scaled(LEFT, TOP + below, RIGHT, BOTTOM + below)
        canvas.rounded_rectangle(box, RADIUS * FINER, fill=colour)
    _draw_edge(canvas)
    _draw_missing_sender(canvas)
    _draw_stamp(canvas)
    return large.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _draw_edge(canvas: ImageDraw.ImageDraw) -> None:
    """The outline, which stops short of the corner where a sender would be, as in the mark."""
    start, end = LEFT + 330, TOP + 196
    _draw_path(canvas, [(start, TOP), (RIGHT - RADIUS, TOP)], LIGHT.accent, 6)
    _draw_path(canvas, [(RIGHT, TOP + RADIUS), (RIGHT, BOTTOM - RADIUS)], LIGHT.accent, 6)
    _draw_path(canvas, [(RIGHT - RADIUS, BOTTOM), (LEFT + RADIUS, BOTTOM)], LIGHT.accent, 6)
    _draw_path(canvas, [(LEFT, BOTTOM - RADIUS), (LEFT, end)], LIGHT.accent, 6)
    for x, y, begin in (
        (RIGHT - 2 * RADIUS, TOP, 270),
        (RIGHT - 2 * RADIUS, BOTTOM - 2 * RADIUS, 0),
        (LEFT, BOTTOM - 2 * RADIUS, 90),
    ):
        # Pillow draws an arc inside its box, but centres a line on its points.
        box = _scaled(x - 3, y - 3, x + 2 * RADIUS + 3, y + 2 * RADIUS + 3)
        canvas.arc(box, begin, begin + 90, LIGHT.accent, 6 * FINER)
    for x, y in ((LEFT + 250, TOP), (LEFT + 170, TOP), (LEFT, TOP + 136)):
        _draw_path(canvas, [(x, y)], LIGHT.accent, 9)


def _draw_missing_sender(canvas: ImageDraw.ImageDraw) -> None:
    for y, right in ((106, 384), (140, 330), (174, 262)):
        for x in range(TEXT_LEFT, right, 26):
            _draw_path(canvas, [(x, y), (x + 11, y)], LIGHT.line_strong, 5)


def _draw_stamp(canvas: ImageDraw.ImageDraw) -> None:
    """Draw a stamp with the mark on it."""
    left, top, right, bottom = 948, 94, 1068, 230
    canvas.rectangle(_scaled(left, top, right, bottom), fill=LIGHT.accent)
    for step in range(9):
        for y in (top, bottom):
            _draw_path(canvas, [(left + 15 * step, y)], LIGHT.surface, 8)
        for x in (left, right):
            _draw_path(canvas, [(x, top + 17 * step)], LIGHT.surface, 8)
    _draw_mark(canvas, (left + 15, top + 23), 2.8, LIGHT.on_accent)


def _draw_mark(
    canvas: ImageDraw.ImageDraw, at: tuple[float, float], scale: float, colour: str
) -> None:
    """Draw the mark (`components/frame/brand.py`) from its 32 by 32 grid.

    Args:
        canvas: The canvas, three times as large as the picture.
        at: The grid's top left corner.
        scale: The size of one grid unit, in pixels.
        colour: The colour of the lines.
    """

    def path(*points: tuple[float, float]) -> None:
        placed = [(at[0] + x * scale, at[1] + y * scale) for x, y in points]
        _draw_path(canvas, placed, colour, 2.25 * scale)

    top_right, bottom_right, bottom_left = _arc(25, 10, 270), _arc(25, 22, 0), _arc(7, 22, 90)
    path((15, 7), *top_right, *bottom_right, *bottom_left, (4, 14))
    path(
        (27, 9), (17.6, 16.4), (16.8, 16.81), (16, 16.95), (15.2, 16.81), (14.4, 16.4), (11.2, 13.9)
    )
    path((4.5, 8.5))
    path((9, 7))


def _arc(x: float, y: float, begin: int) -> list[tuple[float, float]]:
    """Return a quarter circle of radius 3, clockwise from an angle in degrees."""
    angles = [math.radians(begin + step) for step in range(0, 91, 15)]
    return [(x + 3 * math.cos(angle), y + 3 * math.sin(angle)) for angle in angles]


def _draw_path(
    canvas: ImageDraw.ImageDraw, points: list[tuple[float, float]], colour: str, thick: float
) -> None:
    """Draw a line with round caps and joins, or a dot for a single point."""
    placed = [(x * FINER, y * FINER) for x, y in points]
    canvas.line(placed, colour, round(thick * FINER))
    for each in placed:
        canvas.circle(each, thick * FINER / 2, colour)


def _scaled(*numbers: float) -> list[float]:
    return [each * FINER for each in numbers]
