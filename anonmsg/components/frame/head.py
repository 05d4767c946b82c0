"""What the head of every page holds besides its title."""

from __future__ import annotations

import reflex as rx

from anonmsg.config.palette import DARK, LIGHT


def head() -> list[rx.Component]:
    """Icons, the colour of the browser's bars, and the static script.

    The script is not deferred: it has to take the secret part out of a mail's
    link before anything else on the page reads the address.
    """
    return [
        rx.el.script(src="/app.js"),
        rx.el.meta(name="theme-color", content=LIGHT.paper, custom_attrs=_for("light")),
        rx.el.meta(name="theme-color", content=DARK.paper, custom_attrs=_for("dark")),
        rx.el.meta(name="color-scheme", content="light dark"),
        rx.el.link(rel="icon", href="/favicon.ico", sizes="32x32"),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/apple-touch-icon.png"),
        rx.el.link(rel="manifest", href="/site.webmanifest"),
    ]


def _for(scheme: str) -> dict[str, str]:
    """An attribute that Reflex does not know for a meta, and would take for a style."""
    return {"media": f"(prefers-color-scheme: {scheme})"}
