"""An owner's public page, where anyone can leave a message.

It's prerendered once as a template; the server writes each owner's name and
inbox status into the HTML. So the name appears only in elements that React
leaves alone, and the stylesheet shows the parts that match the status.
"""

from __future__ import annotations

import reflex as rx

from anonmsg.components.fields import Text
from anonmsg.components.frame.frame import framed
from anonmsg.components.frame.navigation import public_header
from anonmsg.components.illustrations import SHUT, illustration
from anonmsg.components.sentences import UNTRANSLATED, with_elements
from anonmsg.locale import _
from anonmsg.pages.public_page.compose import compose_form, kept, sent, suggestions
from anonmsg.pages.public_page.notices import notices
from anonmsg.pages.public_page.own_page import own_page_bar
from anonmsg.pages.public_page.state import PublicPageState


def public_page() -> rx.Component:
    """Render the page at `/u/<username>`."""
    return framed(
        rx.el.div(
            own_page_bar(PublicPageState.owner),
            notices(_owner, _said("reopens", PublicPageState.reopens)),
            _heading(),
            _about(),
            rx.cond(PublicPageState.sent, sent(on_another=PublicPageState.another), _writing()),
            rx.el.div(illustration(SHUT), class_name="when-shut"),
            rx.el.h1(_("Nobody's here."), class_name="headline when-missing"),
            custom_attrs={"data-inbox": PublicPageState.inbox, "suppressHydrationWarning": True},
            class_name="letter",
        ),
        header=public_header(),
    )


def title() -> rx.Var[str]:
    """Return the document's title, which contains the owner's name."""
    title = _("Send {name} an anonymous message · anonmsg")
    named: rx.Var[str] = rx.Var.create(title.format(name=PublicPageState.called))
    return named


def _owner() -> rx.Component:
    return rx.el.span(
        PublicPageState.owner,
        dir="auto",
        custom_attrs=UNTRANSLATED | {"data-owner": "", "suppressHydrationWarning": True},
        class_name="owner",
    )


def _heading() -> rx.Component:
    """Render who the message is for, and their username, so that nobody passes for another."""
    called = rx.el.span(
        PublicPageState.called,
        dir="auto",
        custom_attrs=UNTRANSLATED | {"data-called": "", "suppressHydrationWarning": True},
        class_name="owner",
    )
    return rx.el.div(
        rx.el.h1(
            *with_elements(_("Send {name} an anonymous message"), name=called),
            class_name="headline",
        ),
        rx.el.p("@", _owner(), dir="ltr", custom_attrs=UNTRANSLATED, class_name="handle"),
        class_name="addressee when-present",
    )


def _about() -> rx.Component:
    """Render the owner's prompt and bio; the server writes them in."""
    return rx.el.div(
        _said("prompt", PublicPageState.prompt),
        _said("bio", PublicPageState.bio),
        class_name="about when-present",
    )


def _said(name: str, text: Text) -> rx.Component:
    """Render a paragraph that the server writes in.

    An empty one is a space, because React needs a text node to hydrate; the
    stylesheet hides it.

    Args:
        name: What it says.
        text: The paragraph, once the state knows it.
    """
    return rx.el.p(
        text,
        dir="auto",
        custom_attrs={"data-about": name, "data-says": text, "suppressHydrationWarning": True},
        class_name=f"about-{name}",
    )


def _writing() -> rx.Component:
    return rx.el.div(
        compose_form(
            delivery=_said("delivery", PublicPageState.delivery),
            error=PublicPageState.error,
            busy=PublicPageState.busy,
            on_send=PublicPageState.send,
        ),
        kept(PublicPageState.owner),
        suggestions(PublicPageState.suggestions, on_suggest=PublicPageState.suggest),
        class_name="when-open",
    )
