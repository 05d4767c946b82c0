"""Draws the link preview: the front of an envelope without a sender.

It works for any name: `text_layout` sets the text, and the envelope is drawn
once.
"""

from __future__ import annotations

from functools import cache

from PIL import Image, ImageDraw

from anonmsg.config.palette import LIGHT
from anonmsg.pictures import text_layout
from anonmsg.pictures.blank_envelope import draw_envelope
from anonmsg.pictures.drawing import Board, Box, packed

WIDTH, HEIGHT = 1200, 630
LEFT, TOP, RIGHT, BOTTOM = 60, 56, 1140, 574
TEXT_LEFT, TEXT_WIDTH, MIDDLE, FOOT = 124, 940, 334, 530
TITLE_STEPS = ((124, 1), (108, 1), (94, 1), (82, 1), (78, 2), (70, 2), (60, 2))
LEAD_STEPS = ((38, 1), (32, 1))
FOOT_STEPS = ((34, 1), (28, 1), (24, 1))
FOOT_WIDTH = 700
APART = 1.2
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
    return packed(picture)


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
    board = Board(WIDTH, HEIGHT, LIGHT.paper)
    draw_envelope(board, Box(LEFT, TOP, RIGHT, BOTTOM))
    return board.finished()
