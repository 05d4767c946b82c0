"""Draws the front of an envelope without a sender, which every picture for sharing shows.

The colours are always the light ones, because a picture can't adapt to the page
that shows it.
"""

from __future__ import annotations

from anonmsg.config.palette import LIGHT
from anonmsg.pictures.drawing import Board, Box, Point, quarter_of

RADIUS = 40
EDGE = 6
# How far below the envelope its shadow lies.
SHADOW = 10


def draw_envelope(board: Board, box: Box) -> None:
    """Draw an envelope with a stamp; its text is up to the picture.

    Args:
        board: The board to draw on.
        box: The envelope's edges; its stamp and its missing sender keep their size.
    """
    for below, colour in ((SHADOW, LIGHT.line), (0, LIGHT.surface)):
        shifted = Box(box.left, box.top + below, box.right, box.bottom + below)
        board.rectangle(shifted, colour, radius=RADIUS)
    _draw_edge(board, box)
    _draw_missing_sender(board, box)
    _draw_stamp(board, box)


def _draw_edge(board: Board, box: Box) -> None:
    """The outline, which stops short of the corner where a sender would be, as in the mark."""
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    for ends in (
        [(left + 330, top), (right - RADIUS, top)],
        [(right, top + RADIUS), (right, bottom - RADIUS)],
        [(right - RADIUS, bottom), (left + RADIUS, bottom)],
        [(left, bottom - RADIUS), (left, top + 196)],
    ):
        board.path(ends, LIGHT.accent, EDGE)
    wide = 2 * RADIUS
    for x, y, begin in (
        (right - wide, top, 270),
        (right - wide, bottom - wide, 0),
        (left, bottom - wide, 90),
    ):
        board.quarter(Box(x, y, x + wide, y + wide), begin, LIGHT.accent, EDGE)
    for dot in ((left + 250, top), (left + 170, top), (left, top + 136)):
        board.path([dot], LIGHT.accent, 9)


def _draw_missing_sender(board: Board, box: Box) -> None:
    for below, long in ((50, 260), (84, 206), (118, 138)):
        y = box.top + below
        for step in range(64, 64 + long, 26):
            x = box.left + step
            board.path([(x, y), (x + 11, y)], LIGHT.line_strong, 5)


def _draw_stamp(board: Board, box: Box) -> None:
    """Draw a stamp with the mark on it."""
    left, top = box.right - 192, box.top + 38
    right, bottom = left + 120, top + 136
    board.rectangle(Box(left, top, right, bottom), LIGHT.accent)
    for step in range(9):
        for y in (top, bottom):
            board.path([(left + 15 * step, y)], LIGHT.surface, 8)
        for x in (left, right):
            board.path([(x, top + 17 * step)], LIGHT.surface, 8)
    _draw_mark(board, (left + 15, top + 23), 2.8, LIGHT.on_accent)


def _draw_mark(board: Board, at: Point, scale: float, colour: str) -> None:
    """Draw the mark (`components/frame/brand.py`) from its 32 by 32 grid.

    Args:
        board: The board to draw on.
        at: The grid's top left corner.
        scale: The size of one grid unit, in pixels.
        colour: The colour of the lines.
    """

    def path(*points: Point) -> None:
        placed = [(at[0] + x * scale, at[1] + y * scale) for x, y in points]
        board.path(placed, colour, 2.25 * scale)

    corners = (((25, 10), 270), ((25, 22), 0), ((7, 22), 90))
    top_right, bottom_right, bottom_left = (
        quarter_of(centre, 3, begin) for centre, begin in corners
    )
    path((15, 7), *top_right, *bottom_right, *bottom_left, (4, 14))
    path(
        (27, 9), (17.6, 16.4), (16.8, 16.81), (16, 16.95), (15.2, 16.81), (14.4, 16.4), (11.2, 13.9)
    )
    path((4.5, 8.5))
    path((9, 7))
