"""An inbox that is plainly an example, with notes that keep arriving."""

from __future__ import annotations

import reflex as rx

from anonmsg.locale import _

# How many notes are in view at once; they are repeated at the end of the list
# so that it can start over without a jump.
IN_VIEW = 4


def _samples() -> list[str]:
    return [
        _("Your talk on Tuesday made me apply for the job. I start in May."),
        _("The soup was too salty. Everything else was the best meal I had this year."),
        _("You interrupt people in meetings. I think you do not notice."),
        _("Whoever you are to others: you were kind to me in ninth grade."),
        _("Please never stop playing the piano with the window open."),
    ]


def _note(text: str, *, repeated: bool = False) -> rx.Component:
    hidden = {"aria_hidden": "true"} if repeated else {}
    return rx.el.li(
        rx.el.div(
            rx.el.p(rx.el.span(_("From")), rx.el.span(class_name="blank"), class_name="from"),
            rx.el.p(text, class_name="note-text"),
            class_name="note",
        ),
        class_name="arriving",
        **hidden,
    )


def _pause() -> rx.Component:
    """Pause and play; the stylesheet shows the word that fits."""
    return rx.el.button(
        rx.el.span(_("Pause"), class_name="pause-word"),
        rx.el.span(_("Play"), class_name="play-word"),
        type="button",
        class_name="pause",
        data_pause="example",
        aria_controls="example",
    )


def example_inbox() -> rx.Component:
    """A moving example: made up by us, and said so."""
    samples = _samples()
    return rx.el.section(
        rx.el.div(
            rx.el.h2(_("Example"), id="example-title", class_name="tag"),
            _pause(),
            class_name="flex items-center justify-between",
        ),
        rx.el.div(
            rx.el.ul(
                *(_note(text) for text in samples),
                *(_note(text, repeated=True) for text in samples[:IN_VIEW]),
                class_name="ticker",
            ),
            class_name="ticker-window",
        ),
        id="example",
        aria_labelledby="example-title",
        class_name="example",
    )
