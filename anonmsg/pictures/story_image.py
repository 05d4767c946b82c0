"""Draws the story image: an envelope, a place for the link and a QR code, on a phone's screen.

Apps that show stories cover the top and the bottom with their own controls, so
nothing is drawn there. The dashed place is where people put their app's link
sticker; the link in it can be read without one.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

from anonmsg.config.palette import LIGHT
from anonmsg.locale import _
from anonmsg.pictures import qr, text_layout
from anonmsg.pictures.blank_envelope import draw_envelope
from anonmsg.pictures.drawing import Board, Box, dashed, outline, packed

WIDTH, HEIGHT = 1080, 1920
# What Instagram, Snapchat and WhatsApp cover, with room to spare, in pixels.
COVERED_ABOVE, COVERED_BELOW = 250, 340
ENVELOPE = Box(80, 264, 1000, 984)
ZONE = Box(80, 1028, 1000, 1168)
TEXT_LEFT, TEXT_WIDTH = 144, 792
# The space for the prompt, between the stamp and the name.
PROMPT_TOP, PROMPT_BOTTOM = 456, 806
NAME, USERNAME = 866, 932
TILE = Box(362, 1212, 718, 1568)
CODE_SIZE, TILE_RADIUS = 340, 28
# Room around a part for its shadow and its line.
MARGIN = 20
PROMPT_STEPS = ((104, 2), (92, 3), (84, 3), (72, 4), (64, 4), (56, 5), (48, 6))
NAME_STEPS = ((52, 1), (44, 1), (38, 1))
# The last one has room for the longest username, so that none is ever cut.
USERNAME_STEPS = ((40, 1), (36, 1), (32, 1), (28, 1), (24, 1))
LINK_STEPS = ((52, 1), (46, 1), (40, 1), (36, 1), (36, 2))
APART = 1.2
STRONG = 600
WORDMARK_WIDTH = 200
ZONE_RADIUS, DASH, SPACE = 36, 22, 16


def draw(*, prompt: str, name: str, username: str, link: str, readable: str) -> bytes:
    """Draw a story image, 1080 by 1920 pixels.

    Args:
        prompt: What the owner asks; if it's empty, a sentence of ours.
        name: The display name, which may be empty.
        username: The username, which is always shown, so that nobody passes for another.
        link: The link that the QR code holds.
        readable: The link as people read it.

    Returns:
        A PNG.
    """
    picture = _ground().copy()
    canvas = ImageDraw.Draw(picture)
    words = prompt or _("Send me an anonymous message")
    is_mirrored = text_layout.is_right_to_left(words)
    _draw_prompt(canvas, words, is_mirrored=is_mirrored)
    _draw_name(canvas, name, f"@{username}", is_mirrored=is_mirrored)
    _draw_link(canvas, readable)
    _draw_code(picture, link)
    return packed(picture)


def _draw_prompt(canvas: ImageDraw.ImageDraw, words: str, *, is_mirrored: bool) -> None:
    """Draw the prompt, centred in its space."""
    fitted = text_layout.fit(words, width=TEXT_WIDTH, steps=PROMPT_STEPS, weight=STRONG)
    apart = round(fitted.size * APART)
    height = apart * (len(fitted.lines) - 1) + fitted.size
    # Capitals are three quarters of the font size high.
    y = (PROMPT_TOP + PROMPT_BOTTOM - height) // 2 + fitted.size * 3 // 4
    for number, line in enumerate(fitted.lines):
        at = y + number * apart
        _draw_line(canvas, at, line, fitted.size, LIGHT.ink, is_at_end=is_mirrored)


def _draw_name(canvas: ImageDraw.ImageDraw, name: str, username: str, *, is_mirrored: bool) -> None:
    """Draw the display name, with the username below, and our own on the other side."""
    above = text_layout.fit(name, width=TEXT_WIDTH, steps=NAME_STEPS, weight=STRONG, serif=False)
    for line in above.lines:
        _draw_line(canvas, NAME, line, above.size, LIGHT.ink, is_at_end=is_mirrored)
    room = TEXT_WIDTH - WORDMARK_WIDTH
    below = text_layout.fit(username, width=room, steps=USERNAME_STEPS, weight=600, serif=False)
    ours = text_layout.fit("anonmsg", width=WORDMARK_WIDTH, steps=((38, 1),), weight=STRONG)
    for fitted, colour, is_at_end in (
        (below, LIGHT.accent, is_mirrored),
        (ours, LIGHT.ink, not is_mirrored),
    ):
        (line,) = fitted.lines
        _draw_line(canvas, USERNAME, line, fitted.size, colour, is_at_end=is_at_end)


def _draw_line(
    canvas: ImageDraw.ImageDraw,
    y: float,
    line: text_layout.Line,
    size: int,
    colour: str,
    *,
    is_at_end: bool,
) -> None:
    """Draw a line at the left of the envelope, or at its right."""
    at = (TEXT_LEFT + TEXT_WIDTH if is_at_end else TEXT_LEFT, y)
    text_layout.draw(canvas, at, line, size, colour, before=1 if is_at_end else 0)


def _draw_link(canvas: ImageDraw.ImageDraw, readable: str) -> None:
    """Draw the link in the middle of its place."""
    fitted = text_layout.fit(readable, width=TEXT_WIDTH, steps=LINK_STEPS, weight=600, serif=False)
    apart = round(fitted.size * APART)
    middle = (ZONE.top + ZONE.bottom - apart * (len(fitted.lines) - 1)) / 2
    for number, line in enumerate(fitted.lines):
        at = (WIDTH / 2, middle + number * apart + fitted.size / 3)
        text_layout.draw(canvas, at, line, fitted.size, LIGHT.accent, before=0.5)


def _draw_code(picture: Image.Image, link: str) -> None:
    """Draw the QR code, which has its own quiet zone, in the middle of its tile."""
    code = Image.open(BytesIO(qr.png(link, size=CODE_SIZE))).convert("RGB")
    inset = (TILE.bottom - TILE.top - code.height) / 2
    picture.paste(code, ((WIDTH - code.width) // 2, round(TILE.top + inset)))


@cache
def _ground() -> Image.Image:
    """Draw everything that is the same in every story."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), LIGHT.paper)
    for draw_part, box in ((draw_envelope, ENVELOPE), (_draw_zone, ZONE), (_draw_tile, TILE)):
        # Each part has a small board of its own, because a large one takes 60 MB.
        edge = box.left - MARGIN, box.top - MARGIN
        wide, high = box.right - box.left, box.bottom - box.top
        board = Board(wide + 2 * MARGIN, high + 2 * MARGIN, LIGHT.paper)
        draw_part(board, Box(MARGIN, MARGIN, MARGIN + wide, MARGIN + high))
        picture.paste(board.finished(), edge)
    return picture


def _draw_zone(board: Board, box: Box) -> None:
    """Draw the place for the link, with a dashed edge."""
    board.rectangle(box, LIGHT.surface, radius=ZONE_RADIUS)
    for dash in dashed(outline(box, ZONE_RADIUS), DASH, SPACE):
        board.path(dash, LIGHT.line_strong, 4)


def _draw_tile(board: Board, box: Box) -> None:
    """Draw the white ground of the QR code."""
    board.rectangle(box, qr.WHITE, radius=TILE_RADIUS)
