"""Somebody's public page, where anyone can leave a message.

It is prerendered once, for nobody in particular; the server writes the name
and the state of the inbox into the HTML for each person. So the name stands
only in elements that React leaves alone, and the stylesheet shows what fits.
"""

from __future__ import annotations

import reflex as rx

from anonmsg.components.compose import closed, compose_form, kept, sent, suggestions
from anonmsg.components.frame import framed, plain_header
from anonmsg.locale import _
from anonmsg.state.page import PageState


def public_page() -> rx.Component:
    """The page at `/u/<username>`."""
    return framed(
        rx.el.div(
            rx.el.h1(
                _("Send") + " ",
                _owner(),
                " " + _("an anonymous message"),
                class_name="headline when-present",
            ),
            _about(),
            rx.cond(PageState.sent, sent(on_another=PageState.another), _writing()),
            closed(_owner),
            rx.el.h1(_("There is nobody here."), class_name="headline when-missing"),
            custom_attrs={"data-inbox": PageState.inbox, "suppressHydrationWarning": True},
            class_name="letter",
        ),
        header=plain_header(),
    )


def title() -> rx.Var[str]:
    """The document's title, which follows the owner."""
    named: rx.Var[str] = (
        rx.Var.create(_("Send") + " ")
        + PageState.owner
        + (" " + _("an anonymous message") + " · anonmsg")
    )
    return named


def _owner() -> rx.Component:
    return rx.el.span(
        PageState.owner,
        dir="auto",
        custom_attrs={"data-owner": "", "suppressHydrationWarning": True},
        class_name="owner",
    )


def _about() -> rx.Component:
    """What the owner says about themselves, if anything; the server writes it in.

    Nothing is said by a space, because React finds its place by a text that is
    there; the stylesheet hides it.
    """
    return rx.el.div(
        *(
            rx.el.p(
                text,
                dir="auto",
                custom_attrs={
                    "data-about": name,
                    "data-says": text,
                    "suppressHydrationWarning": True,
                },
                class_name=f"about-{name}",
            )
            for name, text in (("name", PageState.display_name), ("bio", PageState.bio))
        ),
        class_name="about when-present",
    )


def _writing() -> rx.Component:
    return rx.el.div(
        compose_form(
            error=PageState.error,
            busy=PageState.busy,
            on_send=PageState.send,
        ),
        kept(),
        suggestions(PageState.suggestions, on_suggest=PageState.suggest),
        class_name="when-open",
    )
