"""Illustrations for empty states and other pages with little to read.

They share one style on a 96 by 72 canvas: a soft shape in the accent colour,
slightly offset from its outline, and dashes for whatever is missing, like the
sender's name in the mark.
"""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx


@dataclass(frozen=True)
class Drawing:
    """The three outlines of an illustration."""

    shape: str
    line: str
    gone: str


_ENVELOPE = "M43 16h31a6 6 0 0 1 6 6v34a6 6 0 0 1-6 6H22a6 6 0 0 1-6-6V34"
_FLAP = "M80 22 53 41a9 9 0 0 1-10 0L32 33"
_ENVELOPE_SHAPE = "M28 22h50a6 6 0 0 1 6 6v34a6 6 0 0 1-6 6H26a6 6 0 0 1-6-6V30z"

# A tray, and the letter that hasn't arrived yet.
EMPTY = Drawing(
    "M18 46h18l5 8h22l5-8h18v16a6 6 0 0 1-6 6H24a6 6 0 0 1-6-6z",
    "M14 42h18l5 8h22l5-8h18v14a6 6 0 0 1-6 6H20a6 6 0 0 1-6-6z",
    "M28 34V12a4 4 0 0 1 4-4h32a4 4 0 0 1 4 4v22M37 18h22M37 26h13",
)
# The tray with its lid on, and the letter left outside.
SHUT = Drawing(
    "M18 36h68v26a6 6 0 0 1-6 6H24a6 6 0 0 1-6-6z",
    "M10 32h76v8H10zM14 40v16a6 6 0 0 0 6 6h56a6 6 0 0 0 6-6V40M40 50h16",
    "M28 26V12a4 4 0 0 1 4-4h32a4 4 0 0 1 4 4v14M37 17h22",
)
# The mark's envelope on its way, from nobody knows where.
SENT = Drawing(
    _ENVELOPE_SHAPE,
    f"{_ENVELOPE}{_FLAP}",
    "M2 22h28M6 30h2M-2 46h8M2 56h4",
)
# A map pin in the middle of nowhere.
NOWHERE = Drawing(
    "M22 66a30 5 0 1 0 60 0a30 5 0 1 0-60 0",
    "M40 23h16M40 31h9",
    "M48 64S26 46 26 27a22 22 0 0 1 44 0c0 19-22 37-22 37z",
)
# A letter with six digits, half out of its envelope.
CODE = Drawing(
    "M20 34l30 20 34-20v28a6 6 0 0 1-6 6H26a6 6 0 0 1-6-6z",
    "M16 30v26a6 6 0 0 0 6 6h52a6 6 0 0 0 6-6V30M16 30l27 18a9 9 0 0 0 10 0l27-18"
    "M28 30V12a4 4 0 0 1 4-4h32a4 4 0 0 1 4 4v18",
    "M36 22h1M41 22h1M46 22h1M51 22h1M56 22h1M61 22h1",
)


def illustration(drawing: Drawing, class_name: str = "") -> rx.Component:
    """Render an illustration, hidden from screen readers because the text below is enough.

    Args:
        drawing: One of this module's drawings.
        class_name: Extra classes.
    """
    return rx.el.svg(
        rx.el.svg.path(d=drawing.shape),
        rx.el.svg.path(d=drawing.line),
        rx.el.svg.path(d=drawing.gone),
        view_box="0 0 96 72",
        class_name=f"art {class_name}".strip(),
        aria_hidden="true",
    )
