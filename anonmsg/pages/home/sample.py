"""A picture of a public page, drawn in HTML: nothing in it can be pressed or typed into."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.sentences import UNTRANSLATED, with_elements
from anonmsg.locale import _
from anonmsg.pages.home.example import from_line


def sample_page() -> rx.Component:
    """Render the page of somebody we made up, under a caption that says so.

    Screen readers get the caption, which says what the picture shows.
    """
    return rx.el.figure(
        rx.el.div(
            rx.el.p(
                *with_elements(
                    _("Send {name} an anonymous message"),
                    name=rx.el.span("Lena", custom_attrs=UNTRANSLATED, class_name="owner"),
                ),
                class_name="headline",
            ),
            rx.el.p("@lena", custom_attrs=UNTRANSLATED, class_name="soft"),
            rx.el.p(_("Ask me anything about learning the cello."), class_name="sample-prompt"),
            rx.el.div(
                from_line(),
                rx.el.p(
                    _("A question, a thank-you, something you never said…"),
                    class_name="sample-box",
                ),
                class_name="paper",
            ),
            rx.el.span(_("Send"), class_name="button button-primary button-wide"),
            aria_hidden="true",
            class_name="card sample",
        ),
        rx.el.figcaption(
            _("What people see when they open your link. Lena is made up."),
            class_name="hint sample-caption",
        ),
    )
