"""A demo inbox that shows examples, or what the visitor types, as a message would arrive."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.slots import slot
from anonmsg.locale import _

# How many notes are in view at once. That many are repeated at the end of the
# list, so that it can loop without a jump.
IN_VIEW = 4
LONGEST = 1000


def _samples() -> list[str]:
    return [
        _("Your talk on Tuesday made me apply for the job. I start in May."),
        _("The soup was too salty. Everything else was the best meal I had this year."),
        _("You interrupt people in meetings. I don't think you notice."),
        _("You were kind to me in ninth grade. I never forgot it."),
        _("Never stop playing the piano with the window open."),
    ]


def from_line(*after: rx.Component) -> rx.Component:
    """Render the line that would name the sender.

    Args:
        *after: What follows the blank.
    """
    return rx.el.p(rx.el.span(_("From")), rx.el.span(class_name="blank"), *after, class_name="from")


def _note(text: str, *, repeated: bool = False) -> rx.Component:
    hidden = {"aria_hidden": "true"} if repeated else {}
    return rx.el.li(
        rx.el.div(from_line(), rx.el.p(text, class_name="note-text"), class_name="note"),
        class_name="arriving",
        **hidden,
    )


def _pause() -> rx.Component:
    """Render the pause button; the stylesheet shows **Pause** or **Play**."""
    return rx.el.button(
        rx.el.span(_("Pause"), class_name="pause-word"),
        rx.el.span(_("Play"), class_name="play-word"),
        type="button",
        class_name="pause",
        data_pause="example",
        aria_controls="example",
    )


def _box() -> rx.Component:
    """Render the demo's text box; it has no form and no handler, so it can't send anything."""
    return rx.el.div(
        rx.el.label(_("Try it. Nothing leaves this page."), html_for="try-it", class_name="label"),
        rx.el.textarea(
            id="try-it",
            rows="2",
            dir="auto",
            max_length=LONGEST,
            auto_complete="off",
            placeholder=_("Type something you've never said…"),
            aria_describedby="example-title",
            data_mirror="tried",
            class_name="box",
        ),
        class_name="try-it",
    )


def _tried() -> rx.Component:
    """Render what the recipient would see; the script updates it on every keystroke."""
    return rx.el.div(
        rx.el.div(
            from_line(rx.el.span(_("just now"), class_name="just-now")),
            slot(id="tried", dir="auto", class_name="note-text"),
            class_name="note",
        ),
        role="group",
        aria_label=_("What they'd see"),
        tab_index=0,
        class_name="tried",
    )


def _ticker() -> rx.Component:
    samples = _samples()
    return rx.el.div(
        rx.el.ul(
            *(_note(text) for text in samples),
            *(_note(text, repeated=True) for text in samples[:IN_VIEW]),
            class_name="ticker",
        ),
        class_name="ticker-window",
    )


def example_inbox() -> rx.Component:
    """Render the demo: a text box and, below it, the inbox where the message would arrive.

    Until the visitor types, the inbox shows examples that we made up and labelled as such.
    """
    return rx.el.section(
        _box(),
        rx.el.div(
            rx.el.h2(
                rx.el.span(_("Example"), class_name="tag until-tried"),
                rx.el.span(_("What they'd see"), class_name="tag once-tried"),
                id="example-title",
            ),
            _pause(),
            class_name="example-head",
        ),
        _ticker(),
        _tried(),
        id="example",
        aria_labelledby="example-title",
        class_name="example",
    )
