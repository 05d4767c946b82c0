"""Somebody's public page, where anyone can leave a message.

It is prerendered once, for nobody in particular; the server writes the name
and the state of the inbox into the HTML for each person. So the name stands
only in elements that React leaves alone, and the stylesheet shows what fits.
"""

from __future__ import annotations

import reflex as rx

from anonmsg.components.frame.frame import framed, plain_header
from anonmsg.components.sentences import with_elements
from anonmsg.locale import _
from anonmsg.pages.public_page.compose import closed, compose_form, kept, sent, suggestions
from anonmsg.pages.public_page.state import PublicPageState


def public_page() -> rx.Component:
    """The page at `/u/<username>`."""
    return framed(
        rx.el.div(
            rx.el.h1(
                *with_elements(_("Send {name} an anonymous message"), name=_owner()),
                class_name="headline when-present",
            ),
            _about(),
            rx.cond(PublicPageState.sent, sent(on_another=PublicPageState.another), _writing()),
            closed(_owner),
            rx.el.h1(_("There is nobody here."), class_name="headline when-missing"),
            custom_attrs={"data-inbox": PublicPageState.inbox, "suppressHydrationWarning": True},
            class_name="letter",
        ),
        header=plain_header(),
    )


def title() -> rx.Var[str]:
    """The document's title, which follows the owner."""
    title = _("Send {name} an anonymous message · anonmsg")
    named: rx.Var[str] = rx.Var.create(title.format(name=PublicPageState.owner))
    return named


def _owner() -> rx.Component:
    return rx.el.span(
        PublicPageState.owner,
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
            for name, text in (("name", PublicPageState.display_name), ("bio", PublicPageState.bio))
        ),
        class_name="about when-present",
    )


def _writing() -> rx.Component:
    return rx.el.div(
        compose_form(
            error=PublicPageState.error,
            busy=PublicPageState.busy,
            on_send=PublicPageState.send,
        ),
        kept(),
        suggestions(PublicPageState.suggestions, on_suggest=PublicPageState.suggest),
        class_name="when-open",
    )
