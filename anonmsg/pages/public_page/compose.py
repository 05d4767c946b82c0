"""The parts of the public page: the form, suggestions and confirmation."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg import addresses
from anonmsg.components.buttons import button, button_link, submit
from anonmsg.components.fields import Text
from anonmsg.components.icons import SEND, SPARK
from anonmsg.components.illustrations import SENT, illustration
from anonmsg.components.links import link
from anonmsg.components.post_form import post_form
from anonmsg.components.slots import slot
from anonmsg.locale import _
from anonmsg.pages.public_page.own_page import still_anonymous


def compose_form(
    *, delivery: rx.Component, error: Text, busy: bool | rx.Var[bool], on_send: Any
) -> rx.Component:
    """Render the form that sends one message.

    It has a method but no action, so it posts to its own page's address when
    there's no script. The box is uncontrolled: no draft leaves the browser before
    it's sent. The retry key lives outside React's tree
    (`web/prerendered/pages.py`, `app.js`), so neither a lost socket nor a
    restarted server changes it.

    Args:
        delivery: Says when the inbox gets its messages, unless it's at once.
        error: Why the message was refused.
        busy: Whether the form is waiting for an answer.
        on_send: The handler that receives the form.
    """
    return post_form(
        rx.el.label(_("Your message"), html_for="message", class_name="label"),
        rx.el.div(
            rx.el.p(
                rx.el.span(_("From")),
                rx.el.span(class_name="blank"),
                aria_hidden="true",
                class_name="from",
            ),
            _box(error),
            slot(id="message-left", class_name="counter", data_counter_for="message"),
            class_name="paper",
        ),
        slot(rx.el.p, class_name="sr-only", role="status", data_counter_live="message"),
        _refusals(error),
        delivery,
        _later(),
        rx.el.div(
            submit(_("Send"), busy=busy, class_name="button-wide"),
            class_name="send-row",
        ),
        slot(role="status", class_name="notice notice-warn held", data_held="true"),
        id="compose",
        on_submit=on_send,
        is_native=True,
        class_name="compose",
    )


def _later() -> rx.Component:
    """Render the choice of a time that tells nobody when the message was written."""
    return rx.el.div(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                id="later",
                name="later",
                value="yes",
                aria_describedby="later-hint",
                class_name="choice-mark",
            ),
            rx.el.span(_("Some time in the next 24 hours")),
            html_for="later",
            class_name="choice",
        ),
        rx.el.p(
            _("Your message waits, so its time doesn't show when you wrote it."),
            id="later-hint",
            class_name="hint",
        ),
        class_name="later",
    )


def _box(error: Text) -> rx.Component:
    return rx.el.textarea(
        id="message",
        name="message",
        rows="6",
        dir="auto",
        required=True,
        placeholder=_("A question, a thank-you, something you never said…"),
        aria_describedby="message-left message-error message-refusal",
        aria_invalid=rx.cond(error, "true", "false"),
        class_name="box box-tall",
    )


def _refusals(error: Text) -> rx.Component:
    return rx.el.div(
        slot(id="message-error", role="alert", class_name="field-error", data_error_for="message"),
        rx.el.p(error, id="message-refusal", role="alert", class_name="field-error"),
        class_name="field-errors",
    )


def suggestions(texts: list[str] | rx.Var[list[str]], *, on_suggest: Any) -> rx.Component:
    """Render openers for senders who don't know how to begin.

    Args:
        texts: The current suggestions.
        on_suggest: The handler that replaces them.
    """
    return rx.el.div(
        _undo(),
        button(_("Suggest messages"), kind="quiet", outline=SPARK, on_click=on_suggest),
        rx.el.div(
            rx.foreach(
                texts,
                lambda text: rx.el.button(
                    text, type="button", dir="auto", data_suggestion="true", class_name="chip"
                ),
            ),
            aria_live="polite",
            class_name="chips",
        ),
        class_name="suggestions",
    )


def _undo() -> rx.Component:
    """Render **Undo**, which the script shows after a suggestion has replaced a draft."""
    return rx.el.div(
        slot(rx.el.span, role="status"),
        rx.el.button(_("Undo"), type="button", data_undo="true", class_name="link-button"),
        hidden=True,
        custom_attrs={"data-undo-row": "true", "suppressHydrationWarning": True},
        class_name="hint undo-row",
    )


def kept(owner: Text) -> rx.Component:
    """Render the short note about what is kept of a message.

    Args:
        owner: The username of the page's owner.
    """
    return rx.el.p(
        _("We store the text and the time, and nothing about who wrote it."),
        " ",
        link(_("How it works"), href=addresses.PRIVACY.path, class_name="link"),
        still_anonymous(owner),
        # Shown only where the browser keeps it: see drafts.js.
        rx.el.span(_("Your draft stays in this tab until you send it."), class_name="draft-kept"),
        class_name="hint text-center",
    )


def sent(*, on_another: Any) -> rx.Component:
    """Render the confirmation that the message was sent, and what to do next.

    Args:
        on_another: The handler that shows an empty box again.
    """
    return rx.el.div(
        illustration(SENT, "art-sent"),
        rx.el.div(
            rx.el.h2(
                _("Message sent anonymously"),
                tab_index=-1,
                data_arrival="true",
                class_name="title",
            ),
            role="status",
        ),
        rx.el.p(_("No name attached. Only your words arrive."), class_name="soft"),
        rx.el.div(
            button_link(_("Create your own page"), addresses.SIGN_UP.path),
            button(
                _("Send another"),
                kind="quiet",
                outline=SEND,
                on_click=on_another,
                data_then_focus="message",
            ),
            class_name="stack-wide mt-4",
        ),
        class_name="sent",
    )
