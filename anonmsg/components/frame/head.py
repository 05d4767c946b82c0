"""The contents of every page's head, besides its title."""

from __future__ import annotations

import reflex as rx

from anonmsg.config.palette import DARK, LIGHT


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
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/apple-touch-icon.png"),
        rx.el.link(rel="manifest", href="/site.webmanifest"),
    ]


def _media(scheme: str) -> dict[str, str]:
    """Return the media attribute, which Reflex would otherwise treat as a style prop."""
    return {"media": f"(prefers-color-scheme: {scheme})"}
