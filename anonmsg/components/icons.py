"""Line icons, drawn on a 24-unit square and coloured by the text around them."""

from __future__ import annotations

import reflex as rx

COPY = "M9 9h10v11H9zM15 9V4H5v11h4"
REFRESH = "M20 11a8 8 0 0 0-14.3-4L4 9M4 4v5h5M4 13a8 8 0 0 0 14.3 4l1.700-2M20 20v-5h-5"
TRASH = "M4 7h16M9.500 7V4.500h5V7M6.500 7l.9 12.500h9.200L17.500 7M10.250 11v5M13.750 11v5"
SPARK = "M12 4q1 7 8 8-7 1-8 8-1-7-8-8 7-1 8-8z"
SEND = "M4 12 20 4.500 15.500 20l-4-6zM11.500 14 20 4.500"
SHARE = "M12 15V4M8 7.500 12 3.500l4 4M5 12v7.500h14V12"
QR = "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2M20 14v6M14 20h2"
SLIDERS = "M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4"
INBOX = "M4 13.500 6.500 5h11L20 13.500V19H4zM4 13.500h5q.5 3 3 3t3-3h5"
PAGE = "M6 3.500h8l4 4V20.500H6zM14 3.500v4h4M9 12h6M9 16h4"
PERSON = "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.500 20q1-6 7.500-6t7.500 6"
CLOSE = "M6 6l12 12M18 6 6 18"
EMAIL = "M4 5.500h16v13H4zM4.500 6.500 12 13l7.500-6.500"
PHONE = "M7 3.500h10v17H7zM11 17.500h2"
CHEVRON = "M6 9.500l6 6 6-6"
ARROW = "M5 12h14M13 6l6 6-6 6"
DOWN = "M12 5v14M6 13l6 6 6-6"
STAR = (
    "M12 3.500l2.600 5.400 5.900.8-4.300 4.100 1 5.850L12"
    " 16.800l-5.200 2.850 1-5.850L3.500 9.700l5.900-.8z"
)
ARCHIVE = "M4 5h16v4H4zM5.500 9v10.500h13V9M10 12.500h4"
RESTORE = "M4.500 12a7.500 7.500 0 1 1 2.300 5.400M4.500 6.500V12H10"
DOTS = (
    "M5 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M11 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0"
    "M17 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0"
)
UNREAD = (
    "M15 5.500H4v13h16V11M4.500 6.500 12 13l3-2.600"
    "M19 3.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z"
)
NOTE = "M5 4h14v10l-5.500 6H5zM19 14h-5.500v6M8.500 8.500h7M8.500 12h4"
SEARCH = "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.500 4.500"
KEYS = "M3 7h18v10H3zM7 10.500h.01M11 10.500h.01M15 10.500h.01M8 13.500h8"
CHECKS = "M4 12.500l3.500 3.500L15 8M11.500 15.500l.5.5 8-8"


def icon(path: str, class_name: str = "") -> rx.Component:
    """Render an icon, hidden from screen readers because its label is enough.

    Args:
        path: One of this module's outlines.
        class_name: Extra classes, such as a size.
    """
    return rx.el.svg(
        rx.el.svg.path(d=path),
        view_box="0 0 24 24",
        class_name=f"icon {class_name}".strip(),
        aria_hidden="true",
    )


def spinner(class_name: str = "") -> rx.Component:
    """Render a spinner, for a wait of unknown length."""
    return rx.el.span(class_name=f"spinner {class_name}".strip(), aria_hidden="true")
