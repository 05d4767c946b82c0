"""The contents of every page's head, besides its title."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import reflex as rx

from anonmsg.config.palette import DARK, LIGHT

ICON = Path(__file__).parents[3] / "assets" / "favicon.svg"


def head() -> list[rx.Component]:
    """Return the icons, the theme colours and the static script.

    The script isn't deferred: it has to take the secret out of an emailed link
    before anything else on the page reads the URL.
    """
    return [
        rx.el.script(src="/app.js"),
        rx.el.meta(name="theme-color", content=LIGHT.paper, custom_attrs=_media("light")),
        rx.el.meta(name="theme-color", content=DARK.paper, custom_attrs=_media("dark")),
        rx.el.meta(name="color-scheme", content="light dark"),
        rx.el.link(rel="icon", href="/favicon.ico", sizes="32x32"),
        rx.el.link(rel="icon", href=_in_the_page(ICON), type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/apple-touch-icon.png"),
        rx.el.link(rel="manifest", href="/site.webmanifest"),
    ]


def _in_the_page(icon: Path) -> str:
    """Return an icon as a URL that contains it; the headers of a request would be longer.

    Args:
        icon: An SVG file.
    """
    one_line = " ".join(icon.read_text(encoding="utf-8").split()).replace('"', "'")
    return "data:image/svg+xml," + quote(one_line, safe=" /:=,'")


def _media(scheme: str) -> dict[str, str]:
    """Return the media attribute, which Reflex would otherwise treat as a style prop."""
    return {"media": f"(prefers-color-scheme: {scheme})"}
